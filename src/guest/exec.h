/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One command on many machines at once, over ssh, with its output line by line.
 *
 * Room: guest.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "guest/access.h"

#include <gio/gio.h>

typedef struct {
    /** A line of output, without its end; LENGTH bytes as the guest sent them. */
    void (*line)(const char *machine, gboolean is_stderr, const char *line, gsize length,
                 gpointer data);
    /** The command ended on one machine; with FAILURE, ssh did not get there and STATUS means
     * nothing. */
    void (*exited)(const char *machine, int status, const GError *failure, gpointer data);
} SbExecCallbacks;

/**
 * Runs COMMAND (a shell command) on every one of MACHINES (of char *).
 *
 * @param cancellable  ends the ssh processes
 */
void sb_exec(const SbAccess *access, const GPtrArray *machines, const char *command,
             const SbExecCallbacks *callbacks, gpointer data, GCancellable *cancellable);
