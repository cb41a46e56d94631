/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-parser.h"

#include <string.h>

/* The stream, or one of the subtests that are open. */
typedef struct {
    gsize indent;
    guint version;
    gboolean is_ktap;
    gboolean is_strict;
} Document;

/* A plan of a document that has a subtest open: it counts only if no test point ends the subtest
 * (TAP 14, "Subtest Parsing/Generating Rules", 10 and 12). */
typedef struct {
    gboolean is_held;
    guint64 line_number;
    SbTapLine line;
    GString *bytes;
} HeldPlan;

struct SbTapParser {
    SbTapEventFunc on_event;
    gpointer data;
    guint64 line_number;
    SbTapCuts cuts;
    Document documents[SB_TAP_MAX_DEPTH + 1];
    HeldPlan held[SB_TAP_MAX_DEPTH + 1];
    guint depth;                          /**< of the innermost open document */
    GString *names[SB_TAP_MAX_DEPTH + 1]; /**< by depth of the parent; empty: none was given */
    gboolean has_point; /**< nothing that matters came since a test point, so YAML may follow */
    guint point_depth;  /**< that test point's */
    gboolean in_yaml;
    gsize yaml_indent;
    guint64 yaml_line;
    gboolean is_yaml_cut;
    GString *yaml;
    SbTapLines lines;
};

void sb_tap_parser_free(SbTapParser *parser)
{
    if (!parser)
        return;
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++) {
        g_string_free(parser->names[i], TRUE);
        g_string_free(parser->held[i].bytes, TRUE);
    }
    g_string_free(parser->yaml, TRUE);
    sb_tap_lines_clear(&parser->lines);
    g_free(parser);
}

const SbTapCuts *sb_tap_parser_cuts(const SbTapParser *parser)
{
    return &parser->cuts;
}

guint64 sb_tap_parser_lines(const SbTapParser *parser)
{
    return parser->line_number;
}

static void emit(SbTapParser *parser, SbTapEvent *event, guint depth)
{
    event->depth = depth;
    event->version = parser->documents[depth].version;
    event->is_ktap = parser->documents[depth].is_ktap;
    if (event->line_number == 0)
        event->line_number = parser->line_number;
    parser->on_event(event, parser->data);
}

static void emit_line(SbTapParser *parser, SbTapEventKind kind, guint depth, const SbTapLine *line)
{
    SbTapEvent event = {.kind = kind, .line = *line, .text = line->text};
    emit(parser, &event, depth);
}

/* The document that a line with INDENT blanks is in: the innermost that is not indented more. */
static guint depth_of(const SbTapParser *parser, gsize indent)
{
    guint depth = parser->depth;
    while (depth > 0 && parser->documents[depth].indent > indent)
        depth--;
    return depth;
}

/* LINE_NUMBER 0: it is the one that was read last. */
static void emit_junk(SbTapParser *parser, const SbTapLine *line, guint64 line_number)
{
    guint depth = depth_of(parser, line->indent);
    SbTapEvent event = {.kind = SB_TAP_EVENT_JUNK,
                        .line = *line,
                        .text = line->whole,
                        .line_number = line_number,
                        .is_forbidden = parser->documents[depth].is_strict};
    emit(parser, &event, depth);
}

/* ---- plans that wait ---- */

static void hold_plan(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    HeldPlan *held = &parser->held[depth];
    if (held->is_held) {
        emit_junk(parser, line, 0);
        return;
    }
    g_string_truncate(held->bytes, 0);
    g_string_append_len(held->bytes, line->whole.at, (gssize)line->whole.length);
    *held = (HeldPlan){TRUE, parser->line_number, *line, held->bytes};
    held->line.whole.at = held->bytes->str;
    held->line.text.at = held->bytes->str + (line->text.at - line->whole.at);
}

