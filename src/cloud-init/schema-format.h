/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Checks text against the `format` of a schema.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/schema-report.h"

/**
 * The problem that the text DATUM does not have the format of NODE, or NULL if it has, or if NODE
 * wants none. (transfer full)
 *
 * cloud-init checks host names and URIs only where Python modules for that are installed, so that
 * they are warnings; a date it checks.
 */
SbProblem *sb_schema_check_format(const SbSchemaNode *node, const SbPath *path,
                                  const SbDatum *datum);
