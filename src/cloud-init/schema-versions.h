/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the versions of cloud-init make of what not all of them know, and the words for it: which
 * versions refuse it ("for 23.4 and later an error"), and which ignore it ("for 22.4 ignored").
 *
 * A version is that of sb_schema_version(); 0 stands for any version.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/schema-report.h"

/** Whether VERSION does not know NODE yet, or any more. */
gboolean sb_version_is_foreign(guint version, const SbSchemaNode *node);

/**
 * The problem that VERSION does not know NODE.
 *
 * @param is_ignored  whether that version ignores the value, which makes it a warning
 * @return (transfer full)
 */
SbProblem *sb_problem_foreign(guint version, gboolean is_ignored, const SbSchemaNode *node,
                              const SbPath *path, const SbDatum *datum);

/** The warning that NODE is deprecated, or that newer versions do not know it. (transfer full) */
SbProblem *sb_problem_deprecated(const SbSchemaNode *node, const SbPath *path,
                                 const SbDatum *datum);

/**
 * The problem that no version knows KEY of the outermost mapping of SCHEMA: an error for versions
 * that refuse such a key (also for any version, because the newest do), else a warning.
 *
 * @return (transfer full)
 */
SbProblem *sb_problem_unknown_top_key(guint version, const SbSchema *schema, const SbDatum *key);

/** Whether VERSION, or the newest for 0, refuses keys of the outermost mapping that it does not
 * know. */
gboolean sb_version_is_closed(guint version, const SbSchemaNode *root);

/**
 * Says in PROBLEMS, from the one with the number FIRST on, that older versions than REMOVED take
 * the value in another form. For any version, that makes warnings of errors.
 */
void sb_problems_since(GPtrArray *problems, guint first, guint version, guint removed);