/* Lets go of the plan that waits at DEPTH: as a plan, or as junk. */
static void release_plan(SbTapParser *parser, guint depth, gboolean counts)
{
    HeldPlan *held = &parser->held[depth];
    if (!held->is_held)
        return;
    held->is_held = FALSE;
    if (!counts) {
        emit_junk(parser, &held->line, held->line_number);
        return;
    }
    SbTapEvent event = {.kind = SB_TAP_EVENT_PLAN,
                        .line = held->line,
                        .text = held->line.text,
                        .line_number = held->line_number};
    emit(parser, &event, depth);
}

/* ---- subtests ---- */

static void open_subtest(SbTapParser *parser, gsize indent, gboolean is_ktap, gboolean has_version)
{
    GString *name = parser->names[parser->depth];
    Document *parent = &parser->documents[parser->depth++];
    parser->documents[parser->depth] = *parent;
    parser->documents[parser->depth].indent = indent;
    parser->documents[parser->depth].is_ktap |= is_ktap;
    SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_BEGIN,
                        .text = {name->str, name->len},
                        .is_announced = name->len > 0 || has_version};
    emit(parser, &event, parser->depth);
    g_string_truncate(name, 0);
}

/* Closes subtests until DEPTH is the innermost. IS_COMPLETE: a test point follows there. */
static void close_subtests(SbTapParser *parser, guint depth, gboolean is_complete)
{
    while (parser->depth > depth) {
        release_plan(parser, parser->depth, TRUE);
        g_string_truncate(parser->names[parser->depth], 0);
        SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_END,
                            .is_complete = is_complete && parser->depth == depth + 1};
        emit(parser, &event, parser->depth);
        parser->depth--;
    }
}

/* Whether LINE can be the first of a subtest. Before TAP 14, an indented "ok then" is output of a
 * test, unless a comment has announced a subtest; in KTAP, test lines have numbers. */
static gboolean can_open(const SbTapParser *parser, const SbTapLine *line, gboolean is_ktap)
{
    const Document *parent = &parser->documents[parser->depth];
    gboolean is_free = parent->version >= 14 || parser->names[parser->depth]->len > 0;
    return line->kind == SB_TAP_LINE_VERSION || line->kind == SB_TAP_LINE_PLAN ||
           (line->kind == SB_TAP_LINE_TEST && (line->has_number || (is_free && !is_ktap))) ||
           (line->kind == SB_TAP_LINE_PRAGMA && !is_ktap);
}

/* The depth of the document that LINE, a valid one, is of; opens subtests as needed. FALSE if its
 * indentation fits none. */
static gboolean find_document(SbTapParser *parser, const SbTapLine *line, guint *depth_out)
{
    guint depth = depth_of(parser, line->indent);
    gsize more = line->indent - parser->documents[depth].indent;
    *depth_out = depth;
    if (more == 0)
        return TRUE;
    const Document *document = &parser->documents[depth];
    gboolean is_ktap = document->is_ktap || (line->kind == SB_TAP_LINE_VERSION && line->is_ktap);
    /* In TAP 12 and 13 a subtest is no TAP, which matters to those who ask for strictness. */
    gboolean is_forbidden = document->is_strict && document->version < 14 && !is_ktap;
    if (is_forbidden || depth < parser->depth || line->has_tabs ||
        !can_open(parser, line, is_ktap) || (!is_ktap && more % 4 != 0))
        return FALSE;
    gsize levels = is_ktap ? 1 : more / 4;
    if (levels > SB_TAP_MAX_DEPTH - parser->depth) {
        parser->cuts.deep_lines++;
        return FALSE;
    }
    for (gsize i = 1; i <= levels; i++)
        open_subtest(parser, line->indent - (levels - i) * 4, is_ktap,
                     i == levels && line->kind == SB_TAP_LINE_VERSION);
    *depth_out = parser->depth;
    return TRUE;
}

/* ---- lines ---- */

static void on_version(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    Document *document = &parser->documents[depth];
    if (line->is_ktap)
        document->is_ktap = TRUE;
    else if (line->number >= 12)
        document->version = line->number > 14 ? 14 : (guint)line->number;
    emit_line(parser, SB_TAP_EVENT_VERSION, depth, line);
}

