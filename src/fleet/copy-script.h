/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the shell of a guest does for `copy`.
 *
 * Room: fleet.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * Unpacks the archive on its standard input, which has NAME, to PATH.
 *
 * @param is_folder  PATH is a folder, and is made if it is missing
 * @return (transfer full)
 */
char *sb_copy_script_in(const char *path, const char *name, gboolean is_folder);

/** Writes an archive of PATH, under the last part of PATH, to its standard output. (transfer full)
 */
char *sb_copy_script_out(const char *path);

/** The last part of PATH; NULL if that is not a name, as in "." or "/". (transfer full) (nullable)
 */
char *sb_copy_script_name(const char *path);
