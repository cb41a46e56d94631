/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * All XML that `up` would send, on stdout: for `xml` and `up --print-xml`.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "model/fleet-file.h"

/** Prints it, with a comment before each document, and returns the exit status. */
int sb_xml_preview(SbCli *cli, const SbFleetFile *fleet, const char *pool_name);
