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
#include "model/fleet-file.h"

/** Loads the fleet file at PATH with the settings of CLI, and prints its unique name, if it has
 * one, its errors and, unless CLI is quiet, its warnings on stderr. (transfer full) or NULL:
 * SB_EXIT_USAGE */
SbFleetFile *sb_cli_load_fleet(const SbCli *cli, const char *path);
