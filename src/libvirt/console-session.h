/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * An interactive session on a domain's serial console: standard input goes to the console, and the
 * console goes to standard output.
 *
 *     now     event                                                then
 *     RUNS    Ctrl-] is typed, the domain stops, it is cancelled   ENDED
 *     RUNS    libvirt's stream fails                               BROKEN
 *     RUNS    standard output cannot be written                    UNWRITABLE
 *     ENDED   the rest of the output cannot be written             UNWRITABLE
 *
 * If the stream ends, what it gave is still written, until Ctrl-] or a cancel. The end of the input
 * is not an event: a script wants to see the answer.
 *
 * A reader of standard output that takes nothing does not end the session: 1 MiB is kept for it. Of
 * what comes then, it is only told how much was left out: libvirt's streams cannot be held back.
 *
 * Room: libvirt.
 * Threads: the main loop's, which runs meanwhile.
 */
#pragma once

#include "libvirt/libvirt.h"

#include <gio/gio.h>

/**
 * Connects this process' terminal with the console, until the user types Ctrl-] or the domain
 * stops.
 *
 * @param force        takes the console away from another client
 * @param connected    (nullable) called with the domain's name when this process has the console
 * @param cancellable  ends the session too, without an error
 * @return FALSE with an SbLibvirtError or a GIOErrorEnum; in any case the terminal is as it was
 */
gboolean sb_console_attach(virDomain *domain, gboolean force,
                           void (*connected)(const char *name, gpointer data), gpointer data,
                           GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
