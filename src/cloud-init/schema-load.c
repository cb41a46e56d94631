/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/schema-load.h"

#include "base/array.h"
#include "base/text.h"

#include <string.h>

typedef struct {
    SbSchema *schema;
    const char *file;
    SbDiagnostics *diagnostics;
} Load;

static SbSchemaNode *load_node(Load *load, const SbDatum *datum);

static void pattern_property_free(gpointer data)
{
    SbPatternProperty *property = data;
    g_regex_unref(property->regex);
    g_free(property);
}

static void node_free(gpointer data)
{
    SbSchemaNode *node = data;
    GPtrArray *arrays[] = {node->choices, node->patterns, node->required, node->tuple,
                           node->one_of,  node->any_of,   node->all_of};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        if (arrays[i])
            g_ptr_array_unref(arrays[i]);
    g_clear_pointer(&node->properties, g_hash_table_unref);
    g_clear_pointer(&node->pattern, g_regex_unref);
    g_free(node);
}

G_GNUC_PRINTF(3, 4)
static void complain(Load *load, const SbDatum *datum, const char *format, ...)
{
    SB_TEXT_FORMAT(message, format);
    sb_diagnostics_add(load->diagnostics, load->file, datum->mark, "in the schema: %s", message);
}

/* ---- keywords ---- */

static guint type_bits(Load *load, const SbDatum *name)
{
    static const struct {
        const char *name;
        guint bits;
    } types[] = {
        {"null", SB_TYPE_BIT(SB_DATUM_NULL)},
        {"boolean", SB_TYPE_BIT(SB_DATUM_BOOLEAN)},
        {"integer", SB_TYPE_BIT(SB_DATUM_INTEGER)},
        {"number", SB_TYPE_BIT(SB_DATUM_INTEGER) | SB_TYPE_BIT(SB_DATUM_NUMBER)},
        {"string", SB_TYPE_BIT(SB_DATUM_TEXT)},
        {"array", SB_TYPE_BIT(SB_DATUM_LIST)},
        {"object", SB_TYPE_BIT(SB_DATUM_MAPPING)},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_strcmp0(name->text, types[i].name) == 0)
            return types[i].bits;
    complain(load, name, "there is no type '%.40s'", name->text ? name->text : "");
    return 0;
}

static guint load_types(Load *load, const SbDatum *datum)
{
    const SbDatum *type = sb_datum_get(datum, "type");
    if (!type || type->type != SB_DATUM_LIST)
        return type ? type_bits(load, type) : 0;
    guint types = 0;
    for (guint i = 0; i < sb_datum_length(type); i++)
        types |= type_bits(load, sb_datum_item(type, i));
    return types;
}

static GRegex *load_regex(Load *load, const SbDatum *pattern)
{
    g_autoptr(GError) error = NULL;
    GRegex *regex = pattern->text ? g_regex_new(pattern->text, G_REGEX_OPTIMIZE, 0, &error) : NULL;
    if (!regex)
        complain(load, pattern, "not a regular expression: %s",
                 error ? error->message : "it is not text");
    return regex;
}

static GPtrArray *load_nodes(Load *load, const SbDatum *datum, const char *keyword)
{
    const SbDatum *list = sb_datum_get(datum, keyword);
    if (!list)
        return NULL;
    GPtrArray *nodes = g_ptr_array_new();
    if (list->type != SB_DATUM_LIST)
        complain(load, list, "'%s' must be a list", keyword);
    else
        for (guint i = 0; i < sb_datum_length(list); i++)
            g_ptr_array_add(nodes, load_node(load, sb_datum_item(list, i)));
    return nodes;
}

static SbSchemaNode *load_member(Load *load, const SbDatum *datum, const char *keyword)
{
    const SbDatum *member = sb_datum_get(datum, keyword);
    return member && member->type == SB_DATUM_MAPPING ? load_node(load, member) : NULL;
}

static gboolean is_false(const SbDatum *datum)
{
    return datum && datum->type == SB_DATUM_BOOLEAN && !datum->boolean;
}

static gboolean is_true(const SbDatum *datum)
{
    return datum && datum->type == SB_DATUM_BOOLEAN && datum->boolean;
}

