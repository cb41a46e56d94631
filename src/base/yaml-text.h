/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Searches the text of a YAML file itself, where libyaml misreads it or gives no place.
 *
 * A column is a character, as everywhere.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

/** The place of the byte at OFFSET of TEXT, which is UTF-8 up to there. */
SbMark sb_yaml_text_mark(const char *text, gsize offset);

/** Whether the character of TEXT that follows INDEX others, as libyaml counts them, is a tab. */
gboolean sb_yaml_text_is_tab(const char *text, gsize length, gsize index);

/**
 * Finds the first tab outside of quoted scalars, blocks and comments.
 *
 * @param quoted    of gsize, in order: where scalars that are quoted or blocks begin and end, as
 * the number of characters before
 * @param mark_out  not written if there is no such tab
 * @return whether there is such a tab
 */
gboolean sb_yaml_text_find_tab(const char *text, gsize length, const GArray *quoted,
                               SbMark *mark_out);

/**
 * Finds the line that begins with '%' after MAX others.
 *
 * @param mark_out  not written if there is no such line
 * @return whether there is such a line
 */
gboolean sb_yaml_text_find_directive(const char *text, gsize length, guint max, SbMark *mark_out);
