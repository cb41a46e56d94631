/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A domain's serial console over libvirt's streams, read line by line as the guest writes it. Only
 * one client can have a console.
 *
 * Needs the default main loop to run.
 *
 * Room: libvirt.
 * Threads: the main loop's.
 */
#pragma once

#include "libvirt/libvirt.h"

typedef struct SbConsole SbConsole;

/** Called for each line of the console, sanitised, without its end. */
typedef void (*SbConsoleLineFunc)(const char *line, gpointer data);

/**
 * Reads the console of DOMAIN from now on.
 *
 * If another client takes the console, or the stream breaks, nothing is reported: the log has all
 * lines.
 *
 * @return (transfer full) or NULL with an SbLibvirtError
 */
SbConsole *sb_console_follow(virDomain *domain, SbConsoleLineFunc line, gpointer data,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The last lines that came, newest last. (transfer full) */
char *sb_console_last_lines(const SbConsole *console, guint lines);

/** Stops reading. CONSOLE is (nullable). */
void sb_console_free(SbConsole *console);

/**
 * Opens the console of DOMAIN as a stream that does not block.
 *
 * @param flags  of virDomainOpenConsole()
 * @return (transfer full) or NULL with an SbLibvirtError, whose message says so if another client
 * has the console
 */
virStream *sb_console_open_stream(virDomain *domain, guint flags,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Ends STREAM and its events; it still must be freed. */
void sb_console_stop_stream(virStream *stream);
