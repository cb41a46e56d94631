/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The XML that `up` would send, on stdout: for `xml` and `up --print-xml`.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "fleet-file/fleet-file.h"

/** Prints the documents of FLEET, with a comment before each, and returns the exit status. */
int sb_cli_print_xml(SbCli *cli, const SbFleetFile *fleet);
