/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The user's defaults, in `$XDG_CONFIG_HOME/seedbed/config.yaml`, and what counts before them.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"

/** A value that counts, and where it comes from. */
typedef struct {
    char *text;
    char *from; /**< such as "command line", or FILE:LINE:COLUMN */
} SbConfigured;

/** Releases what CONFIGURED holds. */
void sb_configured_clear(SbConfigured *configured);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbConfigured, sb_configured_clear)

/** Reads the file, and puts its values into CLI where the command line and the environment have
 * none. FALSE after the errors of the file were printed: SB_EXIT_USAGE */
gboolean sb_cli_configure(SbCli *cli);

/** The value of KEY (of model/user-config.h) that counts. Call it after sb_cli_configure(). */
SbConfigured sb_cli_configured(const SbCli *cli, const char *key, const char *built_in);

/** The `defaults` of the file as KEY=VALUE, for SbFleetSettings. (transfer full) NULL-terminated */
char **sb_cli_machine_defaults(const SbCli *cli);

/** KEY=VALUE with quotes that leave VALUE as it is for YAML. (transfer full) */
char *sb_cli_setting(const char *key, const char *value);
