/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-parser.h"

#include "tap/tap-documents.h"

#include <string.h>

/* What the line before means for the next one.
 *
 *   phase        | what comes                            | next phase
 *   -------------+---------------------------------------+------------
 *   PLAIN        | a test point                          | AFTER_POINT
 *                | a line that says only "not"           | AFTER_NOT
 *   AFTER_POINT  | "---", indented more than the point   | IN_YAML
 *   IN_YAML      | "...", or a line indented less        | PLAIN
 *   AFTER_NOT    | "ok": it is not a test point          | PLAIN
 *
 * Blank lines and comments change nothing; any other line does what it does in PLAIN. Besides, a
 * test point that ends with "{" may wait for its subtest: see tap-documents.h. */
typedef enum {
    PHASE_PLAIN,
    PHASE_AFTER_POINT,
    PHASE_IN_YAML,
    PHASE_AFTER_NOT,
} Phase;

struct SbTapParser {
    SbTapLines lines;
    gboolean is_console; /**< lines have the kernel's time before them */
    SbTapCuts cuts;
    SbTapDocuments documents;
    Phase phase;
    gsize yaml_indent;
    guint64 yaml_line;
    gboolean is_yaml_cut;
    gboolean hides_failure; /**< the block of YAML has lines that look like failures */
    GString *yaml;
};

void sb_tap_parser_free(SbTapParser *parser)
{
    if (!parser)
        return;
    sb_tap_documents_clear(&parser->documents);
    g_string_free(parser->yaml, TRUE);
    sb_tap_lines_clear(&parser->lines);
    g_free(parser);
}

const SbTapCuts *sb_tap_parser_cuts(const SbTapParser *parser)
{
    return &parser->cuts;
}

/* ---- lines ---- */

static void on_version(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    SbTapDocument *document = &parser->documents.items[depth];
    if (line->is_ktap)
        document->is_ktap = TRUE;
    else if (line->number >= 12)
        document->version = line->number > 14 ? 14 : (guint)line->number;
    sb_tap_documents_emit_line(&parser->documents, SB_TAP_EVENT_VERSION, depth, line);
}

/* Every key with its sign; only "strict" is known, and the others do no harm. */
static void on_pragma(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    parser->documents.items[depth].has_begun = TRUE;
    g_autofree char *text = g_strndup(line->text.at, line->text.length);
    g_auto(GStrv) keys = g_strsplit_set(text, ", \t", -1);
    for (guint i = 0; keys[i]; i++)
        if (strcmp(keys[i], "+strict") == 0 || strcmp(keys[i], "-strict") == 0)
            parser->documents.items[depth].is_strict = keys[i][0] == '+';
    sb_tap_documents_emit_line(&parser->documents, SB_TAP_EVENT_PRAGMA, depth, line);
}

/* The point before does not wait for a subtest: YAML may follow it. */
static void leave_brace(SbTapParser *parser)
{
    if (sb_tap_documents_leave_brace(&parser->documents))
        parser->phase = PHASE_AFTER_POINT;
}

/* Lines that are indented more may stand between a "{" and the first line of its subtest. */
static void leave_brace_before(SbTapParser *parser, const SbTapLine *line)
{
    const SbTapDocuments *documents = &parser->documents;
    if (line->indent <= documents->items[documents->depth].indent)
        leave_brace(parser);
}

static void on_comment(SbTapParser *parser, const SbTapLine *line)
{
    SbTapText name;
    leave_brace_before(parser, line);
    if (sb_tap_announcement_read(line, &name))
        sb_tap_documents_announce(&parser->documents, line, name);
    sb_tap_documents_emit_line(&parser->documents, SB_TAP_EVENT_COMMENT,
                               sb_tap_documents_depth_of(&parser->documents, line->indent), line);
}

