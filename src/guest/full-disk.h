/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Whether a file system of a guest that matters to a step is full: the one it works in, /tmp, and
 * the root.
 *
 * What an account can write is known by writing: root may fill what others cannot, and a quota ends
 * where there is room. Where it may not write at all, the file system says how much is free for it.
 *
 * Room: guest.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The script for the step's account that looks. WORKDIR (nullable) as the step has it. (transfer
 * full) */
char *sb_full_disk_script(const char *workdir);

/** What is full by the script's OUTPUT, in words, or NULL if nothing is. (transfer full) */
char *sb_full_disk_describe(const char *output);
