#include "base/yaml.h"

#include <string.h>
#include <yaml.h>

typedef struct {
    yaml_parser_t parser;
    const char *file;
    const char *text;
    gsize length;
    SbYamlFlags flags;
    SbDiagnostics *diagnostics;
    /** Collections that are open, the innermost last; a mapping may have a key without value yet.
     */
    GPtrArray *open;
    SbYamlNode *root;
    guint documents;
    guint nodes;
} Builder;

void sb_yaml_node_free(SbYamlNode *node)
{
    if (!node)
        return;
    g_free(node->text);
    g_clear_pointer(&node->items, g_ptr_array_unref);
    g_clear_pointer(&node->keys, g_ptr_array_unref);
    g_free(node);
}

static SbYamlNode *node_new(SbYamlKind kind, const yaml_event_t *event)
{
    SbYamlNode *node = g_new0(SbYamlNode, 1);
    node->kind = kind;
    node->mark.line = event->start_mark.line + 1;
    node->mark.column = event->start_mark.column + 1;
    if (kind == SB_YAML_SEQUENCE || kind == SB_YAML_MAPPING)
        node->items = g_ptr_array_new_with_free_func((GDestroyNotify)sb_yaml_node_free);
    if (kind == SB_YAML_MAPPING)
        node->keys = g_ptr_array_new_with_free_func((GDestroyNotify)sb_yaml_node_free);
    return node;
}

static const SbYamlNode *find_key(const SbYamlNode *mapping, const char *text)
{
    for (guint i = 0; i < mapping->keys->len; i++) {
        const SbYamlNode *key = g_ptr_array_index(mapping->keys, i);
        if (strcmp(key->text, text) == 0)
            return key;
    }
    return NULL;
}

/* Takes NODE as the next key of MAPPING; FALSE where it cannot be one. */
static gboolean add_key(Builder *builder, SbYamlNode *mapping, SbYamlNode *node)
{
    if (node->kind != SB_YAML_SCALAR) {
        sb_diagnostics_add(builder->diagnostics, builder->file, node->mark,
                           "%s cannot be a key here, only text can", sb_yaml_kind_name(node->kind));
        sb_yaml_node_free(node);
        return FALSE;
    }
    const SbYamlNode *first = find_key(mapping, node->text);
    if (first)
        sb_diagnostics_add(builder->diagnostics, builder->file, node->mark,
                           "duplicate key '%.60s', first given in line %u", node->text,
                           first->mark.line);
    g_ptr_array_add(mapping->keys, node);
    return TRUE;
}

