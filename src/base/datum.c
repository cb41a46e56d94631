/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/datum.h"

#include "base/text.h"
#include "base/yaml-scalar.h"

#include <string.h>

#define TAG_PREFIX "tag:yaml.org,2002:"

struct SbDocument {
    SbYamlNode *yaml;
    GPtrArray *data;  /* every SbDatum */
    GHashTable *made; /* of each node with an anchor, so that an alias is the same datum */
    const SbDatum *root;
    const char *file;
    SbDiagnostics *diagnostics;
};

static const SbDatum *make(SbDocument *document, const SbYamlNode *node);

static void datum_free(gpointer data)
{
    SbDatum *datum = data;
    g_clear_pointer(&datum->items, g_ptr_array_unref);
    g_clear_pointer(&datum->keys, g_ptr_array_unref);
    g_clear_pointer(&datum->index, g_hash_table_unref);
    g_free(datum);
}

static SbDatum *add(SbDocument *document, SbDatumType type, const SbYamlNode *node)
{
    SbDatum *datum = g_new0(SbDatum, 1);
    datum->type = type;
    datum->mark = node->mark;
    datum->node = node;
    datum->text = node->text;
    datum->hash = datum->text ? g_str_hash(datum->text) : (guint)type;
    g_ptr_array_add(document->data, datum);
    return datum;
}

G_GNUC_PRINTF(3, 4)
static void complain(SbDocument *document, SbMark mark, const char *format, ...)
{
    const SbFinding finding = {.file = document->file, .mark = mark, .rule = SB_RULE_YAML};
    SB_TEXT_FORMAT(message, format);
    sb_diagnostics_add_finding(document->diagnostics, &finding, "%s", message);
}

/* ---- scalars ---- */

static const SbDatum *make_resolved(SbDocument *document, const SbYamlNode *node, SbScalar scalar)
{
    static const SbDatumType types[] = {
        [SB_SCALAR_NULL] = SB_DATUM_NULL,           [SB_SCALAR_BOOLEAN] = SB_DATUM_BOOLEAN,
        [SB_SCALAR_INTEGER] = SB_DATUM_INTEGER,     [SB_SCALAR_NUMBER] = SB_DATUM_NUMBER,
        [SB_SCALAR_TIMESTAMP] = SB_DATUM_TIMESTAMP, [SB_SCALAR_TEXT] = SB_DATUM_TEXT,
        [SB_SCALAR_MERGE] = SB_DATUM_TEXT,          [SB_SCALAR_VALUE] = SB_DATUM_TEXT,
    };
    if (scalar.is_impossible)
        /* Not repeated, because it may be a password. */
        complain(document, node->mark,
                 "this looks like a %s but is not, and YAML gives up: put it in quotes",
                 scalar.type == SB_SCALAR_TIMESTAMP ? "date" : "number");
    else if (scalar.type == SB_SCALAR_MERGE || scalar.type == SB_SCALAR_VALUE)
        complain(document, node->mark, "'%.60s' has a special meaning in YAML: put it in quotes",
                 node->text);
    SbDatum *datum = add(document, types[scalar.type], node);
    datum->boolean = scalar.boolean;
    datum->number = scalar.number;
    /* 1 and 1.0, yes and true, ~ and null are equal. */
    if (datum->type == SB_DATUM_INTEGER || datum->type == SB_DATUM_NUMBER)
        datum->hash = g_double_hash(&datum->number);
    else if (datum->type != SB_DATUM_TEXT && datum->type != SB_DATUM_TIMESTAMP)
        datum->hash = (guint)datum->type * 2 + (guint)datum->boolean;
    return datum;
}

/* Whether TAG is a tag of scalars that are not text, and TEXT has the form that it needs. SCALAR
 * may be impossible. */
static gboolean has_form(const char *tag, const char *text, SbScalar *scalar)
{
    if (strcmp(tag, "null") == 0) {
        *scalar = (SbScalar){.type = SB_SCALAR_NULL};
        return TRUE;
    }
    if (strcmp(tag, "bool") == 0) {
        g_autofree char *lower = g_ascii_strdown(text, -1);
        *scalar = sb_scalar_resolve(lower);
        return scalar->type == SB_SCALAR_BOOLEAN;
    }
    static const struct {
        const char *tag;
        SbScalarType type;
    } types[] = {{"int", SB_SCALAR_INTEGER},
                 {"float", SB_SCALAR_NUMBER},
                 {"timestamp", SB_SCALAR_TIMESTAMP}};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(tag, types[i].tag) == 0) {
            *scalar = sb_scalar_construct(text, types[i].type);
            return TRUE;
        }
    return FALSE;
}

