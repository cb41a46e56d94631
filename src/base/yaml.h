/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * YAML as a tree of nodes that know their place, made from libyaml's events.
 *
 * Nothing is resolved: a scalar is its text and whether it was quoted, so that whoever reads it can
 * apply the rules of its format and name the place of what is wrong.
 *
 * Room: base.
 * Threads: a document belongs to one thread.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

typedef enum {
    SB_YAML_SCALAR,
    SB_YAML_SEQUENCE,
    SB_YAML_MAPPING,
    SB_YAML_ALIAS, /**< the text is the anchor's name; without SB_YAML_ALLOW_ALIASES it is a finding
                    */
} SbYamlKind;

typedef struct SbYamlNode SbYamlNode;

struct SbYamlNode {
    SbYamlKind kind;
    SbMark mark;
    /** Scalars: the text, as YAML's quoting and folding leave it; never NULL there, NULL elsewhere.
     */
    char *text;
    /** Scalars: written without quotes and not as a block, so that `~`, `12` and `true` have a
     * type. */
    gboolean is_plain;
    /** The text is written as a block, behind `|` or `>`. */
    gboolean is_block;
    /** Collections: written in brackets or braces. */
    gboolean is_flow;
    /** As written, with the handle resolved, such as "tag:yaml.org,2002:str" or "!x"; NULL if there
     * is none. */
    char *tag;
    /** Aliases: the node with that anchor, which lives as long as the tree; NULL if there is none.
     */
    const SbYamlNode *target;
    /** How many nodes this is with all aliases in it written out, at most G_MAXUINT. */
    guint expanded_nodes;
    /** Sequences: the items. Mappings: the values, in the order of `keys`. NULL for others. */
    GPtrArray *items;
    /** Mappings: the keys. NULL for others. */
    GPtrArray *keys;
    /** Mappings with many keys: the number of the first key of each text, plus one. */
    GHashTable *index;
};

typedef enum {
    SB_YAML_STRICT = 0,
    SB_YAML_ALLOW_ALIASES = 1 << 0,    /**< also anchors and tags */
    SB_YAML_ALLOW_DUPLICATES = 1 << 1, /**< of keys; sb_yaml_get() then finds the first */
    /** The text is read as PyYAML reads it. It refuses what libyaml takes: a tab outside of quotes
     * and blocks (unless DIAGNOSTICS does not want SB_RULE_TAB), a '?' in brackets, and a comment
     * right behind the `|` or `>` of a block. It takes `{a:[x]}`, which libyaml refuses. */
    SB_YAML_AS_PYTHON = 1 << 2,
} SbYamlFlags;

/** Deepest nesting that is read, and the most nodes: both far above real files. */
#define SB_YAML_MAX_DEPTH 32
#define SB_YAML_MAX_NODES 20000

/** The rule of findings about tabs, where all else can be read. */
#define SB_RULE_TAB "tab"

/** How sb_yaml_parse_within() reads. */
typedef struct {
    SbYamlFlags flags;
    guint max_depth;
    guint max_nodes;  /**< also with all aliases written out */
    const char *rule; /**< (nullable) of all findings; then those about tabs have SB_RULE_TAB */
} SbYamlReading;

/** Frees NODE and all that it has. */
void sb_yaml_node_free(SbYamlNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbYamlNode, sb_yaml_node_free)

/**
 * Parses one YAML document.
 *
 * Syntax errors, NUL bytes, text that is not UTF-8, nesting over SB_YAML_MAX_DEPTH, more nodes than
 * SB_YAML_MAX_NODES, several documents, mapping keys that are not scalars, duplicate keys and
 * (unless allowed) aliases, anchors and tags are findings.
 *
 * @param file         what the findings call the file
 * @param text         LENGTH bytes; may be NULL for none
 * @param diagnostics  findings are added here
 * @return (transfer full) the root, or NULL if the text has an error that leaves no tree, or is
 * empty (then a finding says so); duplicate keys, anchors, aliases and tags leave a tree, so that
 * the caller can report what else is wrong
 */
SbYamlNode *sb_yaml_parse(const char *file, const char *text, gsize length, SbYamlFlags flags,
                          SbDiagnostics *diagnostics);

/**
 * Does the same as sb_yaml_parse(), with other limits and with a rule.
 *
 * With SB_YAML_ALLOW_ALIASES these are findings too: an alias of an unknown anchor, an alias within
 * its own anchor, an anchor given twice, and aliases that stand for more than `max_nodes` nodes.
 *
 * @return (transfer full) or NULL, as sb_yaml_parse()
 */
SbYamlNode *sb_yaml_parse_within(const char *file, const char *text, gsize length,
                                 const SbYamlReading *reading, SbDiagnostics *diagnostics);

/** The value of KEY in a mapping, or NULL (also when NODE is not a mapping). (transfer none) */
const SbYamlNode *sb_yaml_get(const SbYamlNode *node, const char *key);

/** The kind of NODE in words: "a mapping", "a list", "a scalar", "an alias". */
const char *sb_yaml_kind_name(SbYamlKind kind);