/* Every key with its sign; only "strict" is known, and the others do no harm. */
static void on_pragma(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    g_autofree char *text = g_strndup(line->text.at, line->text.length);
    g_auto(GStrv) keys = g_strsplit_set(text, ", \t", -1);
    for (guint i = 0; keys[i]; i++)
        if (strcmp(keys[i], "+strict") == 0 || strcmp(keys[i], "-strict") == 0)
            parser->documents[depth].is_strict = keys[i][0] == '+';
    emit_line(parser, SB_TAP_EVENT_PRAGMA, depth, line);
}

/* "# Subtest: NAME" names the subtest that comes next at its level. */
static void on_comment(SbTapParser *parser, const SbTapLine *line)
{
    guint level = parser->depth;
    if (sb_tap_text_has_prefix(line->text, "Subtest:")) {
        gsize deepest = line->indent / 4;
        level = (guint)MIN(deepest, SB_TAP_MAX_DEPTH);
        SbTapText name = {line->text.at + 8, line->text.length - 8};
        name = sb_tap_text_strip(name);
        g_string_truncate(parser->names[level], 0);
        g_string_append_len(parser->names[level], name.at,
                            (gssize)MIN(name.length, SB_TAP_MAX_NAME_BYTES));
    }
    emit_line(parser, SB_TAP_EVENT_COMMENT, depth_of(parser, line->indent), line);
}

static void on_test(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    SbTapEvent event = {.kind = SB_TAP_EVENT_TEST,
                        .line = *line,
                        .text = line->text,
                        .ends_subtest = parser->depth > depth};
    if (event.ends_subtest) {
        close_subtests(parser, depth, TRUE);
        release_plan(parser, depth, FALSE);
    }
    /* Only KTAP has it; elsewhere it is a part of the description. */
    if (line->directive == SB_TAP_DIRECTIVE_XFAIL && !parser->documents[depth].is_ktap) {
        event.line.directive = SB_TAP_DIRECTIVE_NONE;
        event.text.length = (gsize)(line->reason.at + line->reason.length - line->text.at);
        event.line.text = event.text;
    }
    g_string_truncate(parser->names[depth], 0);
    emit(parser, &event, depth);
    parser->has_point = TRUE;
    parser->point_depth = depth;
}

/* Whether LINE means at DEPTH what its kind says. */
static gboolean is_valid_at(const SbTapParser *parser, guint depth, const SbTapLine *line)
{
    const Document *document = &parser->documents[depth];
    gboolean is_between = parser->depth > depth && document->version >= 14 && !document->is_ktap;
    switch (line->kind) {
    case SB_TAP_LINE_VERSION:
        return !is_between;
    case SB_TAP_LINE_PLAN:
        return line->is_exact || (document->version == 12 && !document->is_ktap);
    case SB_TAP_LINE_PRAGMA:
        return document->version >= 13 && !document->is_ktap && !is_between;
    default:
        return TRUE;
    }
}

static gboolean begin_yaml(SbTapParser *parser, const SbTapLine *line)
{
    if (!parser->has_point || line->indent <= parser->documents[parser->point_depth].indent)
        return FALSE;
    parser->in_yaml = TRUE;
    parser->is_yaml_cut = FALSE;
    parser->yaml_indent = line->indent;
    parser->yaml_line = parser->line_number;
    g_string_truncate(parser->yaml, 0);
    return TRUE;
}

static void on_structure(SbTapParser *parser, const SbTapLine *line)
{
    guint depth;
    if (!find_document(parser, line, &depth) || !is_valid_at(parser, depth, line)) {
        emit_junk(parser, line, 0);
        return;
    }
    const Document *document = &parser->documents[depth];
    if (line->kind == SB_TAP_LINE_TEST)
        on_test(parser, depth, line);
    else if (line->kind == SB_TAP_LINE_VERSION)
        on_version(parser, depth, line);
    else if (line->kind == SB_TAP_LINE_PRAGMA)
        on_pragma(parser, depth, line);
    else if (parser->depth > depth && document->version >= 14 && !document->is_ktap)
        hold_plan(parser, depth, line);
    else
        emit_line(parser, SB_TAP_EVENT_PLAN, depth, line);
}