static void load_properties(Load *load, SbSchemaNode *node, const SbDatum *datum)
{
    const SbDatum *properties = sb_datum_get(datum, "properties");
    if (properties && properties->type == SB_DATUM_MAPPING) {
        node->properties = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < sb_datum_length(properties); i++) {
            const SbDatum *key = sb_datum_key(properties, i);
            if (key->type != SB_DATUM_TEXT)
                complain(load, key, "the property '%.40s' is not text: put it in quotes",
                         key->text);
            else
                g_hash_table_insert(node->properties, (gpointer)key->text,
                                    load_node(load, sb_datum_item(properties, i)));
        }
    }
    const SbDatum *patterns = sb_datum_get(datum, "patternProperties");
    if (patterns && patterns->type == SB_DATUM_MAPPING) {
        node->patterns = g_ptr_array_new_with_free_func(pattern_property_free);
        for (guint i = 0; i < sb_datum_length(patterns); i++) {
            GRegex *regex = load_regex(load, sb_datum_key(patterns, i));
            if (!regex)
                continue;
            SbPatternProperty *property = g_new0(SbPatternProperty, 1);
            property->regex = regex;
            property->node = load_node(load, sb_datum_item(patterns, i));
            g_ptr_array_add(node->patterns, property);
        }
    }
    node->is_closed = is_false(sb_datum_get(datum, "additionalProperties"));
    node->additional = load_member(load, datum, "additionalProperties");
}

static void load_items(Load *load, SbSchemaNode *node, const SbDatum *datum)
{
    const SbDatum *items = sb_datum_get(datum, "items");
    if (items && items->type == SB_DATUM_LIST) {
        node->tuple = load_nodes(load, datum, "items");
        node->is_closed_tuple = is_false(sb_datum_get(datum, "additionalItems"));
        node->other_items = load_member(load, datum, "additionalItems");
    } else {
        node->items = load_member(load, datum, "items");
    }
    node->is_unique = is_true(sb_datum_get(datum, "uniqueItems"));
}

static SbBounds load_bounds(const SbDatum *datum, const char *min_keyword, const char *max_keyword)
{
    const SbDatum *min = sb_datum_get(datum, min_keyword), *max = sb_datum_get(datum, max_keyword);
    return (SbBounds){
        min && min->type == SB_DATUM_INTEGER ? (gint64)CLAMP(min->number, -1, G_MAXINT32) : -1,
        max && max->type == SB_DATUM_INTEGER ? (gint64)CLAMP(max->number, -1, G_MAXINT32) : -1};
}

static gboolean load_limit(const SbDatum *datum, const char *keyword, double *limit_out)
{
    const SbDatum *limit = sb_datum_get(datum, keyword);
    if (!limit || (limit->type != SB_DATUM_INTEGER && limit->type != SB_DATUM_NUMBER))
        return FALSE;
    *limit_out = limit->number;
    return TRUE;
}

static void load_limits(SbSchemaNode *node, const SbDatum *datum)
{
    node->item_count = load_bounds(datum, "minItems", "maxItems");
    node->length = load_bounds(datum, "minLength", "maxLength");
    node->property_count = load_bounds(datum, "minProperties", "maxProperties");
    node->has_minimum = load_limit(datum, "minimum", &node->minimum);
    node->has_maximum = load_limit(datum, "maximum", &node->maximum);
    node->is_minimum_exclusive = is_true(sb_datum_get(datum, "exclusiveMinimum"));
    node->is_maximum_exclusive = is_true(sb_datum_get(datum, "exclusiveMaximum"));
}

static SbSchemaFormat load_format(const SbDatum *datum)
{
    static const char *const names[] = {
        [SB_FORMAT_DATE] = "date", [SB_FORMAT_HOSTNAME] = "hostname", [SB_FORMAT_URI] = "uri"};
    const char *name = sb_datum_get_text(datum, "format");
    for (gsize i = 1; i < G_N_ELEMENTS(names); i++)
        if (g_strcmp0(name, names[i]) == 0)
            return (SbSchemaFormat)i;
    return SB_FORMAT_NONE;
}

