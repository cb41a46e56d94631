/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One command on many machines at the same time, over ssh, with its output line by line.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"

/** What came of the command on all machines. */
typedef struct {
    guint unreached; /**< machines where it did not run, or ssh failed */
    int status;      /**< the highest exit status of the others */
} SbExecResult;

/**
 * Does the whole of `seedbed exec`: runs a command on each machine that NAMES stand for.
 *
 * Tells SB_EVENT_PLANNED for each machine, SB_EVENT_BEGUN, SB_EVENT_LINE for each line of output,
 * and SB_EVENT_EXITED for each machine. A cancel ends the command in the guests.
 *
 * @param names       of fleets and machines, NULL-terminated
 * @param words       NULL-terminated: one line for the account's shell, or a program and its
 *                    arguments
 * @param result_out  not written on failure
 * @return FALSE if nothing was run: with an SbLookupError, SB_ACCESS_ERROR_NO_KEY or an
 * SbLibvirtError
 */
gboolean sb_exec(const SbOperation *operation, const char *const *names, const char *const *words,
                 SbExecResult *result_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
