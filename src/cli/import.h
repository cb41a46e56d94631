/**
 * @file
 * Putting a file into a pool as an image, with progress on stderr.
 *
 * Layer: cli. Threads: main.
 */
#pragma once

#include "cli/command.h"

/**
 * Imports the file at PATH as the image NAME, and says how that went.
 *
 * @param pool  (nullable) the pool; NULL: the default one, made when it is missing
 * @return the exit status
 */
int sb_cli_import(SbCli *cli, const char *pool, const char *name, const char *path);
