/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Reads a schema (its language: cloud-init/schema.h).
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"
#include "cloud-init/schema-node.h"

/**
 * Loads a schema.
 *
 * @return (transfer full) or NULL on failure; then DIAGNOSTICS has an error
 */
SbSchema *sb_schema_load(const char *file, const char *text, gsize length,
                         SbDiagnostics *diagnostics);

/** Frees SCHEMA and all that it has. */
void sb_schema_free(SbSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSchema, sb_schema_free)

/** A version such as "22.4" or "22.4.2-1" as a number that can be compared, such as 2204; 0 if TEXT
 * (nullable) is not a version. */
guint sb_schema_version(const char *text);

/** Whether SCHEMA has the definition NAME in its `$defs`. */
gboolean sb_schema_has(const SbSchema *schema, const char *name);
