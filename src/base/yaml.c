/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml.h"

#include "base/text.h"
#include "base/yaml-python.h"
#include "base/yaml-text.h"

#include <string.h>
#include <yaml.h>

typedef struct {
    yaml_parser_t parser;
    const char *file;
    const char *text;
    gsize length;
    SbYamlReading reading;
    SbDiagnostics *diagnostics;
    /** The node of each anchor; the keys are owned. */
    GHashTable *anchors;
    /** With SB_YAML_AS_PYTHON; its text is the one that is parsed. */
    SbYamlRepair *repair;
    /** Collections that are open, the innermost last; a mapping may have a key without value yet.
     */
    GPtrArray *open;
    SbYamlNode *root;
    guint documents;
    guint nodes;
} Builder;

/* Mappings with this many keys get an index. */
#define INDEX_FROM_KEYS 8
/* More of these directives than any file has: libyaml compares each with all others. */
#define TAG_DIRECTIVES_MAX 32

G_GNUC_PRINTF(3, 4)
static void complain(Builder *builder, SbMark mark, const char *format, ...)
{
    const SbFinding finding = {.file = builder->file, .mark = mark, .rule = builder->reading.rule};
    SB_TEXT_FORMAT(message, format);
    sb_diagnostics_add_finding(builder->diagnostics, &finding, "%s", message);
}

static SbMark mark_of(const Builder *builder, const yaml_mark_t *place)
{
    const SbMark mark = {(guint)place->line + 1, (guint)place->column + 1};
    return builder->repair ? sb_yaml_repair_mark(builder->repair, mark) : mark;
}

void sb_yaml_node_free(SbYamlNode *node)
{
    if (!node)
        return;
    g_free(node->text);
    g_free(node->tag);
    g_clear_pointer(&node->index, g_hash_table_unref);
    g_clear_pointer(&node->items, g_ptr_array_unref);
    g_clear_pointer(&node->keys, g_ptr_array_unref);
    g_free(node);
}

static SbYamlNode *node_new(const Builder *builder, SbYamlKind kind, const yaml_event_t *event)
{
    SbYamlNode *node = g_new0(SbYamlNode, 1);
    node->kind = kind;
    node->expanded_nodes = 1;
    node->mark = mark_of(builder, &event->start_mark);
    if (kind == SB_YAML_SEQUENCE || kind == SB_YAML_MAPPING)
        node->items = g_ptr_array_new_with_free_func((GDestroyNotify)sb_yaml_node_free);
    if (kind == SB_YAML_MAPPING)
        node->keys = g_ptr_array_new_with_free_func((GDestroyNotify)sb_yaml_node_free);
    return node;
}

/* The number of the first key of MAPPING that is TEXT, or -1. */
static gint find_key(const SbYamlNode *mapping, const char *text)
{
    if (mapping->index)
        return GPOINTER_TO_INT(g_hash_table_lookup(mapping->index, text)) - 1;
    for (guint i = 0; i < mapping->keys->len; i++) {
        const SbYamlNode *key = g_ptr_array_index(mapping->keys, i);
        if (strcmp(key->text, text) == 0)
            return (gint)i;
    }
    return -1;
}

static void index_key(SbYamlNode *mapping, guint i)
{
    const SbYamlNode *key = g_ptr_array_index(mapping->keys, i);
    if (!g_hash_table_contains(mapping->index, key->text))
        g_hash_table_insert(mapping->index, key->text, GINT_TO_POINTER((gint)i + 1));
}

/* Takes NODE as the next key of MAPPING; FALSE where it cannot be one. */
static gboolean add_key(Builder *builder, SbYamlNode *mapping, SbYamlNode *node)
{
    if (node->kind != SB_YAML_SCALAR) {
        complain(builder, node->mark, "%s cannot be a key here, only text can",
                 sb_yaml_kind_name(node->kind));
        sb_yaml_node_free(node);
        return FALSE;
    }
    gint first = find_key(mapping, node->text);
    if (first >= 0 && !(builder->reading.flags & SB_YAML_ALLOW_DUPLICATES))
        complain(builder, node->mark, "duplicate key '%.60s', first given in line %u", node->text,
                 ((SbYamlNode *)g_ptr_array_index(mapping->keys, first))->mark.line);
    g_ptr_array_add(mapping->keys, node);
    if (mapping->index) {
        index_key(mapping, mapping->keys->len - 1);
    } else if (mapping->keys->len >= INDEX_FROM_KEYS) {
        mapping->index = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint i = 0; i < mapping->keys->len; i++)
            index_key(mapping, i);
    }
    return TRUE;
}

