/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * JSON from outside, read with bounds: json-glib recurses, so that deep nesting would exhaust the
 * stack.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <json-glib/json-glib.h>

#define SB_JSON_ERROR (sb_json_error_quark())
GQuark sb_json_error_quark(void);

typedef enum {
    SB_JSON_ERROR_TOO_LARGE, /**< more bytes, or deeper nesting, than is allowed */
    SB_JSON_ERROR_INVALID,   /**< not JSON, or not an object */
} SbJsonError;

/** The deepest nesting that is read. */
#define SB_JSON_MAX_DEPTH 32

/**
 * Reads an object.
 *
 * @param text  need not end with NUL
 * @return (transfer full) the root, which holds an object; NULL with an SbJsonError on failure
 */
JsonNode *sb_json_load_object(const char *text, gsize length, gsize max_bytes,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The string in MEMBER of OBJECT; NULL if there is no such member, or it is not a string.
 * (transfer none) */
const char *sb_json_string(JsonObject *object, const char *member);

/** The object in MEMBER of OBJECT; NULL if there is no such member, or it is not an object.
 * (transfer none) */
JsonObject *sb_json_object(JsonObject *object, const char *member);
