/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * guest-command.sh with its arguments, as the shells of a guest read it.
 *
 * Room: guest.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/** The command line for ssh that runs the script with ARGUMENTS (NULL-terminated). Without any, the
 * script waits for sb_guest_script_next_line(). (transfer full) */
char *sb_guest_script_line(const char *const *arguments);

/** The line with which the script that waits for another command gets ARGUMENTS. NULL if it is too
 * long for that: a new login takes less time. (transfer full) (nullable) */
char *sb_guest_script_next_line(const char *const *arguments);