/* Puts NODE where the next node belongs, and takes it over. */
static gboolean place(Builder *builder, SbYamlNode *node)
{
    if (++builder->nodes > SB_YAML_MAX_NODES) {
        sb_diagnostics_add(builder->diagnostics, builder->file, node->mark,
                           "more than %d values: this cannot be meant", SB_YAML_MAX_NODES);
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

static gboolean open_collection(Builder *builder, SbYamlKind kind, const yaml_event_t *event)
{
    SbYamlNode *node = node_new(kind, event);
    if (builder->open->len >= SB_YAML_MAX_DEPTH) {
        sb_diagnostics_add(builder->diagnostics, builder->file, node->mark,
                           "nested more than %d levels deep", SB_YAML_MAX_DEPTH);
        sb_yaml_node_free(node);
        return FALSE;
    }
    if (!place(builder, node))
        return FALSE;
    g_ptr_array_add(builder->open, node);
    return TRUE;
}

static gboolean add_scalar(Builder *builder, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    SbYamlNode *node = node_new(SB_YAML_SCALAR, event);
    if (strlen(value) != event->data.scalar.length) {
        sb_diagnostics_add(builder->diagnostics, builder->file, node->mark,
                           "the text contains a NUL character");
        sb_yaml_node_free(node);
        return FALSE;
    }
    node->text = g_strdup(value);
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return place(builder, node);
}

static gboolean add_alias(Builder *builder, const yaml_event_t *event)
{
    SbYamlNode *node = node_new(SB_YAML_ALIAS, event);
    node->text = g_strdup((const char *)event->data.alias.anchor);
    return place(builder, node);
}

/* Anchors, aliases and tags are refused unless the caller can do something with them. They stay in
 * the tree, where they do no harm (nothing is expanded), so that what comes after them is checked
 * too. */
static void check_references(Builder *builder, const yaml_event_t *event)
{
    if (builder->flags & SB_YAML_ALLOW_ALIASES)
        return;
    SbMark mark = {event->start_mark.line + 1, event->start_mark.column + 1};
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
    sb_diagnostics_add(builder->diagnostics, builder->file, mark,
                       "%s '%.60s' is not allowed here, write the value out",
                       anchor ? "anchor or alias" : "tag", anchor ? anchor : tag);
}

static gboolean start_document(Builder *builder, const yaml_event_t *event)
{
    if (builder->documents++ == 0)
        return TRUE;
    SbMark mark = {event->start_mark.line + 1, event->start_mark.column + 1};
    sb_diagnostics_add(builder->diagnostics, builder->file, mark,
                       "a second document starts here, but a file holds just one");
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
        g_ptr_array_set_size(builder->open, builder->open->len - 1);
        return TRUE;
    default:
        return TRUE;
    }
}

/* The place of a byte of TEXT, which is UTF-8 up to there. As everywhere, a column is a character.
 */
static SbMark mark_of_offset(const char *text, gsize offset)
{
    SbMark mark = {1, 1};
    for (const char *c = text; c < text + offset; c++) {
        if (*c == '\n')
            mark = (SbMark){mark.line + 1, 1};
        else if (((guchar)*c & 0xc0) != 0x80)
            mark.column++;
    }
    return mark;
}

/* Whether a tab is at INDEX, which libyaml counts in characters. */
static gboolean is_tab(const Builder *builder, gsize index)
{
    const char *c = builder->text, *end = builder->text + builder->length;
    for (; c < end && index > 0; index--)
        c = g_utf8_next_char(c);
    return c < end && *c == '\t';
}

static void report_syntax(const Builder *builder)
{
    const yaml_parser_t *parser = &builder->parser;
    SbMark mark = {parser->problem_mark.line + 1, parser->problem_mark.column + 1};
    /* Characters that YAML does not allow are found while libyaml fills its buffer, without a mark.
     */
    if (parser->error == YAML_READER_ERROR)
        mark = mark_of_offset(builder->text, MIN(parser->problem_offset, builder->length));
    sb_diagnostics_add(
        builder->diagnostics, builder->file, mark, "not valid YAML: %s%s%s%s",
        parser->problem ? parser->problem : "unreadable", parser->context ? " " : "",
        parser->context ? parser->context : "",
        is_tab(builder, parser->problem_mark.index) ? " (this is a tab: indent with spaces)" : "");
}

static gboolean run(Builder *builder)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&builder->parser, &event)) {
            report_syntax(builder);
            return FALSE;
        }
        yaml_event_type_t type = event.type;
        gboolean taken = take_event(builder, &event);
        yaml_event_delete(&event);
        if (!taken)
            return FALSE;
        if (type == YAML_STREAM_END_EVENT)
            return TRUE;
    }
}

/* libyaml takes UTF-16 and reports bad bytes without a line: both are found here, with one. */
static gboolean check_bytes(const char *file, const char *text, gsize length,
                            SbDiagnostics *diagnostics)
{
    const char *end = text;
    if (g_utf8_validate(text, (gssize)length, &end))
        return TRUE;
    sb_diagnostics_add(diagnostics, file, mark_of_offset(text, end - text),
                       "byte 0x%02x is not UTF-8 text, which a YAML file must be", (guchar)*end);
    return FALSE;
}

SbYamlNode *sb_yaml_parse(const char *file, const char *text, gsize length, SbYamlFlags flags,
                          SbDiagnostics *diagnostics)
{
    if (!text)
        text = ""; /* an empty GBytes has no data */
    if (!check_bytes(file, text, length, diagnostics))
        return NULL;
    /* With the encoding given, libyaml would count a byte order mark as a column of the first line,
     * and take the second line for one that is indented less. */
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        length -= 3;
    }
    Builder builder = {
        .file = file, .text = text, .length = length, .flags = flags, .diagnostics = diagnostics};
    if (!yaml_parser_initialize(&builder.parser))
        g_error("out of memory");
    yaml_parser_set_encoding(&builder.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&builder.parser, (const unsigned char *)text, length);
    builder.open = g_ptr_array_new();

    gboolean complete = run(&builder);
    yaml_parser_delete(&builder.parser);
    g_ptr_array_unref(builder.open);
    if (!complete) {
        sb_yaml_node_free(builder.root);
        return NULL;
    }
    if (!builder.root)
        sb_diagnostics_add(diagnostics, file, (SbMark){0, 0}, "the file is empty");
    return builder.root;
}

const SbYamlNode *sb_yaml_get(const SbYamlNode *node, const char *key)
{
    if (node->kind != SB_YAML_MAPPING)
        return NULL;
    for (guint i = 0; i < node->keys->len; i++) {
        const SbYamlNode *candidate = g_ptr_array_index(node->keys, i);
        if (strcmp(candidate->text, key) == 0)
            return g_ptr_array_index(node->items, i);
    }
    return NULL;
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