/* Whether Python's base64.decodebytes() takes TEXT: it skips characters that are not base64, but
 * the last group of four must be full. */
static gboolean is_base64(const char *text)
{
    gsize digits = 0, pads = 0;
    for (; *text; text++) {
        if ((guchar)*text >= 0x80)
            return FALSE;
        if (g_ascii_isalnum(*text) || *text == '+' || *text == '/')
            digits++, pads = 0;
        else if (*text == '=')
            pads++;
        if (digits % 4 >= 2 && pads >= 4 - digits % 4)
            return TRUE;
    }
    return digits % 4 == 0;
}

static const SbDatum *make_tagged(SbDocument *document, const SbYamlNode *node, const char *tag)
{
    SbScalar scalar;
    if (strcmp(tag, "binary") == 0 && !is_base64(node->text))
        complain(document, node->mark, "this is not base64, but '!!binary' needs it");
    if (strcmp(tag, "str") == 0 || strcmp(tag, "python/unicode") == 0 || strcmp(tag, "binary") == 0)
        return add(document, SB_DATUM_TEXT, node);
    if (has_form(tag, node->text, &scalar))
        return make_resolved(document, node, scalar);
    complain(document, node->mark, "the tag '%.60s' does not fit here, or is unknown", node->tag);
    return add(document, SB_DATUM_TEXT, node);
}

static const SbDatum *make_scalar(SbDocument *document, const SbYamlNode *node)
{
    if (node->tag && g_str_has_prefix(node->tag, TAG_PREFIX))
        return make_tagged(document, node, node->tag + strlen(TAG_PREFIX));
    gboolean is_unspecific = g_strcmp0(node->tag, "!") == 0;
    if (node->tag && !is_unspecific) {
        complain(document, node->mark, "the tag '%.60s' is unknown to cloud-init", node->tag);
        return add(document, SB_DATUM_TEXT, node);
    }
    /* The tag '!' should make text of anything, but to PyYAML it undoes quotes. */
    if (!node->is_plain && !is_unspecific)
        return add(document, SB_DATUM_TEXT, node);
    return make_resolved(document, node, sb_scalar_resolve(node->text));
}

/* ---- mappings ---- */

static gboolean is_merge_key(const SbYamlNode *key)
{
    return key->is_plain && !key->tag && strcmp(key->text, "<<") == 0;
}

/* The number of the key of MAPPING that equals KEY, or -1. */
static gint find_key(const SbDatum *mapping, const SbDatum *key)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(mapping->index, key)) - 1;
}

/* The first one stays: keys that are written come before keys that are merged. */
static void add_member(SbDatum *mapping, const SbDatum *key, const SbDatum *value)
{
    g_ptr_array_add(mapping->keys, (gpointer)key);
    g_ptr_array_add(mapping->items, (gpointer)value);
    g_hash_table_insert(mapping->index, (gpointer)key, GINT_TO_POINTER((gint)mapping->keys->len));
}

static void report_duplicate(SbDocument *document, const SbDatum *first, const SbDatum *key)
{
    const SbFinding finding = {.file = document->file,
                               .mark = key->mark,
                               .severity = SB_SEVERITY_WARNING,
                               .rule = SB_RULE_DUPLICATE_KEY};
    sb_diagnostics_add_finding(document->diagnostics, &finding,
                               "key '%.60s' is there twice: this value counts, and what line %u "
                               "says is lost",
                               key->text, first->mark.line);
}

static void merge_from(SbDocument *document, SbDatum *mapping, const SbDatum *source)
{
    if (source->type != SB_DATUM_MAPPING) {
        complain(document, source->mark, "'<<' merges mappings, not %s",
                 sb_datum_type_name(source->type));
        return;
    }
    for (guint i = 0; i < source->keys->len; i++) {
        const SbDatum *key = g_ptr_array_index(source->keys, i);
        if (find_key(mapping, key) < 0)
            add_member(mapping, key, g_ptr_array_index(source->items, i));
    }
}

