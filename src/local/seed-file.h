/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Seeds in files: read whoever made them, and written for their owner only.
 *
 * Room: local.
 * Threads: every function is reentrant.
 */
#pragma once

#include "local/seed-iso.h"

/**
 * Reads the seed in the file at PATH.
 *
 * @param seed_out    its files; for sb_seed_clear()
 * @param others_out  (nullable) the number of files in it that NoCloud does not look at
 * @return FALSE with SB_INPUT_FILE_ERROR_READ or SB_SEED_ISO_ERROR_READ; the message names PATH
 */
gboolean sb_seed_file_read(const char *path, SbSeed *seed_out, guint *others_out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Writes SEED to the file at PATH with mode 0600: a seed may hold passwords and keys. A file that
 * is there is replaced if it is a seed.
 *
 * @param replaced_out  the seed that was there, for sb_seed_clear(); empty: none was
 * @return FALSE with SB_INPUT_FILE_ERROR_READ or SB_SEED_ISO_ERROR_READ: the old file is not a seed
 * and stays; or with SB_SEED_ISO_ERROR_WRITE or a GFileError
 */
gboolean sb_seed_file_write(const char *path, const SbSeed *seed, SbSeed *replaced_out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
