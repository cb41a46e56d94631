/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A schema as schema-load.c makes it, for schema.c, which checks, and schema-report.c, which puts
 * into words what is wrong.
 *
 * Room: cloud-init; for these three files only.
 * Threads: only read once it is loaded.
 */
#pragma once

#include "cloud-init/schema.h"

typedef struct SbSchemaNode SbSchemaNode;

/** A bit for each SbDatumType. */
#define SB_TYPE_BIT(type) (1u << (type))

typedef enum {
    SB_FORMAT_NONE,
    SB_FORMAT_DATE,
    SB_FORMAT_HOSTNAME,
    SB_FORMAT_URI,
} SbSchemaFormat;

typedef struct {
    GRegex *regex;
    SbSchemaNode *node;
} SbPatternProperty;

/** Bounds are inclusive; -1 for none. */
typedef struct {
    gint64 min;
    gint64 max;
} SbBounds;

struct SbSchemaNode {
    const SbDatum *source;               /**< what it was made of */
    gboolean is_open, is_checked;        /**< while it is looked for endless references */
    guint types;                         /**< bits, or 0: any */
    GPtrArray *choices;                  /**< (nullable) `enum`: SbDatum */
    GRegex *pattern;                     /**< (nullable) */
    const char *expected;                /**< (nullable) what the pattern wants, in words */
    GHashTable *properties;              /**< (nullable) of SbSchemaNode by name */
    GPtrArray *patterns;                 /**< (nullable) of SbPatternProperty */
    gboolean is_closed;                  /**< `additionalProperties: false` */
    SbSchemaNode *additional;            /**< (nullable) schema of other properties */
    GPtrArray *required;                 /**< (nullable) of const char */
    SbSchemaNode *items;                 /**< (nullable) schema of every item */
    GPtrArray *tuple;                    /**< (nullable) schemas of the first items */
    gboolean is_closed_tuple;            /**< `additionalItems: false` */
    SbSchemaNode *other_items;           /**< (nullable) schema of items behind the tuple */
    GPtrArray *one_of, *any_of, *all_of; /**< (nullable) of SbSchemaNode */
    SbSchemaNode * not ;
    const char *reference; /**< (nullable) `$ref` */
    SbSchemaNode *target;  /**< what it refers to */
    SbBounds item_count, length, property_count;
    gboolean has_minimum, has_maximum, is_minimum_exclusive, is_maximum_exclusive;
    double minimum, maximum;
    gboolean is_unique;
    SbSchemaFormat format;
    gboolean is_deprecated;
    guint deprecated_version;
    const char *deprecation; /**< (nullable) what to do instead, in words */
    const char *replacement; /**< (nullable) the key to use instead */
    guint new_version, removed_version;
};

struct SbSchema {
    SbDocument *document; /**< which the nodes' texts belong to */
    SbSchemaNode *root;
    GPtrArray *nodes;        /**< every node */
    GHashTable *made;        /**< node by SbDatum */
    GHashTable *definitions; /**< node by "#/$defs/NAME" */
    GPtrArray *known;        /**< of const char, sorted, NULL-terminated: all keys of the root */
};

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

/** What does not fit, before it is known whether it is to be reported. */
typedef struct {
    SbProblemKind kind;
    SbSeverity severity;
    const char *rule;
    SbMark mark;
    char *path;
    guint depth;              /**< of what it is about */
    const SbSchemaNode *node; /**< that it does not fit */
    const char *key;          /**< (nullable) MISSING: which */
    char *message;
} SbProblem;

void sb_problem_free(gpointer problem);

/* Each makes a problem of DATUM at PATH. (transfer full) */
SbProblem *sb_problem_new(SbProblemKind kind, const SbSchemaNode *node, const SbPath *path,
                          const SbDatum *datum, const char *format, ...) G_GNUC_PRINTF(5, 6);
SbProblem *sb_problem_type(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum,
                           guint types);
SbProblem *sb_problem_choice(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum,
                             const GPtrArray *choices);
SbProblem *sb_problem_pattern(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum);
SbProblem *sb_problem_unknown_key(const SbSchemaNode *node, const SbPath *path, const SbDatum *key);
SbProblem *sb_problem_deprecated(const SbSchemaNode *node, const SbPath *path,
                                 const SbDatum *datum);

/**
 * Puts the problems of all BRANCHES (of GPtrArray) of a oneOf or anyOf, none of which fits DATUM,
 * into PROBLEMS: one that sums them up, or those of the best branch.
 */
void sb_problems_of_branches(const GPtrArray *branches, const SbSchemaNode *node,
                             const SbPath *path, const SbDatum *datum, GPtrArray *problems);
