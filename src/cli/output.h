/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Data on stdout: tables for people, and JSON for programs.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "base/table.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

typedef enum {
    SB_FORMAT_DEFAULT, /**< as SB_FORMAT_TEXT: --format was not given */
    SB_FORMAT_TEXT,
    SB_FORMAT_JSON,
} SbFormat;

/** Prints TABLE on stdout, whole. */
void sb_table_print(const SbTable *table);

/** The columns of the terminal that STREAM is; 0: it is none, or its width is not known. */
guint sb_output_width(FILE *stream);

/** TEXT with the characters of the locale: without UTF-8, "…", "✓", "✗" and "›" are "...", "+", "x"
 * and ">". (transfer full) */
char *sb_output_text(const char *text);

/** Prints a line of text on STREAM. On a terminal it is broken between words, and what follows is
 * indented by INDENT. */
void sb_output_say(FILE *stream, guint indent, const char *format, ...) G_GNUC_PRINTF(3, 4);

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
