/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Puts into words why a value does not fit a schema.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"
#include "cloud-init/schema-node.h"

/** Rules of findings. */
#define SB_RULE_SCHEMA "schema"
#define SB_RULE_DEPRECATED "deprecated"
#define SB_RULE_FORMAT "format"
#define SB_RULE_UNKNOWN_KEY "unknown-key"

/** One step from the outermost value to an inner one. */
typedef struct SbPath SbPath;
struct SbPath {
    const SbPath *parent; /**< NULL for the outermost value */
    const SbDatum *key;   /**< (nullable) of a mapping */
    guint index;          /**< of a list */
    guint depth;          /**< 0 for the outermost value */
};

typedef enum {
    SB_PROBLEM_TYPE,
    SB_PROBLEM_CHOICE,
    SB_PROBLEM_MISSING,
    SB_PROBLEM_UNKNOWN,
    SB_PROBLEM_OTHER,
    SB_PROBLEM_WARNING,
} SbProblemKind;

/** A fault, before it is decided whether to report it. */
typedef struct {
    SbProblemKind kind;
    SbSeverity severity;
    const char *rule;
    SbMark mark;
    char *path;
    guint depth;              /**< of the value */
    const SbSchemaNode *node; /**< that the value does not fit */
    const char *key;          /**< (nullable) the missing key */
    char *message;
} SbProblem;

/** Frees PROBLEM and all that it has. */
/** Frees PROBLEM, an SbProblem. */
void sb_problem_free(gpointer problem);

/** The problem KIND of DATUM at PATH, which does not fit NODE: FORMAT says why. (transfer full) */
SbProblem *sb_problem_new(SbProblemKind kind, const SbSchemaNode *node, const SbPath *path,
                          const SbDatum *datum, const char *format, ...) G_GNUC_PRINTF(5, 6);

/** DATUM has none of TYPES (bits). (transfer full) */
SbProblem *sb_problem_type(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum,
                           guint types);

/** DATUM is none of CHOICES. (transfer full) */
SbProblem *sb_problem_choice(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum,
                             const GPtrArray *choices);

/** DATUM does not match the pattern of NODE. (transfer full) */
SbProblem *sb_problem_pattern(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum);

/** NODE, which is closed, does not have KEY. (transfer full) */
SbProblem *sb_problem_unknown_key(const SbSchemaNode *node, const SbPath *path, const SbDatum *key);

/** NODE is deprecated. (transfer full) */

/**
 * Sums up the problems of a oneOf or anyOf of which no branch fits DATUM.
 *
 * @param branches  of GPtrArray, the problems of each branch
 * @param problems  gets one problem that sums them up, or those of the best branch
 */
void sb_problems_of_branches(const GPtrArray *branches, const SbSchemaNode *node,
                             const SbPath *path, const SbDatum *datum, GPtrArray *problems);
