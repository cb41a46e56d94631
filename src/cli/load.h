/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The fleet file of a command. Errors in it and in the files that it names are printed.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "fleet-file/fleet-file.h"

/** The path of the fleet file of this folder or of one above it. It is printed, unless CLI is
 * quiet. (transfer full) or NULL after the error was printed: SB_EXIT_USAGE */
char *sb_cli_find_file(const SbCli *cli);

/** NAMES, or if there are none the fleet of sb_cli_find_file(). (transfer full) or NULL after the
 * error was printed: SB_EXIT_USAGE */
char **sb_cli_names(const SbCli *cli, char **names);

/** Loads the fleet file at PATH (nullable: that of sb_cli_find_file()) with the settings of CLI,
 * and prints its unique name, if it has one, its errors and, unless CLI is quiet, its warnings on
 * stderr. (transfer full) or NULL: SB_EXIT_USAGE */
SbFleetFile *sb_cli_load_fleet(const SbCli *cli, const char *path);

/** A value that an option of a command gives for a key of the fleet file. */
typedef struct {
    const char *key;
    const char *value; /**< (nullable) as it is, not YAML; NULL: the option was not given */
} SbCliSetting;

/** Does the same with TEXT, which is not in a file, and SETTINGS, ended by a NULL key, before those
 * of CLI. Paths are relative to the working folder. (transfer full) or NULL: SB_EXIT_USAGE */
SbFleetFile *sb_cli_load_text(const SbCli *cli, const char *text, const SbCliSetting *settings);
