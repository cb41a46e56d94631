/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The table of commands. The help, the completion and the check of the manual are made from it.
 *
 * Room: cli.
 * Threads: any.
 */
#pragma once

#include "cli/command.h"

/** All commands in the order in which help shows them, ended by NULL. */
extern const SbCommand *const sb_commands[];