/* `changed` means that not the key but a type of its value is deprecated. */
static void load_history(SbSchemaNode *node, const SbDatum *datum)
{
    static const char *const keywords[] = {"deprecated", "changed"};
    for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (!is_true(sb_datum_get(datum, keywords[i])))
            continue;
        g_autofree char *version = g_strconcat(keywords[i], "_version", NULL);
        g_autofree char *description = g_strconcat(keywords[i], "_description", NULL);
        node->is_deprecated = TRUE;
        node->deprecated_version = sb_schema_version(sb_datum_get_text(datum, version));
        node->deprecation = sb_datum_get_text(datum, description);
        if (!node->deprecation)
            node->deprecation = sb_datum_get_text(datum, "description");
    }
    node->replacement = sb_datum_get_text(datum, "replacement");
    node->new_version = sb_schema_version(sb_datum_get_text(datum, "new_version"));
    node->removed_version = sb_schema_version(sb_datum_get_text(datum, "removed_version"));
    guint ignored_version = sb_schema_version(sb_datum_get_text(datum, "ignored_version"));
    if (ignored_version) {
        node->removed_version = ignored_version;
        node->is_ignored_when_removed = TRUE;
    }
    node->closed_version = sb_schema_version(sb_datum_get_text(datum, "closed_version"));
    node->unknown = sb_datum_get_text(datum, "unknown");
}

static void load_values(Load *load, SbSchemaNode *node, const SbDatum *datum)
{
    node->types = load_types(load, datum);
    const SbDatum *choices = sb_datum_get(datum, "enum");
    if (choices && choices->type == SB_DATUM_LIST) {
        node->choices = g_ptr_array_new();
        for (guint i = 0; i < sb_datum_length(choices); i++)
            g_ptr_array_add(node->choices, (gpointer)sb_datum_item(choices, i));
    }
    const SbDatum *pattern = sb_datum_get(datum, "pattern");
    node->pattern = pattern ? load_regex(load, pattern) : NULL;
    node->expected = sb_datum_get_text(datum, "expected");
    const SbDatum *required = sb_datum_get(datum, "required");
    if (required && required->type == SB_DATUM_LIST) {
        node->required = g_ptr_array_new();
        for (guint i = 0; i < sb_datum_length(required); i++)
            if (sb_datum_item(required, i)->text)
                g_ptr_array_add(node->required, (gpointer)sb_datum_item(required, i)->text);
    }
}

static SbSchemaNode *load_node(Load *load, const SbDatum *datum)
{
    SbSchemaNode *node = g_hash_table_lookup(load->schema->made, datum);
    if (node)
        return node;
    node = g_new0(SbSchemaNode, 1);
    node->source = datum;
    g_ptr_array_add(load->schema->nodes, node);
    g_hash_table_insert(load->schema->made, (gpointer)datum, node);
    if (datum->type != SB_DATUM_MAPPING)
        complain(load, datum, "a schema must be a mapping, not %s",
                 sb_datum_type_name(datum->type));
    load_values(load, node, datum);
    load_properties(load, node, datum);
    load_items(load, node, datum);
    load_limits(node, datum);
    load_history(node, datum);
    node->format = load_format(datum);
    node->one_of = load_nodes(load, datum, "oneOf");
    node->any_of = load_nodes(load, datum, "anyOf");
    node->all_of = load_nodes(load, datum, "allOf");
    node->not = load_member(load, datum, "not");
    node->reference = sb_datum_get_text(datum, "$ref");
    return node;
}

/* ---- the whole ---- */

static void load_definitions(Load *load, const SbDatum *root, const char *keyword)
{
    const SbDatum *definitions = sb_datum_get(root, keyword);
    for (guint i = 0; i < sb_datum_length(definitions); i++) {
        const SbDatum *key =
            definitions->type == SB_DATUM_MAPPING ? sb_datum_key(definitions, i) : NULL;
        if (key && key->text)
            g_hash_table_insert(load->schema->definitions,
                                g_strdup_printf("#/%s/%s", keyword, key->text),
                                load_node(load, sb_datum_item(definitions, i)));
    }
}

static void resolve_references(Load *load)
{
    GHashTableIter iter;
    gpointer datum, value;
    g_hash_table_iter_init(&iter, load->schema->made);
    while (g_hash_table_iter_next(&iter, &datum, &value)) {
        SbSchemaNode *node = value;
        if (!node->reference)
            continue;
        node->target = strcmp(node->reference, "#") == 0
                           ? load->schema->root
                           : g_hash_table_lookup(load->schema->definitions, node->reference);
        if (!node->target)
            complain(load, datum, "there is no definition '%.80s'", node->reference);
    }
}

