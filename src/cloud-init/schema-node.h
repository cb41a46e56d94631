/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A schema in memory: a node for each schema within the schema.
 *
 * Only the files schema*.c look into it.
 *
 * Room: cloud-init.
 * Threads: only read once it is loaded.
 */
#pragma once

#include "base/datum.h"

#include <glib.h>

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
    const SbDatum *source;               /**< the schema's text */
    gboolean is_open, is_checked;        /**< used by the search for endless references */
    guint types;                         /**< bits, or 0: any */
    GPtrArray *choices;                  /**< (nullable) `enum`: SbDatum */
    GRegex *pattern;                     /**< (nullable) */
    const char *expected;                /**< (nullable) the pattern in words */
    GHashTable *properties;              /**< (nullable) of SbSchemaNode by name */
    GPtrArray *patterns;                 /**< (nullable) of SbPatternProperty */
    gboolean is_closed;                  /**< `additionalProperties: false` */
    SbSchemaNode *additional;            /**< (nullable) schema of other properties */
    GPtrArray *required;                 /**< (nullable) of const char */
    SbSchemaNode *items;                 /**< (nullable) schema of every item */
    GPtrArray *tuple;                    /**< (nullable) schemas of the first items */
    gboolean is_closed_tuple;            /**< `additionalItems: false` */
    SbSchemaNode *other_items;           /**< (nullable) schema of the items behind the tuple */
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
    const char *deprecation; /**< (nullable) the advice, in words */
    const char *replacement; /**< (nullable) the key to use instead */
    guint new_version, removed_version;
    gboolean is_ignored_when_removed; /**< versions that do not know it any more ignore it */
    guint closed_version;             /**< of the root: from which on unknown keys are refused */
    const char *unknown; /**< (nullable) no version knows this key: what to do instead */
};

typedef struct {
    SbDocument *document; /**< it owns the texts of the nodes */
    SbSchemaNode *root;
    GPtrArray *nodes;        /**< every node */
    GHashTable *made;        /**< node by SbDatum */
    GHashTable *definitions; /**< node by "#/$defs/NAME" */
    GPtrArray *known;        /**< of const char, sorted, NULL-terminated: all keys of the root */
    GHashTable *unknown;     /**< node by name: keys of the root that no version knows */
} SbSchema;