/* Puts NODE where the next node belongs, and takes it over. */
static gboolean place(Builder *builder, SbYamlNode *node)
{
    if (++builder->nodes > builder->reading.max_nodes) {
        complain(builder, node->mark, "more than %u values: this cannot be meant",
                 builder->reading.max_nodes);
        sb_yaml_node_free(node);
        return FALSE;
    }
    if (builder->open->len == 0) {
        builder->root = node;
        return TRUE;
    }
    SbYamlNode *parent = g_ptr_array_index(builder->open, builder->open->len - 1);
    if (parent->kind == SB_YAML_MAPPING && parent->keys->len == parent->items->len)
        return add_key(builder, parent, node);
    g_ptr_array_add(parent->items, node);
    return TRUE;
}

/* The innermost collection is complete. */
static gboolean close_collection(Builder *builder)
{
    SbYamlNode *node = g_ptr_array_index(builder->open, builder->open->len - 1);
    g_ptr_array_set_size(builder->open, builder->open->len - 1);
    guint64 nodes = 1 + (guint64)(node->keys ? node->keys->len : 0);
    for (guint i = 0; i < node->items->len; i++)
        nodes += ((SbYamlNode *)g_ptr_array_index(node->items, i))->expanded_nodes;
    node->expanded_nodes = (guint)MIN(nodes, G_MAXUINT);
    if (nodes <= builder->reading.max_nodes)
        return TRUE;
    complain(builder, node->mark, "with its aliases written out this is more than %u values",
             builder->reading.max_nodes);
    return FALSE;
}

/* Remembers the anchor (nullable) of NODE. */
static gboolean set_anchor(Builder *builder, SbYamlNode *node, const yaml_char_t *anchor)
{
    if (!anchor || !(builder->reading.flags & SB_YAML_ALLOW_ALIASES))
        return TRUE;
    const SbYamlNode *first = g_hash_table_lookup(builder->anchors, anchor);
    if (first) {
        complain(builder, node->mark, "anchor '%.60s' is given twice, first in line %u", anchor,
                 first->mark.line);
        return FALSE;
    }
    g_hash_table_insert(builder->anchors, g_strdup((const char *)anchor), node);
    return TRUE;
}

static gboolean open_collection(Builder *builder, SbYamlKind kind, const yaml_event_t *event)
{
    SbYamlNode *node = node_new(builder, kind, event);
    const yaml_char_t *tag =
        kind == SB_YAML_MAPPING ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    const yaml_char_t *anchor = kind == SB_YAML_MAPPING ? event->data.mapping_start.anchor
                                                        : event->data.sequence_start.anchor;
    node->tag = g_strdup((const char *)tag);
    node->is_flow = kind == SB_YAML_MAPPING
                        ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                        : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    if (builder->open->len >= builder->reading.max_depth) {
        complain(builder, node->mark, "nested more than %u levels deep",
                 builder->reading.max_depth);
        sb_yaml_node_free(node);
        return FALSE;
    }
    if (!place(builder, node))
        return FALSE;
    g_ptr_array_add(builder->open, node);
    return set_anchor(builder, node, anchor);
}

/* To PyYAML, a '?' ends a plain scalar in brackets, and what follows makes no sense. Other than
 * that it could be read, so that the rest is, too. */
static void check_question_mark(Builder *builder, const SbYamlNode *node)
{
    const SbYamlNode *parent =
        builder->open->len ? g_ptr_array_index(builder->open, builder->open->len - 1) : NULL;
    if ((builder->reading.flags & SB_YAML_AS_PYTHON) && parent && parent->is_flow &&
        node->is_plain && *node->text && strchr(node->text + 1, '?'))
        complain(builder, node->mark,
                 "in brackets or braces, cloud-init's YAML takes a '?' only in quotes: put "
                 "'%.60s' in quotes",
                 node->text);
}

static gboolean add_scalar(Builder *builder, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    SbYamlNode *node = node_new(builder, SB_YAML_SCALAR, event);
    if (strlen(value) != event->data.scalar.length) {
        complain(builder, node->mark, "the text contains a NUL character");
        sb_yaml_node_free(node);
        return FALSE;
    }
    node->text = g_strdup(value);
    node->tag = g_strdup((const char *)event->data.scalar.tag);
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->is_block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                     event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    check_question_mark(builder, node);
    return place(builder, node) && set_anchor(builder, node, event->data.scalar.anchor);
}

