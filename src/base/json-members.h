/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Members of a JSON object that is being built: name and value in one call.
 *
 * Room: base.
 * Threads: as JsonBuilder.
 */
#pragma once

#include <json-glib/json-glib.h>

/** The form of the documents that programs read: it changes when a reader of the old form would go
 * wrong. New members do not change it. */
#define SB_JSON_FORMAT 1

/**
 * Begins a document for programs: its root, an object whose first member says what it is,
 * `"seedbed": {"format": 1, "kind": KIND}`. src/cli/seedbed.schema.json describes every KIND.
 *
 * @return (transfer full); the caller ends the object
 */
JsonBuilder *sb_json_document(const char *kind) G_GNUC_WARN_UNUSED_RESULT;

/** Adds a string, or null for NULL. VALUE must be UTF-8. */
void sb_json_add_text(JsonBuilder *builder, const char *name, const char *value);

/** Adds a number; a number over G_MAXINT64 becomes G_MAXINT64. */
void sb_json_add_number(JsonBuilder *builder, const char *name, guint64 value);

/** Adds true or false. */
void sb_json_add_boolean(JsonBuilder *builder, const char *name, gboolean value);

/** Begins an object: json_builder_end_object() ends it. */
void sb_json_begin_object(JsonBuilder *builder, const char *name);

/** Begins an array: json_builder_end_array() ends it. */
void sb_json_begin_array(JsonBuilder *builder, const char *name);

/** Adds an array of strings. VALUES: of char *. */
void sb_json_add_texts(JsonBuilder *builder, const char *name, const GPtrArray *values);
