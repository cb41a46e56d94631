/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The newest of the files that an index names: a directory listing, a checksum file, or a list of
 * releases. Some distributions have no link to their newest image, and its name changes.
 *
 * Room: image.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * Finds the names in TEXT that match PATTERN, and takes the newest: numbers in a name count as
 * numbers, so 3.10 is newer than 3.9.
 *
 * @param text     LENGTH bytes, of any kind
 * @param pattern  a name with one `*`, which stands for letters, digits, `.`, `_` and `-`
 * @return (transfer full) (nullable) what `*` stands for; NULL: no name matches
 */
char *sb_newest_name_find(const char *text, gsize length, const char *pattern);

/** TEXT with WORD in the place of its `*`, if there is one. (transfer full) (nullable) NULL only if
 * TEXT is */
char *sb_newest_name_put(const char *text, const char *word);