static gboolean add_alias(Builder *builder, const yaml_event_t *event)
{
    SbYamlNode *node = node_new(builder, SB_YAML_ALIAS, event);
    node->text = g_strdup((const char *)event->data.alias.anchor);
    if (!(builder->reading.flags & SB_YAML_ALLOW_ALIASES))
        return place(builder, node);
    SbYamlNode *target = g_hash_table_lookup(builder->anchors, node->text);
    node->target = target;
    if (!target || g_ptr_array_find(builder->open, target, NULL)) {
        complain(builder, node->mark,
                 target ? "alias '%.60s' stands for a value that it is part of"
                        : "alias '%.60s' has no anchor before it",
                 node->text);
        sb_yaml_node_free(node);
        return FALSE;
    }
    node->expanded_nodes = target->expanded_nodes;
    return place(builder, node);
}

/* Anchors, aliases and tags are refused unless the caller can do something with them. They stay in
 * the tree, where they do no harm (nothing is expanded), so that what comes after them is checked
 * too. */
static void check_references(Builder *builder, const yaml_event_t *event)
{
    if (builder->reading.flags & SB_YAML_ALLOW_ALIASES)
        return;
    SbMark mark = mark_of(builder, &event->start_mark);
    const yaml_char_t *anchor = NULL, *tag = NULL;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (!anchor && !tag)
        return;
    complain(builder, mark, "%s '%.60s' is not allowed here, write the value out",
             anchor ? "anchor or alias" : "tag", anchor ? anchor : tag);
}

static gboolean start_document(Builder *builder, const yaml_event_t *event)
{
    if (builder->documents++ == 0)
        return TRUE;
    SbMark mark = mark_of(builder, &event->start_mark);
    complain(builder, mark, "a second document starts here, but a file holds just one");
    return FALSE;
}

static gboolean take_event(Builder *builder, const yaml_event_t *event)
{
    check_references(builder, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return start_document(builder, event);
    case YAML_SCALAR_EVENT:
        return add_scalar(builder, event);
    case YAML_ALIAS_EVENT:
        return add_alias(builder, event);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(builder, SB_YAML_SEQUENCE, event);
    case YAML_MAPPING_START_EVENT:
        return open_collection(builder, SB_YAML_MAPPING, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(builder);
    default:
        return TRUE;
    }
}

/* What is said next is about a tab; without its rule, that is what cannot be read. */
static void use_tab_rule(Builder *builder)
{
    if (builder->reading.rule && sb_diagnostics_wants(builder->diagnostics, SB_RULE_TAB))
        builder->reading.rule = SB_RULE_TAB;
}

static void report_syntax(Builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    SbMark mark = mark_of(builder, &parser->problem_mark);
    /* Characters that YAML does not allow are found while libyaml fills its buffer, without a mark.
     */
    if (parser->error == YAML_READER_ERROR)
        mark = sb_yaml_text_mark(builder->text, MIN(parser->problem_offset, builder->length));
    gboolean at_tab =
        sb_yaml_text_is_tab(builder->text, builder->length, parser->problem_mark.index);
    if (at_tab)
        use_tab_rule(builder);
    complain(builder, mark, "not valid YAML: %s%s%s%s",
             parser->problem ? parser->problem : "unreadable", parser->context ? " " : "",
             parser->context ? parser->context : "",
             at_tab ? " (this is a tab: indent with spaces)" : "");
}

/* One finding is enough: what PyYAML "cannot start any token" with, libyaml takes for a blank. */
static gboolean check_as_python(Builder *builder)
{
    SbMark mark;
    gboolean wants_tabs = sb_diagnostics_wants(builder->diagnostics, SB_RULE_TAB);
    SbYamlPythonProblem problem =
        sb_yaml_python_check(builder->text, builder->length, wants_tabs, &mark);
    if (problem == SB_YAML_PYTHON_FINE)
        return TRUE;
    mark = sb_yaml_repair_mark(builder->repair, mark);
    if (problem == SB_YAML_PYTHON_TAB) {
        use_tab_rule(builder);
        complain(builder, mark,
                 "this is a tab, which cloud-init's YAML does not take here: write spaces");
    } else {
        complain(builder, mark,
                 "cloud-init's YAML takes no comment right behind the '|' or '>' of a block: write "
                 "a space before the '#'");
    }
    return FALSE;
}

/* libyaml looks through all %TAG directives for each of them. */
static gboolean check_directives(Builder *builder)
{
    SbMark mark;
    if (!sb_yaml_text_find_directive(builder->text, builder->length, TAG_DIRECTIVES_MAX, &mark))
        return TRUE;
    complain(builder, mark, "more than %d lines that begin with '%%'", TAG_DIRECTIVES_MAX);
    return FALSE;
}

/* libyaml takes UTF-16 and reports bad bytes without a line: both are found here, with one. */
static gboolean check_bytes(Builder *builder)
{
    const char *end = builder->text;
    if (g_utf8_validate(builder->text, (gssize)builder->length, &end))
        return TRUE;
    complain(builder, sb_yaml_text_mark(builder->text, end - builder->text),
             "byte 0x%02x is not UTF-8 text, which a YAML file must be", (guchar)*end);
    return FALSE;
}

static gboolean run(Builder *builder)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&builder->parser, &event))
            return FALSE;
        yaml_event_type_t type = event.type;
        gboolean taken = take_event(builder, &event);
        yaml_event_delete(&event);
        if (!taken)
            return FALSE;
        if (type == YAML_STREAM_END_EVENT)
            return TRUE;
    }
}

