/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Data on stdout: tables for people, JSON for programs.
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

/** A table with one heading for each column, ended by NULL. (transfer full) */
SbTable *sb_table_new(const char *heading, ...) G_GNUC_NULL_TERMINATED;
void sb_table_free(SbTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTable, sb_table_free)

/** Adds a row with a cell (nullable: "-") for each column; cells are copied. */
void sb_table_add(SbTable *table, ...);

/** Prints it on stdout, columns aligned, the heading first. */
void sb_table_print(const SbTable *table);

/** Prints what BUILDER holds on stdout, indented, with a newline; and frees BUILDER. */
void sb_json_print(JsonBuilder *builder);

/** The time since WHEN (ISO 8601), for people: "3 min 5 s"; "-" if it cannot be read. (transfer
 * full) */
char *sb_age_since(const char *when);

/** Whether whoever read stdout, a pipe, has closed it. */
gboolean sb_output_reader_is_gone(void);
