/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The options of ssh(1) on seedbed's own command line.
 *
 * All letters of ssh are taken but those that would change which host key a machine must show.
 *
 * Room: local.
 * Threads: every function is pure.
 */
#pragma once

#include "local/ssh.h"

/** Whether the option LETTER of ssh has a value. */
gboolean sb_ssh_option_has_value(char letter);

/**
 * Takes the options of ssh out of ARGV: those before the first argument, or before "--".
 *
 * @param argv  NULL-terminated; ARGV[0] is not looked at
 * @param own   the options that are the caller's and stay, also where ssh has the same letter; the
 *              last entry has the name NULL
 * @return (transfer container) of the char * of ARGV, and of "-o ControlPath=none" where a
 *         connection that is shared would pass over an option; or NULL with SB_SSH_ERROR_OPTION
 */
GPtrArray *sb_ssh_options_take(int *argc, char **argv, const GOptionEntry *own,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
