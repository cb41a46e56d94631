/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One script in one machine, waited for: guest/guest-command.h for those who have nothing else to
 * do meanwhile.
 *
 * Room: guest.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "guest/guest-command.h"

/** A line of output, without its end; LENGTH bytes as the guest sent them. */
typedef void (*SbGuestLineFunc)(gboolean is_stderr, const char *line, gsize length, gpointer data);

/**
 * Runs REQUEST's script and waits for its end.
 *
 * @param line        (nullable) called with DATA for each line of output
 * @param status_out  the exit status
 * @return FALSE with an SbGuestCommandError or G_IO_ERROR_CANCELLED
 */
gboolean sb_guest_script_run(const SbAccess *access, const char *machine,
                             const SbGuestCommandRequest *request, SbGuestLineFunc line,
                             gpointer data, GCancellable *cancellable, int *status_out,
                             GError **error);
