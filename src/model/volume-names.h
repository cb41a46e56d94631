/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The names of a machine's volumes. They follow from the machine's name, so that they can be found
 * without a record.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The pool that is used when none is named. */
#define SB_DEFAULT_POOL "seedbed"

/** (transfer full) */
char *sb_overlay_name(const char *machine);
char *sb_seed_name(const char *machine);
char *sb_console_log_name(const char *machine);

/** The file before the current one (NUMBER 0), the one before that (1), and so on. (transfer full)
 */
char *sb_console_log_backup_name(const char *machine, guint number);

/** Its whole disk, for as long as an image is made of that. (transfer full) */
char *sb_flat_name(const char *machine);
