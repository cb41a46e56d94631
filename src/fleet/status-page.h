/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `status --html`: one page about machines, for a browser: what is wrong with them, when their
 * boots did what, and their consoles.
 *
 * Room: fleet.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"

/**
 * Asks the machines that NAMES stand for, one after another, as sb_status() does.
 *
 * @param names        of fleets and machines, NULL-terminated
 * @param is_well_out  whether each machine answers, and its cloud-init has not failed
 * @return (transfer full) the page, or NULL with an SbLookupError, an SbLibvirtError or
 * G_IO_ERROR_CANCELLED. A machine that cannot be asked is in the page, with the error
 */
char *sb_status_page(const SbOperation *operation, const char *const *names, gboolean *is_well_out,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
