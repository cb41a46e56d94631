/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Getting the images of a fleet, with progress on stderr.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "model/fleet-file.h"

/**
 * Fetches or imports those images of FLEET that its file names by a URL or a path and POOL does not
 * have.
 *
 * @param pool  (nullable) the pool; NULL: the default one, made when it is missing
 * @return the exit status, after the error was printed
 */
int sb_cli_get_images(SbCli *cli, const SbFleetFile *fleet, const char *pool);
