/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A domain's serial console over libvirt's streams: read line by line as it happens, or used from a
 * terminal.
 *
 * Both need the default main loop to run.
 *
 * Room: libvirt.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/libvirt.h"

#include <gio/gio.h>

typedef struct SbConsole SbConsole;

/** Called for each line of the console, sanitised, without its end. */
typedef void (*SbConsoleLineFunc)(const char *line, gpointer data);

/**
 * Reads the console of DOMAIN from now on.
 *
 * Only one client can have a console. Where it is taken or breaks, nothing is reported: the log has
 * it all.
 *
 * @return (transfer full) or NULL
 */
SbConsole *sb_console_follow(virDomain *domain, SbConsoleLineFunc line, gpointer data,
                             GError **error);

/** The last lines that came, newest last. (transfer full) */
char *sb_console_last_lines(const SbConsole *console, guint lines);

void sb_console_free(SbConsole *console);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbConsole, sb_console_free)

/**
 * Connects this process' terminal with the console until the user types Ctrl-] or the domain stops.
 *
 * @param force        takes the console away from another client
 * @param connected    (nullable) called when the console is ours, before it is used
 * @param cancellable  ends it too: the terminal is given back as it was
 */
gboolean sb_console_attach(virDomain *domain, gboolean force,
                           void (*connected)(virDomain *domain, gpointer data), gpointer data,
                           GCancellable *cancellable, GError **error);
