/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A table of text: columns that are aligned, chosen by name, and cut to a width.
 *
 * Widths are those of a terminal: some characters take two columns there, and some none. Control
 * characters in cells become escapes.
 *
 * Room: base.
 * Threads: a table belongs to one thread.
 */
#pragma once

#include <glib.h>

#define SB_TABLE_ERROR (sb_table_error_quark())
GQuark sb_table_error_quark(void);

typedef enum {
    SB_TABLE_ERROR_COLUMN, /**< there is no such column */
} SbTableError;

typedef struct SbTable SbTable;

/** A table. The arguments are the headings of its columns, ended by NULL. (transfer full) */
SbTable *sb_table_new(const char *heading, ...) G_GNUC_NULL_TERMINATED;

/** Frees TABLE and its cells. */
void sb_table_free(SbTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTable, sb_table_free)

/** Adds a row: one text for each column, which is copied. NULL is shown as "-". */
void sb_table_add(SbTable *table, ...);

/** Lets a column be left out if it is "-" in all rows, unless it is chosen. */
void sb_table_set_optional(SbTable *table, const char *heading);

/**
 * Chooses the columns and their order.
 *
 * @param names  separated by commas: headings in any case, with '-' or a blank between words
 * @return FALSE with SB_TABLE_ERROR_COLUMN, whose message has all names; nothing is chosen then
 */
gboolean sb_table_choose(SbTable *table, const char *names,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * TABLE as lines, the headings first.
 *
 * @param width  the longest line: the widest columns are cut, "…" is at the end of what is cut, and
 *               no column gets narrower than its heading; 0: nothing is cut
 * @return (transfer full)
 */
char *sb_table_to_string(const SbTable *table, guint width);