static const SbDatum *make_key(SbDocument *document, const SbYamlNode *node)
{
    /* PyYAML makes text of `=`, where it is a key. */
    if (node->is_plain && !node->tag && strcmp(node->text, "=") == 0)
        return add(document, SB_DATUM_TEXT, node);
    return make_scalar(document, node);
}

static void fill_mapping(SbDocument *document, SbDatum *mapping, const SbYamlNode *node)
{
    for (guint i = 0; i < node->keys->len; i++) {
        const SbYamlNode *key_node = g_ptr_array_index(node->keys, i);
        if (is_merge_key(key_node))
            continue;
        const SbDatum *key = make_key(document, key_node);
        const SbDatum *value = make(document, g_ptr_array_index(node->items, i));
        gint first = find_key(mapping, key);
        if (first < 0) {
            add_member(mapping, key, value);
            continue;
        }
        report_duplicate(document, g_ptr_array_index(mapping->keys, first), key);
        mapping->keys->pdata[first] = (gpointer)key;
        mapping->items->pdata[first] = (gpointer)value;
        g_hash_table_replace(mapping->index, (gpointer)key, GINT_TO_POINTER(first + 1));
    }
    /* Later merge keys win over earlier ones, and earlier mappings of a list over later ones. */
    for (guint i = node->keys->len; i > 0; i--) {
        if (!is_merge_key(g_ptr_array_index(node->keys, i - 1)))
            continue;
        const SbDatum *source = make(document, g_ptr_array_index(node->items, i - 1));
        if (source->type != SB_DATUM_LIST) {
            merge_from(document, mapping, source);
            continue;
        }
        for (guint j = 0; j < source->items->len; j++)
            merge_from(document, mapping, g_ptr_array_index(source->items, j));
    }
}

/* ---- all of it ---- */

static const SbDatum *make_collection(SbDocument *document, const SbYamlNode *node)
{
    gboolean is_list = node->kind == SB_YAML_SEQUENCE;
    SbDatum *datum = add(document, is_list ? SB_DATUM_LIST : SB_DATUM_MAPPING, node);
    datum->items = g_ptr_array_new();
    const char *expected = is_list ? TAG_PREFIX "seq" : TAG_PREFIX "map";
    if (node->tag && strcmp(node->tag, "!") != 0 && strcmp(node->tag, expected) != 0)
        complain(document, node->mark, "the tag '%.60s' does not fit here, or is unknown",
                 node->tag);
    if (is_list) {
        for (guint i = 0; i < node->items->len; i++)
            g_ptr_array_add(datum->items,
                            (gpointer)make(document, g_ptr_array_index(node->items, i)));
    } else {
        datum->keys = g_ptr_array_new();
        datum->index = g_hash_table_new(sb_datum_hash, sb_datum_equal);
        fill_mapping(document, datum, node);
    }
    /* The order of a list counts, that of a mapping does not. */
    for (guint i = 0; i < datum->items->len; i++) {
        guint item = sb_datum_hash(g_ptr_array_index(datum->items, i));
        datum->hash = is_list ? datum->hash * 31 + item
                              : datum->hash + item * 31 + sb_datum_hash(sb_datum_key(datum, i));
    }
    return datum;
}

static const SbDatum *make(SbDocument *document, const SbYamlNode *node)
{
    if (node->kind == SB_YAML_ALIAS) {
        const SbDatum *made = g_hash_table_lookup(document->made, node->target);
        return made ? made : make(document, node->target);
    }
    const SbDatum *datum = node->kind == SB_YAML_SCALAR ? make_scalar(document, node)
                                                        : make_collection(document, node);
    g_hash_table_insert(document->made, (gpointer)node, (gpointer)datum);
    return datum;
}

SbDocument *sb_document_load(const char *file, const char *text, gsize length,
                             SbDiagnostics *diagnostics)
{
    static const SbYamlReading reading = {.flags = SB_YAML_ALLOW_ALIASES |
                                                   SB_YAML_ALLOW_DUPLICATES | SB_YAML_AS_PYTHON,
                                          .max_depth = SB_DOCUMENT_MAX_DEPTH,
                                          .max_nodes = SB_DOCUMENT_MAX_NODES,
                                          .rule = SB_RULE_YAML};
    guint errors_before = sb_diagnostics_errors(diagnostics);
    SbYamlNode *yaml = sb_yaml_parse_within(file, text, length, &reading, diagnostics);
    if (!yaml)
        return NULL;
    g_autoptr(SbDocument) document = g_new0(SbDocument, 1);
    document->yaml = yaml;
    document->data = g_ptr_array_new_with_free_func(datum_free);
    document->made = g_hash_table_new(NULL, NULL);
    document->file = file;
    document->diagnostics = diagnostics;
    document->root = make(document, yaml);
    document->diagnostics = NULL;
    document->file = NULL;
    if (sb_diagnostics_errors(diagnostics) > errors_before)
        return NULL;
    return g_steal_pointer(&document);
}

