/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Data on stdout: tables for people, and JSON for programs.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

typedef enum {
    SB_FORMAT_DEFAULT, /**< as SB_FORMAT_TEXT: --format was not given */
    SB_FORMAT_TEXT,
    SB_FORMAT_JSON,
} SbFormat;

typedef struct SbTable SbTable;

/** A table. The arguments are the headings of its columns, ended by NULL. (transfer full) */
SbTable *sb_table_new(const char *heading, ...) G_GNUC_NULL_TERMINATED;

/** Frees TABLE and its cells. */
void sb_table_free(SbTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTable, sb_table_free)

/** Adds a row: one text for each column, which is copied. NULL is shown as "-". */
void sb_table_add(SbTable *table, ...);

/** Lets a column be left out if it is "-" in all rows. */
void sb_table_set_optional(SbTable *table, const char *heading);

/** Prints TABLE on stdout with aligned columns, the headings first. */
void sb_table_print(const SbTable *table);

/** Prints the document in BUILDER on stdout, indented and with a newline. Frees BUILDER. No
 * character in it can control a terminal. */
void sb_json_print(JsonBuilder *builder);

/** Prints NODE in the same way; IS_INDENTED: on several lines. */
void sb_json_print_node(JsonNode *node, gboolean is_indented);

/** As sb_json_print() on one line, whole even if several threads print. */
void sb_json_print_line(JsonBuilder *builder);

/** The time since WHEN (ISO 8601) for people, such as "3 min 5 s", or "-" if WHEN cannot be read.
 * (transfer full) */
char *sb_age_since(const char *when);

/** The time until WHEN (ISO 8601) for people, such as "59 min", or "over". (transfer full) */
char *sb_time_until(const char *when);

/** Whether stdout is a pipe that its reader has closed. */
gboolean sb_output_reader_is_gone(void);