static gboolean build_once(Builder *builder)
{
    if (!yaml_parser_initialize(&builder->parser))
        g_error("out of memory");
    yaml_parser_set_encoding(&builder->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder->parser, (const unsigned char *)builder->text,
                                 builder->length);
    g_ptr_array_set_size(builder->open, 0);
    g_hash_table_remove_all(builder->anchors);
    g_clear_pointer(&builder->root, sb_yaml_node_free);
    builder->documents = builder->nodes = 0;
    return run(builder);
}

static gboolean build(Builder *builder)
{
    g_autoptr(SbYamlRepair) repair = (builder->reading.flags & SB_YAML_AS_PYTHON)
                                         ? sb_yaml_repair_new(builder->text, builder->length)
                                         : NULL;
    builder->repair = repair;
    builder->open = g_ptr_array_new();
    builder->anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean complete, again;
    do {
        complete = build_once(builder);
        again = !complete && repair && sb_yaml_repair(repair, &builder->parser);
        if (again)
            builder->text = sb_yaml_repair_text(repair, &builder->length);
        else if (!complete && builder->parser.error != YAML_NO_ERROR)
            report_syntax(builder);
        yaml_parser_delete(&builder->parser);
    } while (again);
    if (complete && repair)
        complete = check_as_python(builder);
    g_ptr_array_unref(builder->open);
    g_hash_table_unref(builder->anchors);
    builder->repair = NULL;
    return complete;
}

SbYamlNode *sb_yaml_parse_within(const char *file, const char *text, gsize length,
                                 const SbYamlReading *reading, SbDiagnostics *diagnostics)
{
    Builder builder = {.file = file,
                       .text = text ? text : "", /* an empty GBytes has no data */
                       .length = length,
                       .reading = *reading,
                       .diagnostics = diagnostics};
    if (!check_bytes(&builder))
        return NULL;
    /* With the encoding given, libyaml would count a byte order mark as a column of the first line,
     * and think that the second line is indented less. */
    if (length >= 3 && memcmp(builder.text, "\xef\xbb\xbf", 3) == 0) {
        builder.text += 3;
        builder.length -= 3;
    }
    if (!check_directives(&builder) || !build(&builder)) {
        sb_yaml_node_free(builder.root);
        return NULL;
    }
    if (!builder.root)
        complain(&builder, (SbMark){0, 0}, "the file is empty");
    return builder.root;
}

SbYamlNode *sb_yaml_parse(const char *file, const char *text, gsize length, SbYamlFlags flags,
                          SbDiagnostics *diagnostics)
{
    const SbYamlReading reading = {flags, SB_YAML_MAX_DEPTH, SB_YAML_MAX_NODES, NULL};
    return sb_yaml_parse_within(file, text, length, &reading, diagnostics);
}

const SbYamlNode *sb_yaml_get(const SbYamlNode *node, const char *key)
{
    if (node->kind != SB_YAML_MAPPING)
        return NULL;
    gint i = find_key(node, key);
    return i < 0 ? NULL : g_ptr_array_index(node->items, i);
}

const char *sb_yaml_kind_name(SbYamlKind kind)
{
    switch (kind) {
    case SB_YAML_SCALAR:
        return "a scalar";
    case SB_YAML_SEQUENCE:
        return "a list";
    case SB_YAML_MAPPING:
        return "a mapping";
    case SB_YAML_ALIAS:
        return "an alias";
    }
    return "nothing";
}