void sb_document_free(SbDocument *document)
{
    g_ptr_array_unref(document->data);
    g_hash_table_unref(document->made);
    sb_yaml_node_free(document->yaml);
    g_free(document);
}

const SbDatum *sb_document_root(const SbDocument *document)
{
    return document->root;
}

/* ---- access ---- */

static gint text_key(const SbDatum *datum, const char *key)
{
    if (!datum || datum->type != SB_DATUM_MAPPING)
        return -1;
    const SbDatum wanted = {.type = SB_DATUM_TEXT, .text = key, .hash = g_str_hash(key)};
    return find_key(datum, &wanted);
}

const SbDatum *sb_datum_get(const SbDatum *datum, const char *key)
{
    gint i = text_key(datum, key);
    return i < 0 ? NULL : g_ptr_array_index(datum->items, i);
}

const SbDatum *sb_datum_get_key(const SbDatum *datum, const char *key)
{
    gint i = text_key(datum, key);
    return i < 0 ? NULL : g_ptr_array_index(datum->keys, i);
}

const char *sb_datum_get_text(const SbDatum *datum, const char *key)
{
    const SbDatum *value = sb_datum_get(datum, key);
    return value && value->type == SB_DATUM_TEXT ? value->text : NULL;
}

guint sb_datum_length(const SbDatum *datum)
{
    return datum && datum->items ? datum->items->len : 0;
}

const SbDatum *sb_datum_item(const SbDatum *datum, guint index)
{
    return g_ptr_array_index(datum->items, index);
}

const SbDatum *sb_datum_key(const SbDatum *datum, guint index)
{
    return g_ptr_array_index(datum->keys, index);
}

static gboolean is_number(const SbDatum *datum)
{
    return datum->type == SB_DATUM_INTEGER || datum->type == SB_DATUM_NUMBER;
}

static gboolean members_equal(const SbDatum *a, const SbDatum *b)
{
    for (guint i = 0; i < a->keys->len; i++) {
        gint other = find_key(b, g_ptr_array_index(a->keys, i));
        if (other < 0 ||
            !sb_datum_equal(g_ptr_array_index(a->items, i), g_ptr_array_index(b->items, other)))
            return FALSE;
    }
    return TRUE;
}

guint sb_datum_hash(gconstpointer datum)
{
    return ((const SbDatum *)datum)->hash;
}

gboolean sb_datum_equal(gconstpointer first, gconstpointer second)
{
    const SbDatum *a = first, *b = second;
    if (a == b)
        return TRUE;
    if (is_number(a) && is_number(b))
        return a->number == b->number;
    if (a->type != b->type || sb_datum_length(a) != sb_datum_length(b))
        return FALSE;
    switch (a->type) {
    case SB_DATUM_BOOLEAN:
        return a->boolean == b->boolean;
    case SB_DATUM_TEXT:
    case SB_DATUM_TIMESTAMP:
        return strcmp(a->text, b->text) == 0;
    case SB_DATUM_LIST:
        for (guint i = 0; i < a->items->len; i++)
            if (!sb_datum_equal(g_ptr_array_index(a->items, i), g_ptr_array_index(b->items, i)))
                return FALSE;
        return TRUE;
    case SB_DATUM_MAPPING:
        return members_equal(a, b);
    default:
        return TRUE;
    }
}

const char *sb_datum_type_name(SbDatumType type)
{
    static const char *const names[] = {
        [SB_DATUM_NULL] = "nothing",
        [SB_DATUM_BOOLEAN] = "true or false",
        [SB_DATUM_INTEGER] = "a whole number",
        [SB_DATUM_NUMBER] = "a number",
        [SB_DATUM_TEXT] = "text",
        [SB_DATUM_TIMESTAMP] = "a date",
        [SB_DATUM_LIST] = "a list",
        [SB_DATUM_MAPPING] = "a mapping",
    };
    return names[type];
}
