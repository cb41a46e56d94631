/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Commands to CI systems in text that came from outside, made harmless.
 *
 * CI systems read their jobs' output: a line `::error::…` or `::set-env …` is a command to GitHub's
 * runner and to Gitea's, `##[…]` and `##vso[…]` are commands to Azure's agent (and GitHub's),
 * `##teamcity[…]` to TeamCity. What a guest printed must not command the CI system that shows it.
 *
 * Room: tap.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * A copy of TEXT in which no line is a command.
 *
 * A `::` that begins a line gets a space in its middle, and so does a `##` before `[` or before a
 * word with `[`. The rest stays unchanged.
 *
 * GitHub's runner ignores blanks before `::`, and both look for `##[` in the whole line
 * (ActionCommand.cs, CommandStringConvertor.cs).
 *
 * @return (transfer full)
 */
char *sb_ci_commands_defuse(const char *text);