/* Whether LINE means at DEPTH what its kind says. */
static gboolean is_valid_at(const SbTapParser *parser, guint depth, const SbTapLine *line)
{
    const SbTapDocument *document = &parser->documents.items[depth];
    gboolean is_between = sb_tap_documents_is_between(&parser->documents, depth);
    switch (line->kind) {
    case SB_TAP_LINE_VERSION:
        return !is_between;
    case SB_TAP_LINE_PLAN:
        return line->is_exact || (document->version == 12 && !document->is_ktap);
    case SB_TAP_LINE_PRAGMA:
        return !document->is_ktap && !is_between;
    default:
        return TRUE;
    }
}

/* KTAP has no YAML. */
static gboolean begin_yaml(SbTapParser *parser, const SbTapLine *line)
{
    const SbTapDocument *document = &parser->documents.items[parser->documents.point_depth];
    if (parser->phase != PHASE_AFTER_POINT || line->indent <= document->indent || document->is_ktap)
        return FALSE;
    parser->phase = PHASE_IN_YAML;
    parser->is_yaml_cut = FALSE;
    parser->hides_failure = FALSE;
    parser->yaml_indent = line->indent;
    parser->yaml_line = parser->documents.line_number;
    g_string_truncate(parser->yaml, 0);
    return TRUE;
}

/* Whether a test line that has no place hides a failure: it may be of a subtest that is indented as
 * none is. Before TAP 14, it is output of a test unless it looks like a subtest in all else. */
static SbTapHidden hidden_in(const SbTapParser *parser, const SbTapLine *line)
{
    const SbTapDocument *document =
        &parser->documents.items[sb_tap_documents_depth_of(&parser->documents, line->indent)];
    if (line->kind != SB_TAP_LINE_TEST || line->ok || line->directive != SB_TAP_DIRECTIVE_NONE)
        return SB_TAP_HIDDEN_NOTHING;
    gboolean is_even = (line->indent - document->indent) % 4 == 0 && !line->has_tabs;
    gboolean is_free = document->version >= 14 && !document->is_ktap;
    gboolean is_stray = line->has_number ? document->version >= 14 || document->is_ktap ||
                                               parser->documents.depth > 0 || is_even
                                         : is_free;
    return is_stray ? SB_TAP_HIDDEN_FAILURE : SB_TAP_HIDDEN_NOTHING;
}

static void on_structure(SbTapParser *parser, const SbTapLine *line)
{
    SbTapDocuments *documents = &parser->documents;
    guint depth;
    gboolean has_place = sb_tap_documents_find(documents, line, &depth);
    parser->cuts.deep_lines = documents->deep_lines;
    leave_brace(parser);
    parser->phase = PHASE_PLAIN;
    if (!has_place || !is_valid_at(parser, depth, line))
        sb_tap_documents_emit_junk(documents, line, hidden_in(parser, line));
    else if (line->kind == SB_TAP_LINE_VERSION)
        on_version(parser, depth, line);
    else if (line->kind == SB_TAP_LINE_PRAGMA)
        on_pragma(parser, depth, line);
    else if (line->kind == SB_TAP_LINE_PLAN)
        sb_tap_documents_plan(documents, depth, line);
    else if (sb_tap_documents_test(documents, depth, line))
        parser->phase = PHASE_AFTER_POINT;
}

static void on_junk(SbTapParser *parser, const SbTapLine *line)
{
    if (sb_tap_documents_end_brace(&parser->documents, line)) {
        parser->phase = PHASE_AFTER_POINT;
        return;
    }
    leave_brace_before(parser, line);
    SbTapText text = sb_tap_text_strip(line->whole);
    gboolean is_not = text.length == 3 && memcmp(text.at, "not", 3) == 0;
    parser->phase = is_not ? PHASE_AFTER_NOT : PHASE_PLAIN;
    sb_tap_documents_emit_junk(&parser->documents, line, SB_TAP_HIDDEN_NOTHING);
}

static gboolean is_bail_out(const SbTapParser *parser, const SbTapLine *line)
{
    return line->kind == SB_TAP_LINE_BAIL_OUT &&
           (line->is_exact ||
            parser->documents.items[sb_tap_documents_depth_of(&parser->documents, line->indent)]
                    .version >= 14);
}

