/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml-python.h"

#include "base/yaml-text.h"

#include <string.h>

/* Each repair makes the text be read once more: this many times, and this many bytes in all. */
#define REPAIRS_MAX 100
#define REPAIRED_BYTES_MAX (16 * 1024 * 1024)

/* ---- repairs ---- */

struct SbYamlRepair {
    const char *text;
    gsize length;
    GString *copy;  /* NULL: nothing is repaired yet */
    GArray *blanks; /* of SbMark: the places of the blanks that only the copy has, in order */
    guint repairs;
};

SbYamlRepair *sb_yaml_repair_new(const char *text, gsize length)
{
    SbYamlRepair *repair = g_new0(SbYamlRepair, 1);
    repair->text = text;
    repair->length = length;
    repair->blanks = g_array_new(FALSE, FALSE, sizeof(SbMark));
    return repair;
}

void sb_yaml_repair_free(SbYamlRepair *repair)
{
    if (repair->copy)
        g_string_free(repair->copy, TRUE);
    g_array_unref(repair->blanks);
    g_free(repair);
}

const char *sb_yaml_repair_text(const SbYamlRepair *repair, gsize *length_out)
{
    *length_out = repair->copy ? repair->copy->len : repair->length;
    return repair->copy ? repair->copy->str : repair->text;
}

/* libyaml refuses a block scalar whose first line begins with a tab, which PyYAML takes: another
 * character stands in for it. */
static gboolean repair_tab(SbYamlRepair *repair, const yaml_parser_t *parser, gsize offset)
{
    if (!g_str_has_prefix(parser->problem, "found a tab character where an indentation") ||
        offset >= repair->copy->len || repair->copy->str[offset] != '\t')
        return FALSE;
    repair->copy->str[offset] = '.';
    return TRUE;
}

/* In brackets and braces, a ':' ends a key for PyYAML where a blank or another of these characters
 * follows; for libyaml only where a blank follows. */
static gboolean repair_colon(SbYamlRepair *repair, const yaml_parser_t *parser, gsize offset)
{
    if (strcmp(parser->problem, "found unexpected ':'") != 0 || offset + 1 >= repair->copy->len ||
        repair->copy->str[offset] != ':' || !strchr(",[]{}", repair->copy->str[offset + 1]))
        return FALSE;
    const yaml_mark_t *mark = &parser->problem_mark;
    const SbMark blank = {(guint)mark->line + 1, (guint)mark->column + 2};
    g_string_insert_c(repair->copy, (gssize)offset + 1, ' ');
    g_array_append_val(repair->blanks, blank);
    return TRUE;
}

gboolean sb_yaml_repair(SbYamlRepair *repair, const yaml_parser_t *parser)
{
    if (parser->error != YAML_SCANNER_ERROR || !parser->problem || repair->repairs >= REPAIRS_MAX ||
        repair->repairs * repair->length >= REPAIRED_BYTES_MAX)
        return FALSE;
    repair->repairs++;
    if (!repair->copy)
        repair->copy = g_string_new_len(repair->text, (gssize)repair->length);
    const char *place =
        g_utf8_offset_to_pointer(repair->copy->str, (glong)parser->problem_mark.index);
    gsize offset = (gsize)(place - repair->copy->str);
    return repair_tab(repair, parser, offset) || repair_colon(repair, parser, offset);
}

SbMark sb_yaml_repair_mark(const SbYamlRepair *repair, SbMark mark)
{
    guint before = 0;
    for (guint i = 0; i < repair->blanks->len; i++) {
        const SbMark *blank = &g_array_index(repair->blanks, SbMark, i);
        before += blank->line == mark.line && blank->column < mark.column;
    }
    return (SbMark){mark.line, mark.column - before};
}

/* ---- what only PyYAML refuses ---- */

/* A place in a text that only moves forward, because libyaml counts characters. */
typedef struct {
    const char *at;
    const char *end;
    gsize characters;
} Cursor;

static void move_to(Cursor *cursor, gsize characters)
{
    for (; cursor->characters < characters && cursor->at < cursor->end; cursor->characters++)
        cursor->at = g_utf8_next_char(cursor->at);
}

/* Moves CURSOR from the '|' or '>' of a block scalar behind its indicators. */
static void skip_indicators(Cursor *cursor)
{
    do {
        cursor->at++;
        cursor->characters++;
    } while (cursor->at < cursor->end && strchr("+-0123456789", *cursor->at) && *cursor->at);
}

/* Whether TEXT may have a comment right behind the indicators of a block scalar. */
static gboolean may_have_comment(const char *text, gsize length)
{
    const char *end = text + length;
    for (const char *c = text; (c = memchr(c, '#', (gsize)(end - c))); c++)
        if (c > text && strchr("|>+-0123456789", c[-1]))
            return TRUE;
    return FALSE;
}

/* Adds where quoted and block scalars are in TEXT to QUOTED, for sb_yaml_text_find_tab(). The line
 * of a block's indicators does not count: to PyYAML, a tab there is as wrong as elsewhere. Returns
 * FALSE at a comment right behind the indicators, whose place is then in MARK_OUT. */
static gboolean scan(yaml_parser_t *parser, Cursor *cursor, GArray *quoted, SbMark *mark_out)
{
    for (yaml_token_type_t type = YAML_NO_TOKEN; type != YAML_STREAM_END_TOKEN;) {
        yaml_token_t token;
        if (!yaml_parser_scan(parser, &token))
            return TRUE;
        type = token.type;
        yaml_scalar_style_t style =
            type == YAML_SCALAR_TOKEN ? token.data.scalar.style : YAML_PLAIN_SCALAR_STYLE;
        yaml_mark_t start = token.start_mark;
        gsize end = token.end_mark.index;
        yaml_token_delete(&token);
        if (style == YAML_PLAIN_SCALAR_STYLE)
            continue;
        move_to(cursor, start.index);
        gsize header = cursor->characters;
        if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
            skip_indicators(cursor);
            header = cursor->characters - header;
            if (cursor->at < cursor->end && *cursor->at == '#') {
                *mark_out =
                    (SbMark){(guint)start.line + 1, (guint)start.column + 1 + (guint)header};
                return FALSE;
            }
            while (cursor->at < cursor->end && *cursor->at != '\n' && *cursor->at != '#')
                move_to(cursor, cursor->characters + 1);
        }
        g_array_append_val(quoted, cursor->characters);
        g_array_append_val(quoted, end);
    }
    return TRUE;
}

SbYamlPythonProblem sb_yaml_python_check(const char *text, gsize length, gboolean wants_tabs,
                                         SbMark *mark_out)
{
    gboolean looks_for_tabs = wants_tabs && memchr(text, '\t', length);
    if (!looks_for_tabs && !may_have_comment(text, length))
        return SB_YAML_PYTHON_FINE;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    Cursor cursor = {text, text + length, 0};
    g_autoptr(GArray) quoted = g_array_new(FALSE, FALSE, sizeof(gsize));
    gboolean has_headers = scan(&parser, &cursor, quoted, mark_out);
    yaml_parser_delete(&parser);
    if (!has_headers)
        return SB_YAML_PYTHON_BLOCK_HEADER;
    return looks_for_tabs && sb_yaml_text_find_tab(text, length, quoted, mark_out)
               ? SB_YAML_PYTHON_TAB
               : SB_YAML_PYTHON_FINE;
}
