/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A YAML document as the values that PyYAML's safe loader makes of it, each with its place: scalars
 * have a type, aliases are followed, merge keys are merged, and of equal keys the last one counts.
 *
 * Source: yaml/composer.py and yaml/constructor.py of PyYAML 6.0.
 *
 * Room: base.
 * Threads: a document belongs to one thread.
 */
#pragma once

#include "base/diagnostics.h"
#include "base/yaml.h"

#include <glib.h>

typedef enum {
    SB_DATUM_NULL,
    SB_DATUM_BOOLEAN,
    SB_DATUM_INTEGER,
    SB_DATUM_NUMBER,
    SB_DATUM_TEXT,      /**< also `!!binary` */
    SB_DATUM_TIMESTAMP, /**< also other values for which no schema has a type */
    SB_DATUM_LIST,
    SB_DATUM_MAPPING,
} SbDatumType;

typedef struct SbDatum SbDatum;

struct SbDatum {
    SbDatumType type;
    SbMark mark;            /**< where it is written, not where an alias stands for it */
    const SbYamlNode *node; /**< (nullable) what it was made of */
    const char *text;       /**< scalars: as written; NULL for others */
    gboolean boolean;
    double number;
    GPtrArray *items;  /**< lists: the items; mappings: the values, in the order of `keys` */
    GPtrArray *keys;   /**< mappings: SbDatum; each is scalar, no two are equal */
    GHashTable *index; /**< mappings: the number of each key, plus one */
    guint hash;        /**< equal for equal data */
};

typedef struct SbDocument SbDocument;

/** The limits of a document: above any real user-data, and low enough that reading takes less than
 * a second. */
#define SB_DOCUMENT_MAX_DEPTH 128
#define SB_DOCUMENT_MAX_NODES 100000

/** Rules of findings (see sb_document_load()). */
#define SB_RULE_YAML "yaml"
#define SB_RULE_DUPLICATE_KEY "duplicate-key"

/**
 * Loads a document.
 *
 * Text that PyYAML would not load is an error of the rule SB_RULE_YAML, and so is text that is too
 * large. Tabs have the rule SB_RULE_TAB, which may be disabled. Equal keys are warnings of the rule
 * SB_RULE_DUPLICATE_KEY.
 *
 * @param file  the name of the file in the findings
 * @return (transfer full) or NULL if it cannot be loaded; then there is an error in DIAGNOSTICS
 */
SbDocument *sb_document_load(const char *file, const char *text, gsize length,
                             SbDiagnostics *diagnostics);

/** Frees DOCUMENT and all that it has. */
void sb_document_free(SbDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDocument, sb_document_free)

/** The outermost value. (transfer none) */
const SbDatum *sb_document_root(const SbDocument *document);

/** The value of KEY in a mapping. NULL if the key is missing, or if DATUM (nullable) is not a
 * mapping. (transfer none) */
const SbDatum *sb_datum_get(const SbDatum *datum, const char *key);

/** The key KEY itself, for its place. (transfer none) (nullable) */
const SbDatum *sb_datum_get_key(const SbDatum *datum, const char *key);

/** The text of KEY in a mapping, or NULL if the key is missing or its value is not text. */
const char *sb_datum_get_text(const SbDatum *datum, const char *key);

/** How many items a list or mapping has; 0 for all other data, and for NULL. */
guint sb_datum_length(const SbDatum *datum);

/** Item INDEX of a list, or value INDEX of a mapping. (transfer none) */
const SbDatum *sb_datum_item(const SbDatum *datum, guint index);

/** Key INDEX of a mapping. (transfer none) */
const SbDatum *sb_datum_key(const SbDatum *datum, guint index);

/** Whether two values are equal, as JSON Schema has it: 1 equals 1.0, and true does not equal 1. */
gboolean sb_datum_equal(gconstpointer a, gconstpointer b);

/** The hash of a datum, for a GHashTable with sb_datum_equal(). */
guint sb_datum_hash(gconstpointer datum);

/** A type in words: "nothing", "true or false", "a whole number", "text", "a list", "a mapping"… */
const char *sb_datum_type_name(SbDatumType type);
