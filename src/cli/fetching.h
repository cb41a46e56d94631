/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fetching images, with progress on stderr.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "image/fetch.h"
#include "machine/fleet.h"

/**
 * sb_fetch() with progress and signals; it says what was verified with what.
 *
 * @param request  its callbacks are set here
 * @return (transfer full) or NULL
 */
SbFetched *sb_cli_fetch(SbCli *cli, SbFetchRequest *request, GError **error);

/**
 * Imports what was fetched.
 *
 * @param pool, name  as for sb_cli_import()
 * @param arch        (nullable) the architecture, where it is known
 * @return the exit status
 */
int sb_cli_import_fetched(SbCli *cli, const char *pool, const char *name, const char *arch,
                          const SbFetchRequest *request, const SbFetched *fetched);

/**
 * Fetches or imports those images of FLEET that its file names by a URL or a path and POOL does not
 * have.
 *
 * @param pool  (nullable) the pool; NULL: the default one, made when it is missing
 * @return the exit status, after the error was printed
 */
int sb_cli_get_images(SbCli *cli, const SbFleet *fleet, const char *pool);
