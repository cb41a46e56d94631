/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What can come next on a command line, from the table of commands: the shells' scripts ask this.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"

/**
 * Prints the words that the last of WORDS can become, each in a line; a tab and a description
 * follow if there is one. ":files" and ":folders" stand for those of the working folder.
 *
 * @param words  those after "seedbed", NULL-terminated, at least one
 */
void sb_complete(SbCli *cli, char **words);