static void on_line(SbTapParser *parser, const char *at, gsize length)
{
    SbTapLine line;
    sb_tap_line_read(at, length, &line);
    if (line.kind == SB_TAP_LINE_BLANK)
        return;
    if (line.kind == SB_TAP_LINE_COMMENT) {
        on_comment(parser, &line);
        return;
    }
    if (line.kind == SB_TAP_LINE_YAML && begin_yaml(parser, &line))
        return;
    parser->has_point = FALSE;
    gboolean is_bail_out =
        line.kind == SB_TAP_LINE_BAIL_OUT &&
        (line.is_exact || parser->documents[depth_of(parser, line.indent)].version >= 14);
    if (is_bail_out)
        emit_line(parser, SB_TAP_EVENT_BAIL_OUT, depth_of(parser, line.indent), &line);
    else if (line.kind == SB_TAP_LINE_JUNK || line.kind == SB_TAP_LINE_YAML ||
             line.kind == SB_TAP_LINE_BAIL_OUT)
        emit_junk(parser, &line, 0);
    else
        on_structure(parser, &line);
}

static void end_yaml(SbTapParser *parser, gboolean is_complete)
{
    parser->in_yaml = FALSE;
    parser->has_point = FALSE;
    parser->cuts.long_yaml += parser->is_yaml_cut;
    SbTapEvent event = {.kind = SB_TAP_EVENT_YAML,
                        .text = {parser->yaml->str, parser->yaml->len},
                        .line_number = parser->yaml_line,
                        .is_complete = is_complete};
    emit(parser, &event, parser->point_depth);
}

/* Takes a line of a block of YAML. FALSE if the block had no end and this line is not in it. */
static gboolean take_yaml_line(SbTapParser *parser, const char *at, gsize length)
{
    SbTapText rest = sb_tap_text_strip((SbTapText){at, length});
    gsize indent = rest.length > 0 ? (gsize)(rest.at - at) : 0;
    if (rest.length > 0 && indent < parser->yaml_indent) {
        end_yaml(parser, FALSE);
        return FALSE;
    }
    if (indent == parser->yaml_indent && rest.length == 3 && memcmp(rest.at, "...", 3) == 0) {
        end_yaml(parser, TRUE);
        return TRUE;
    }
    if (parser->yaml->len + length > SB_TAP_MAX_YAML_BYTES) {
        parser->is_yaml_cut = TRUE;
        return TRUE;
    }
    if (rest.length > 0)
        g_string_append_len(parser->yaml, at + parser->yaml_indent,
                            (gssize)(length - parser->yaml_indent));
    g_string_append_c(parser->yaml, '\n');
    return TRUE;
}

static void take_line(const char *at, gsize length, gboolean is_cut, gpointer data)
{
    SbTapParser *parser = data;
    parser->line_number++;
    parser->cuts.long_lines += is_cut;
    if (!parser->in_yaml || !take_yaml_line(parser, at, length))
        on_line(parser, at, length);
}

SbTapParser *sb_tap_parser_new(SbTapEventFunc on_event, gpointer data)
{
    SbTapParser *parser = g_new0(SbTapParser, 1);
    parser->on_event = on_event;
    parser->data = data;
    parser->documents[0].version = 12;
    parser->yaml = g_string_new(NULL);
    sb_tap_lines_init(&parser->lines, take_line, parser);
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++) {
        parser->names[i] = g_string_new(NULL);
        parser->held[i].bytes = g_string_new(NULL);
    }
    return parser;
}

void sb_tap_parser_push(SbTapParser *parser, const char *bytes, gsize length)
{
    sb_tap_lines_push(&parser->lines, bytes, length);
}

void sb_tap_parser_end(SbTapParser *parser)
{
    sb_tap_lines_end(&parser->lines);
    if (parser->in_yaml)
        end_yaml(parser, FALSE);
    close_subtests(parser, 0, FALSE);
    release_plan(parser, 0, TRUE);
}
