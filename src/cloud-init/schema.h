/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * JSON Schema, draft 4, for data with places. A finding names the line, the key's path, the allowed
 * values, and the nearest valid key.
 *
 * A schema is YAML or JSON, so that cloud-init's own schema-cloud-config-v1.json can be used.
 * Beside draft 4 there are `$defs`, and cloud-init's `deprecated` and `changed` (each with
 * `_version` and `_description`). Keywords of our own are:
 *
 * - `new_version`, `removed_version`: the first cloud-init that knows it, or no longer does;
 * - `ignored_version`: the first cloud-init that allows it, but ignores it;
 * - `closed_version` (of the outermost mapping): the first cloud-init that refuses unknown keys;
 *   older versions ignore them;
 * - `unknown`: no cloud-init knows this key; the text says what to do instead;
 * - `replacement`: the key to use instead;
 * - `expected`: `pattern` in words.
 *
 * Keywords beside `$ref` count, as in cloud-init's validator. For `oneOf` and `anyOf` the findings
 * are those of the branch that fits best.
 *
 * Source: https://datatracker.ietf.org/doc/html/draft-fge-json-schema-validation-00, and
 * cloudinit/config/schema.py.
 *
 * Room: cloud-init.
 * Threads: a loaded schema is only read, from any thread.
 */
#pragma once

#include "cloud-init/schema-load.h"
#include "cloud-init/schema-report.h"

/** How a value is checked. */
typedef struct {
    const char *file;       /**< its name in findings */
    const char *definition; /**< a name in the schema's `$defs`; NULL: the schema itself */
    guint version;          /**< of cloud-init, see sb_schema_version(), or 0: any */
    /** Keys of the outermost mapping that are not in the schema are findings: warnings for
     * versions that ignore them, errors for versions that refuse them (`closed_version`). */
    gboolean warns_of_unknown;
} SbSchemaCheck;

/**
 * Checks DATUM.
 *
 * Findings have the rules SB_RULE_SCHEMA (error), SB_RULE_DEPRECATED, SB_RULE_FORMAT and
 * SB_RULE_UNKNOWN_KEY (warnings).
 *
 * @return whether there was no error
 */
gboolean sb_schema_validate(const SbSchema *schema, const SbSchemaCheck *check,
                            const SbDatum *datum, SbDiagnostics *diagnostics);
