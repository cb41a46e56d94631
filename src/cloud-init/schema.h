/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * JSON Schema, draft 4, for data that know their place: what is wrong is said with the line, the
 * key's path, what is allowed, and the nearest valid key.
 *
 * It is read from YAML or JSON, so that cloud-init's own schema-cloud-config-v1.json works as it
 * is. Beside draft 4 there are `$defs`, cloud-init's `deprecated` and `changed` (each with
 * `_version` and `_description`), and our own `new_version`, `removed_version`, `replacement` (the
 * key to use instead) and `expected` (in words, what `pattern` wants). As in cloud-init's
 * validator, keywords beside `$ref` count. Of `oneOf` and `anyOf`, what is reported is the branch
 * that fits best.
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

/** What a value is checked for. */
typedef struct {
    const char *file;       /**< what findings call the file */
    const char *definition; /**< one of the schema's `$defs`, or NULL: the schema itself */
    guint version;          /**< of cloud-init, see sb_schema_version(), or 0: any */
    /** Keys of the outermost mapping that the schema has no word about are warnings: cloud-init
     * ignores them. */
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
