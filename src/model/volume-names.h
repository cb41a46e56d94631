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

/** The pool that is used if the user does not name one. */
#define SB_DEFAULT_POOL "seedbed"

/** The overlay of MACHINE. (transfer full) */
char *sb_overlay_name(const char *machine);

/** The seed of MACHINE. (transfer full) */
char *sb_seed_name(const char *machine);

/** The kernel of MACHINE, if it does not boot from its disk. (transfer full) */
char *sb_kernel_name(const char *machine);

/** The initrd of MACHINE. (transfer full) */
char *sb_initrd_name(const char *machine);

/** A copy of the memory that MACHINE starts from, while it starts. (transfer full) */
char *sb_memory_name(const char *machine);

/** The log of the console of MACHINE. (transfer full) */
char *sb_console_log_name(const char *machine);

/** An older log of the console: the last one before the current log is NUMBER 0. (transfer full) */
char *sb_console_log_backup_name(const char *machine, guint number);

/** The machine that a volume called VOLUME belongs to, by its name alone; NULL: it is not called as
 * one of a machine. (transfer full) */
char *sb_machine_of_volume(const char *volume);

/** The whole disk of MACHINE, while an image is made of it. (transfer full) */
char *sb_flat_name(const char *machine);