static void on_line(SbTapParser *parser, const SbTapLine *line)
{
    if (line->kind == SB_TAP_LINE_BLANK)
        return;
    if (line->kind == SB_TAP_LINE_COMMENT) {
        on_comment(parser, line);
        return;
    }
    if (line->kind == SB_TAP_LINE_YAML) {
        leave_brace(parser);
        if (begin_yaml(parser, line))
            return;
    }
    if (is_bail_out(parser, line)) {
        leave_brace(parser);
        parser->phase = PHASE_PLAIN;
        sb_tap_documents_emit_line(&parser->documents, SB_TAP_EVENT_BAIL_OUT,
                                   sb_tap_documents_depth_of(&parser->documents, line->indent),
                                   line);
        return;
    }
    if (line->kind == SB_TAP_LINE_JUNK || line->kind == SB_TAP_LINE_YAML ||
        line->kind == SB_TAP_LINE_BAIL_OUT) {
        on_junk(parser, line);
        return;
    }
    if (parser->phase == PHASE_AFTER_NOT && line->kind == SB_TAP_LINE_TEST && line->ok) {
        parser->phase = PHASE_PLAIN;
        sb_tap_documents_emit_junk(&parser->documents, line, SB_TAP_HIDDEN_NOT);
        return;
    }
    on_structure(parser, line);
}

static void end_yaml(SbTapParser *parser, gboolean is_complete)
{
    parser->phase = PHASE_PLAIN;
    parser->cuts.long_yaml += parser->is_yaml_cut;
    SbTapEvent event = {.kind = SB_TAP_EVENT_YAML,
                        .text = {parser->yaml->str, parser->yaml->len},
                        .line_number = parser->yaml_line,
                        .hides = !is_complete && parser->hides_failure ? SB_TAP_HIDDEN_FAILURE
                                                                       : SB_TAP_HIDDEN_NOTHING,
                        .is_complete = is_complete};
    sb_tap_documents_emit(&parser->documents, &event, parser->documents.point_depth);
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
    if (rest.length > 0 &&
        (*rest.at == 'n' || *rest.at == 'N' || *rest.at == 'b' || *rest.at == 'B'))
        parser->hides_failure |=
            sb_tap_text_has_prefix(rest, "not ok") || sb_tap_text_has_prefix(rest, "Bail out!");
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

/* A serial console shows the kernel's time before each line of KTAP. */
static SbTapText without_time(SbTapParser *parser, SbTapText text)
{
    SbTapText rest = text;
    if (text.length == 0 || (*text.at != '[' && *text.at != '<') || !sb_tap_text_skip_time(&rest))
        return text;
    if (!parser->is_console && !parser->documents.items[0].is_ktap) {
        SbTapLine line;
        sb_tap_line_read(rest.at, rest.length, &line);
        parser->is_console = line.kind == SB_TAP_LINE_VERSION;
    }
    return parser->is_console || parser->documents.items[0].is_ktap ? rest : text;
}

static void take_line(const char *at, gsize length, gboolean is_cut, gpointer data)
{
    SbTapParser *parser = data;
    SbTapLine line;
    parser->documents.line_number++;
    parser->cuts.long_lines += is_cut;
    SbTapText text = without_time(parser, (SbTapText){at, length});
    if (parser->phase == PHASE_IN_YAML && take_yaml_line(parser, text.at, text.length))
        return;
    sb_tap_line_read(text.at, text.length, &line);
    on_line(parser, &line);
}

SbTapParser *sb_tap_parser_new(SbTapEventFunc on_event, gpointer data)
{
    SbTapParser *parser = g_new0(SbTapParser, 1);
    sb_tap_documents_init(&parser->documents, on_event, data);
    parser->yaml = g_string_new(NULL);
    sb_tap_lines_init(&parser->lines, take_line, parser);
    return parser;
}

void sb_tap_parser_push(SbTapParser *parser, const char *bytes, gsize length)
{
    sb_tap_lines_push(&parser->lines, bytes, length);
}

void sb_tap_parser_end(SbTapParser *parser)
{
    sb_tap_lines_end(&parser->lines);
    if (parser->phase == PHASE_IN_YAML)
        end_yaml(parser, FALSE);
    sb_tap_documents_end(&parser->documents);
}