/* Whether NODE refers to itself for the same value, so that a check would never end. */
static gboolean is_endless(SbSchemaNode *node)
{
    if (!node || node->is_checked)
        return FALSE;
    if (node->is_open)
        return TRUE;
    node->is_open = TRUE;
    gboolean found = is_endless(node->target) || is_endless(node->not );
    const GPtrArray *lists[] = {node->all_of, node->any_of, node->one_of};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        for (guint j = 0; lists[i] && j < lists[i]->len && !found; j++)
            found = is_endless(g_ptr_array_index(lists[i], j));
    node->is_open = FALSE;
    node->is_checked = !found;
    return found;
}

static void check_endless(Load *load)
{
    SB_EACH(SbSchemaNode, node, load->schema->nodes) {
        if (!is_endless(node))
            continue;
        complain(load, node->source, "this refers to itself without end");
        return;
    }
}

/* Collects the keys of NODE and of all schemas that must hold beside it, with their nodes. */
static void collect_keys(GHashTable *keys, GHashTable *seen, const SbSchemaNode *node)
{
    if (!node || !g_hash_table_add(seen, (gpointer)node))
        return;
    if (node->properties) {
        GHashTableIter iter;
        gpointer name, property;
        g_hash_table_iter_init(&iter, node->properties);
        while (g_hash_table_iter_next(&iter, &name, &property))
            g_hash_table_insert(keys, name, property);
    }
    collect_keys(keys, seen, node->target);
    const GPtrArray *lists[] = {node->all_of, node->any_of, node->one_of};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        for (guint j = 0; lists[i] && j < lists[i]->len; j++)
            collect_keys(keys, seen, g_ptr_array_index(lists[i], j));
}

static void collect_root_keys(SbSchema *schema)
{
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    collect_keys(keys, seen, schema->root);
    schema->known = g_ptr_array_new();
    schema->unknown = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer name, node;
    g_hash_table_iter_init(&iter, keys);
    while (g_hash_table_iter_next(&iter, &name, &node))
        if (((SbSchemaNode *)node)->unknown)
            g_hash_table_insert(schema->unknown, name, node);
        else
            g_ptr_array_add(schema->known, name);
    g_ptr_array_sort(schema->known, sb_compare_texts);
    g_ptr_array_add(schema->known, NULL);
}

SbSchema *sb_schema_load(const char *file, const char *text, gsize length,
                         SbDiagnostics *diagnostics)
{
    guint errors_before = sb_diagnostics_errors(diagnostics);
    SbDocument *document = sb_document_load(file, text, length, diagnostics);
    if (!document)
        return NULL;
    g_autoptr(SbSchema) schema = g_new0(SbSchema, 1);
    schema->document = document;
    schema->nodes = g_ptr_array_new_with_free_func(node_free);
    schema->made = g_hash_table_new(NULL, NULL);
    schema->definitions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Load load = {schema, file, diagnostics};
    const SbDatum *root = sb_document_root(document);
    schema->root = load_node(&load, root);
    load_definitions(&load, root, "$defs");
    load_definitions(&load, root, "definitions");
    resolve_references(&load);
    check_endless(&load);
    collect_root_keys(schema);
    return sb_diagnostics_errors(diagnostics) > errors_before ? NULL : g_steal_pointer(&schema);
}

void sb_schema_free(SbSchema *schema)
{
    g_clear_pointer(&schema->known, g_ptr_array_unref);
    g_clear_pointer(&schema->unknown, g_hash_table_unref);
    g_hash_table_unref(schema->definitions);
    g_hash_table_unref(schema->made);
    g_ptr_array_unref(schema->nodes);
    sb_document_free(schema->document);
    g_free(schema);
}

guint sb_schema_version(const char *text)
{
    char *end = NULL;
    if (!text || !g_ascii_isdigit(*text))
        return 0;
    guint64 major = g_ascii_strtoull(text, &end, 10);
    if (*end != '.' || !g_ascii_isdigit(end[1]) || major > 99)
        return 0;
    guint64 minor = g_ascii_strtoull(end + 1, &end, 10);
    return minor > 99 ? 0 : (guint)(major * 100 + minor);
}

gboolean sb_schema_has(const SbSchema *schema, const char *name)
{
    g_autofree char *reference = g_strconcat("#/$defs/", name, NULL);
    return g_hash_table_contains(schema->definitions, reference);
}
