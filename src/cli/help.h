/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Help in lines of at most 80 columns, from the tables of commands and options.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"

#include <stdio.h>

/** Appends TEXT in as many lines as it needs. A newline in TEXT begins a new line. */
void sb_help_add_text(GString *help, const char *text);

/** Appends LABEL, and beside it TEXT: each line of TEXT begins in column COLUMN. */
void sb_help_add_row(GString *help, int column, const char *label, const char *text);

/** Appends a row for each of OPTIONS; the last entry has the name NULL. */
void sb_help_add_options(GString *help, const GOptionEntry *options);

/** Prints HELP and frees it. The text becomes ASCII if the locale is not UTF-8. */
void sb_help_print(GString *help, FILE *to);

/** Prints the help of COMMAND on stdout. */
void sb_help_print_command(const SbCommand *command);
