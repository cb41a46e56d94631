/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Environment variables of commands in a guest: the key `env`.
 *
 * The variables of a machine are in a file of the guest, which the seed brings. So they are for
 * everybody who knows only the machine's name, their values are data and never words of a command
 * line, and login shells get them too. Every account of the guest can read the file.
 *
 * Room: fleet-file.
 * Threads: every function is pure.
 */
#pragma once

#include "fleet-file/fleet-file-values.h"

/** The file in the guest; login shells read every file of this folder. guest-command.sh knows it
 * too. */
#define SB_ENVIRONMENT_PATH "/etc/profile.d/seedbed-env.sh"

/* Limits, also shown by the messages. */
#define SB_ENVIRONMENT_MAX 100
#define SB_ENVIRONMENT_VALUE_MAX_BYTES (64 * 1024)

/** Of a char ** (nullable), "NAME=VALUE", NULL-terminated. `read` takes a mapping of names to
 * values; a value replaces that of the same name. A name or value that is wrong is added to the
 * findings and left out. */
extern const SbFieldType sb_environment_type;

/** The commands of sh(1) that export ENV (nullable): "" for none. (transfer full) */
char *sb_environment_script(const char *const *env);

/** LINE, for the login shell of an account, as a line that first reads the machine's variables.
 * (transfer full) */
char *sb_environment_wrap(const char *line);
