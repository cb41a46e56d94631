/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `monitor`: a command for the QEMU of a machine.
 *
 * Room: machine.
 * Threads: any.
 */
#pragma once

#include "libvirt/host.h"

/**
 * Gives COMMAND to QEMU's human monitor of MACHINE.
 *
 * @return (transfer full) the reply, made safe to show; or NULL with an SbLookupError or an
 * SbLibvirtError
 */
char *sb_monitor(SbHost *host, const char *machine, const char *command,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
