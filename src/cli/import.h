/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Putting a file into a pool as an image, with progress on stderr.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "image/image-import.h"

/** Whether ARCH (nullable: not known) is one that images can be for; FALSE after the usage error
 * was printed. */
gboolean sb_cli_check_arch(const SbCli *cli, const char *arch);

/**
 * Imports a file as an image, and says how that went.
 *
 * @param pool     (nullable) the pool; NULL: the default one, made when it is missing
 * @param request  all but the progress, the limit and the privilege, which are set here
 * @return the exit status
 */
int sb_cli_import(SbCli *cli, const char *pool, SbImageImport *request);
