/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The whole of `seedbed evidence`, and what commands that take machines back call before that.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"

/**
 * Collects evidence about the machines that NAMES stand for in one folder of the state directory.
 *
 * @param names    of fleets and machines, NULL-terminated
 * @param message  (nullable) what failed
 * @return (transfer full) the folder, or NULL with an SbLookupError, an SbLibvirtError or an
 * SbStateDirError
 */
char *sb_keep_evidence(const SbOperation *operation, const char *const *names, const char *message,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
