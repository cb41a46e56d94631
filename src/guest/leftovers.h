/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The processes that a command left behind in a guest, by name. guest-command.sh marks the
 * environment of each command, which its children inherit.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"

typedef struct SbLeftovers SbLeftovers;

/** Takes the answer: NAMES (nullable) such as "yes (312), sleep 60 (315)"; NULL: none were found.
 */
typedef void (*SbLeftoversFunc)(const char *names, gpointer data);

/**
 * Asks MACHINE for the processes with MARK. The caller decides how long it waits.
 *
 * @param access  must live longer
 * @param func    called once, from the main loop, when ssh has ended; it may free the question
 * @return (transfer full)
 */
SbLeftovers *sb_leftovers_ask(const SbAccess *access, const char *machine, const char *mark,
                              SbLeftoversFunc func, gpointer data);

/** Ends the question; its FUNC is not called any more. (nullable) */
void sb_leftovers_free(SbLeftovers *leftovers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLeftovers, sb_leftovers_free)

/** The names in TEXT, which leftovers.sh has printed: sanitised, shortened, and only the first
 * ones; NULL if there are none. (transfer full) */
char *sb_leftovers_names(const char *text, gsize length);
