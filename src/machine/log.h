/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `log`: what a machine has written to its serial console since its last start.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"

/**
 * Tells what MACHINE has written, as SB_EVENT_CONSOLE. While it follows, it tells also that there
 * is nothing new (length 0), so that the event function can cancel OPERATION.
 *
 * @param follow  go on as the machine writes, until it stops or is removed, or until OPERATION is
 *                cancelled
 * @return FALSE with an SbLookupError, or with SB_LIBVIRT_ERROR_NOT_FOUND if MACHINE was never
 * started, or another SbLibvirtError
 */
gboolean sb_log(const SbOperation *operation, const char *machine, gboolean follow,
                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * What MACHINE has written in one boot since its last start.
 *
 * @param number  1: the first boot, 2: the one after; 0: the last one, -1: the one before
 * @return (transfer full) the guest's bytes as they are; or NULL with an error of sb_log(), or
 * G_IO_ERROR_NOT_FOUND: there is no such boot
 */
GBytes *sb_log_of_boot(SbHost *host, const char *machine, int number,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The end of QEMU's own log of MACHINE, made safe to show.
 *
 * @return (transfer full) or NULL with an SbLookupError, or G_IO_ERROR_NOT_FOUND if there is none
 * that this user can read: also if libvirtd is on another host
 */
char *sb_log_of_qemu(SbHost *host, const char *machine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
