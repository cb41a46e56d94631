/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-parser.h"

#include "tap/tap-announcements.h"

#include <string.h>

/* What the line before means for the next one.
 *
 *   phase        | what comes                            | next phase
 *   -------------+---------------------------------------+------------
 *   PLAIN        | a test point                          | AFTER_POINT
 *                | a test point that ends with "{"       | AT_BRACE
 *                | a line that says only "not"           | AFTER_NOT
 *   AFTER_POINT  | "---", indented more than the point   | IN_YAML
 *   IN_YAML      | "...", or a line indented less        | PLAIN
 *   AT_BRACE     | the first line of a subtest           | PLAIN: the point waits for "}"
 *                | a line that is not indented more      | AFTER_POINT: the point is emitted
 *   AFTER_NOT    | "ok": not a test point                | PLAIN
 *
 * Blank lines and comments change nothing; any other line does what it does in PLAIN. */
typedef enum {
    PHASE_PLAIN,
    PHASE_AFTER_POINT,
    PHASE_IN_YAML,
    PHASE_AT_BRACE,
    PHASE_AFTER_NOT,
} Phase;

/* How a subtest ends. */
typedef enum {
    END_OPEN,  /* with its parent, or with the stream */
    END_POINT, /* with a test point of its parent */
    END_BRACE, /* with a "}" of its parent */
} End;

/* The stream, or one of the subtests that are open. */
typedef struct {
    gsize indent;
    guint version;
    gboolean is_ktap;
    gboolean is_strict;
    gboolean is_announced; /**< a comment, a "{" or a version line says that it is a subtest */
    gboolean is_buffered;  /**< it stands between "{" and "}" */
    gboolean is_named;     /**< a comment gave its name */
    gboolean has_begun;    /**< it has more than a version line */
} Document;

/* A line that waits: its bytes are kept. */
typedef struct {
    gboolean is_held;
    guint64 line_number;
    SbTapLine line;
    GString *bytes;
} Held;

struct SbTapParser {
    SbTapEventFunc on_event;
    gpointer data;
    SbTapLines lines;
    guint64 line_number;
    gboolean is_console; /**< lines have the kernel's time before them */
    SbTapCuts cuts;
    Document documents[SB_TAP_MAX_DEPTH + 1];
    guint depth; /**< of the innermost open document */
    /** The plan of a document that has a subtest open: it counts only if no test point ends the
     * subtest (TAP 14, "Subtest Parsing/Generating Rules", 10 and 12). */
    Held plans[SB_TAP_MAX_DEPTH + 1];
    /** The test point of a document whose subtest stands behind it in "{" and "}". */
    Held points[SB_TAP_MAX_DEPTH + 1];
    SbTapAnnouncements announced;
    Phase phase;
    guint point_depth; /**< of the test point that came last */
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
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++) {
        g_string_free(parser->plans[i].bytes, TRUE);
        g_string_free(parser->points[i].bytes, TRUE);
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

static void emit_junk(SbTapParser *parser, const SbTapLine *line)
{
    guint depth = depth_of(parser, line->indent);
    SbTapEvent event = {.kind = SB_TAP_EVENT_JUNK,
                        .line = *line,
                        .text = line->whole,
                        .is_forbidden = parser->documents[depth].is_strict};
    emit(parser, &event, depth);
}

/* A test line that is not a test point: WHY says what it hides. */
static void emit_not_a_test(SbTapParser *parser, const SbTapLine *line, SbTapHidden why)
{
    guint depth = depth_of(parser, line->indent);
    SbTapEvent event = {.kind = SB_TAP_EVENT_JUNK,
                        .line = *line,
                        .text = line->whole,
                        .hides = why,
                        .is_forbidden = parser->documents[depth].is_strict};
    emit(parser, &event, depth);
}

/* ---- lines that wait ---- */

static void hold(Held *held, const SbTapLine *line, guint64 line_number)
{
    g_string_truncate(held->bytes, 0);
    g_string_append_len(held->bytes, line->whole.at, (gssize)line->whole.length);
    *held = (Held){TRUE, line_number, *line, held->bytes};
    const char *from = line->whole.at;
    held->line.whole.at = held->bytes->str;
    held->line.text.at = held->bytes->str + (line->text.at - from);
    if (line->reason.at)
        held->line.reason.at = held->bytes->str + (line->reason.at - from);
}

static void hold_plan(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    if (parser->plans[depth].is_held)
        emit_junk(parser, line);
    else
        hold(&parser->plans[depth], line, parser->line_number);
}

/* Lets go of the plan that waits at DEPTH: as a plan, or as junk. */
static void release_plan(SbTapParser *parser, guint depth, gboolean counts)
{
    Held *held = &parser->plans[depth];
    if (!held->is_held)
        return;
    held->is_held = FALSE;
    SbTapEvent event = {.kind = counts ? SB_TAP_EVENT_PLAN : SB_TAP_EVENT_JUNK,
                        .line = held->line,
                        .text = counts ? held->line.text : held->line.whole,
                        .line_number = held->line_number,
                        .is_forbidden = !counts && parser->documents[depth].is_strict};
    emit(parser, &event, depth);
}

/* Emits a test point; EVENT has its line. */
static void emit_point(SbTapParser *parser, guint depth, SbTapEvent *event)
{
    event->kind = SB_TAP_EVENT_TEST;
    event->text = event->line.text;
    parser->documents[depth].has_begun = TRUE;
    parser->phase = PHASE_AFTER_POINT;
    parser->point_depth = depth;
    emit(parser, event, depth);
}

static gboolean ends_with_brace(SbTapText text)
{
    return text.length > 0 && text.at[text.length - 1] == '{' &&
           (text.length == 1 || text.at[text.length - 2] == ' ');
}

static void drop_brace(SbTapText *text)
{
    if (ends_with_brace(*text))
        *text = sb_tap_text_strip((SbTapText){text->at, text->length - 1});
}

/* Lets go of the point that waits at DEPTH. HAS_SUBTEST: its "{" was followed by one, which has
 * ended with "}" if IS_COMPLETE. */
static void release_point(SbTapParser *parser, guint depth, gboolean has_subtest,
                          gboolean is_complete)
{
    Held *held = &parser->points[depth];
    held->is_held = FALSE;
    SbTapEvent event = {
        .line = held->line, .line_number = held->line_number, .ends_subtest = is_complete};
    if (has_subtest) {
        drop_brace(&event.line.text);
        drop_brace(&event.line.reason);
    }
    emit_point(parser, depth, &event);
}

/* A "{" that no subtest follows is a part of a description. */
static void leave_brace(SbTapParser *parser)
{
    if (parser->phase == PHASE_AT_BRACE)
        release_point(parser, parser->point_depth, FALSE, FALSE);
}

/* ---- announcements ---- */

static void emit_missing(SbTapParser *parser, guint depth, const SbTapAnnouncement *announcement)
{
    SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_MISSING,
                        .text = {announcement->name, announcement->length},
                        .line_number = announcement->line_number};
    emit(parser, &event, depth);
}

/* Gives up all announcements that stand at INDENT or deeper: their subtests belong to DEPTH. */
static void give_up_announced(SbTapParser *parser, guint depth, gsize indent)
{
    for (const SbTapAnnouncement *announcement;
         (announcement = sb_tap_announcements_pop(&parser->announced, indent));)
        emit_missing(parser, depth, announcement);
}

/* The announcement that the test point at DEPTH answers without a subtest: the outermost one that
 * is left at its indentation or deeper. FALSE if there is none. */
static gboolean take_announced(SbTapParser *parser, guint depth, SbTapAnnouncement *taken_out)
{
    gsize indent = parser->documents[depth].indent;
    const SbTapAnnouncement *announcement = sb_tap_announcements_pop(&parser->announced, indent);
    if (!announcement)
        return FALSE;
    *taken_out = *announcement;
    while ((announcement = sb_tap_announcements_pop(&parser->announced, indent))) {
        emit_missing(parser, depth, taken_out);
        *taken_out = *announcement;
    }
    return TRUE;
}

/* ---- subtests ---- */

/* Opens a subtest with INDENT. LINE is its first, or (if it belongs deeper) NULL. */
static void open_subtest(SbTapParser *parser, gsize indent, const SbTapLine *line, gboolean is_ktap)
{
    const Document *parent = &parser->documents[parser->depth];
    Document child = {.indent = indent,
                      .version = parent->version,
                      .is_ktap = parent->is_ktap || is_ktap,
                      .is_strict = parent->is_strict,
                      .is_buffered = parser->phase == PHASE_AT_BRACE};
    SbTapAnnouncement announcement = {0};
    SbTapText name = {announcement.name, 0};
    const SbTapAnnouncement *found = sb_tap_announcements_at(&parser->announced, parent->indent);
    if (child.is_buffered) {
        name = parser->points[parser->depth].line.text;
        drop_brace(&name);
    } else if (found) {
        announcement = *found;
        name.length = announcement.length;
        child.is_named = TRUE;
        sb_tap_announcements_remove(&parser->announced, parent->indent);
    }
    /* At the subtest's own indentation, it may also be that of a test point in it: no name. */
    gboolean is_announced_here =
        !child.is_buffered && !found && sb_tap_announcements_at(&parser->announced, indent);
    if (is_announced_here)
        sb_tap_announcements_remove(&parser->announced, indent);
    child.is_announced = child.is_buffered || found || is_announced_here ||
                         (line && line->kind == SB_TAP_LINE_VERSION);
    parser->phase = PHASE_PLAIN;
    parser->documents[parser->depth].has_begun = TRUE;
    parser->documents[++parser->depth] = child;
    SbTapEvent event = {
        .kind = SB_TAP_EVENT_SUBTEST_BEGIN, .text = name, .is_announced = child.is_announced};
    emit(parser, &event, parser->depth);
}

/* Closes subtests until DEPTH is the innermost; END is how the outermost of them ends. */
static void close_subtests(SbTapParser *parser, guint depth, End end)
{
    while (parser->depth > depth) {
        guint child = parser->depth;
        gboolean is_buffered = parser->documents[child].is_buffered;
        gboolean is_complete = child == depth + 1 && end == (is_buffered ? END_BRACE : END_POINT);
        give_up_announced(parser, child, parser->documents[child].indent);
        release_plan(parser, child, TRUE);
        SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_END, .is_complete = is_complete};
        emit(parser, &event, child);
        parser->depth--;
        if (is_complete)
            release_plan(parser, parser->depth, FALSE);
        if (is_buffered)
            release_point(parser, parser->depth, TRUE, is_complete);
    }
}

/* Whether LINE, which is indented more than the innermost document, can be the first of a subtest.
 * By itself it must be indented by fours (TAP 14), and before TAP 14 a test line must have a
 * number: "ok then" is output of a test. */
static gboolean can_open(const SbTapParser *parser, const SbTapLine *line, gboolean is_ktap)
{
    const Document *parent = &parser->documents[parser->depth];
    if (is_ktap)
        return !line->has_tabs &&
               (line->kind == SB_TAP_LINE_VERSION || line->kind == SB_TAP_LINE_PLAN ||
                (line->kind == SB_TAP_LINE_TEST && line->has_number));
    gboolean is_even = (line->indent - parent->indent) % 4 == 0 && !line->has_tabs;
    gboolean is_announced = parser->phase == PHASE_AT_BRACE ||
                            sb_tap_announcements_at(&parser->announced, parent->indent) ||
                            sb_tap_announcements_at(&parser->announced, line->indent);
    if (!is_even && !is_announced)
        return FALSE;
    return line->kind != SB_TAP_LINE_TEST || line->has_number ||
           (is_even && (is_announced || parent->version >= 14));
}

/* The depth of the document that LINE, a valid one, is of; opens subtests as needed. FALSE if its
 * indentation fits none. */
static gboolean find_document(SbTapParser *parser, const SbTapLine *line, guint *depth_out)
{
    guint depth = depth_of(parser, line->indent);
    const Document *document = &parser->documents[depth];
    gsize more = line->indent - document->indent;
    *depth_out = depth;
    if (more == 0)
        return TRUE;
    gboolean is_ktap = document->is_ktap || (line->kind == SB_TAP_LINE_VERSION && line->is_ktap);
    /* In TAP 12 and 13 a subtest is no TAP, which matters to those who ask for strictness. */
    gboolean is_forbidden = document->is_strict && document->version < 14 && !is_ktap;
    if (is_forbidden || depth < parser->depth || !can_open(parser, line, is_ktap))
        return FALSE;
    gboolean is_odd = is_ktap || more % 4 != 0 || line->has_tabs;
    gsize levels = is_odd ? 1 : more / 4;
    if (levels > SB_TAP_MAX_DEPTH - parser->depth) {
        parser->cuts.deep_lines++;
        return FALSE;
    }
    for (gsize i = 1; i <= levels; i++)
        open_subtest(parser, line->indent - (levels - i) * 4, i == levels ? line : NULL, is_ktap);
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

/* A comment announces a subtest of the document that it stands in, or a new one names itself. */
static void announce(SbTapParser *parser, const SbTapLine *line, SbTapText name)
{
    guint depth = depth_of(parser, line->indent);
    const Document *document = &parser->documents[depth];
    gboolean is_inside = document->indent == line->indent;
    if (is_inside && depth > 0 && !document->is_named && !document->has_begun)
        return;
    if (is_inside && parser->depth > depth && parser->documents[depth + 1].is_announced)
        close_subtests(parser, depth, END_OPEN);
    give_up_announced(parser, depth, line->indent);
    sb_tap_announcements_add(&parser->announced, line->indent, parser->line_number, name);
}

static void on_comment(SbTapParser *parser, const SbTapLine *line)
{
    if (parser->phase == PHASE_AT_BRACE &&
        line->indent <= parser->documents[parser->point_depth].indent)
        leave_brace(parser);
    SbTapText name;
    if (sb_tap_announcement_read(line, &name))
        announce(parser, line, name);
    emit_line(parser, SB_TAP_EVENT_COMMENT, depth_of(parser, line->indent), line);
}

static void on_test(SbTapParser *parser, guint depth, const SbTapLine *line)
{
    const Document *document = &parser->documents[depth];
    SbTapEvent event = {.line = *line};
    /* Only KTAP has it; elsewhere it is a part of the description. */
    if (line->directive == SB_TAP_DIRECTIVE_XFAIL && !document->is_ktap) {
        event.line.directive = SB_TAP_DIRECTIVE_NONE;
        event.line.text.length = (gsize)(line->reason.at + line->reason.length - line->text.at);
        event.line.reason = (SbTapText){0};
    }
    event.ends_subtest = parser->depth > depth && !parser->documents[depth + 1].is_buffered;
    close_subtests(parser, depth, END_POINT);
    SbTapAnnouncement answered;
    if (take_announced(parser, depth, &answered)) {
        event.is_announced = TRUE;
        event.announced = (SbTapText){answered.name, answered.length};
    }
    if ((ends_with_brace(event.line.text) || ends_with_brace(event.line.reason)) &&
        !event.ends_subtest && !event.is_announced && !document->is_ktap &&
        depth < SB_TAP_MAX_DEPTH) {
        hold(&parser->points[depth], &event.line, parser->line_number);
        parser->phase = PHASE_AT_BRACE;
        parser->point_depth = depth;
        return;
    }
    emit_point(parser, depth, &event);
}

/* A "}" that ends a subtest, or that follows its "{". FALSE if LINE does not say that. */
static gboolean end_braces(SbTapParser *parser, const SbTapLine *line)
{
    if (sb_tap_text_strip(line->whole).length != 1 || *line->whole.at != '}')
        return FALSE;
    if (parser->phase == PHASE_AT_BRACE &&
        parser->documents[parser->point_depth].indent == line->indent) {
        leave_brace(parser);
        return TRUE;
    }
    for (guint depth = parser->depth; depth > 0; depth--) {
        if (!parser->documents[depth].is_buffered ||
            parser->documents[depth - 1].indent != line->indent)
            continue;
        close_subtests(parser, depth - 1, END_BRACE);
        return TRUE;
    }
    return FALSE;
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
        return !document->is_ktap && !is_between;
    default:
        return TRUE;
    }
}

/* KTAP has no YAML. */
static gboolean begin_yaml(SbTapParser *parser, const SbTapLine *line)
{
    const Document *document = &parser->documents[parser->point_depth];
    if (parser->phase != PHASE_AFTER_POINT || line->indent <= document->indent || document->is_ktap)
        return FALSE;
    parser->phase = PHASE_IN_YAML;
    parser->is_yaml_cut = FALSE;
    parser->hides_failure = FALSE;
    parser->yaml_indent = line->indent;
    parser->yaml_line = parser->line_number;
    g_string_truncate(parser->yaml, 0);
    return TRUE;
}

/* Whether a test line that has no place hides a failure: it may be of a subtest that is indented as
 * none is. Before TAP 14, it is output of a test unless it looks like a subtest in all else. */
static SbTapHidden hidden_in(const SbTapParser *parser, const SbTapLine *line)
{
    const Document *document = &parser->documents[depth_of(parser, line->indent)];
    if (line->kind != SB_TAP_LINE_TEST || line->ok || line->directive != SB_TAP_DIRECTIVE_NONE)
        return SB_TAP_HIDDEN_NOTHING;
    gboolean is_even = (line->indent - document->indent) % 4 == 0 && !line->has_tabs;
    gboolean is_free = document->version >= 14 && !document->is_ktap;
    gboolean is_stray = line->has_number ? document->version >= 14 || document->is_ktap ||
                                               parser->depth > 0 || is_even
                                         : is_free;
    return is_stray ? SB_TAP_HIDDEN_FAILURE : SB_TAP_HIDDEN_NOTHING;
}

static void on_structure(SbTapParser *parser, const SbTapLine *line)
{
    guint depth;
    gboolean has_place = find_document(parser, line, &depth);
    leave_brace(parser);
    if (!has_place || !is_valid_at(parser, depth, line)) {
        emit_not_a_test(parser, line, hidden_in(parser, line));
        return;
    }
    Document *document = &parser->documents[depth];
    if (line->kind == SB_TAP_LINE_TEST) {
        on_test(parser, depth, line);
        return;
    }
    if (line->kind != SB_TAP_LINE_VERSION)
        document->has_begun = TRUE;
    if (line->kind == SB_TAP_LINE_VERSION)
        on_version(parser, depth, line);
    else if (line->kind == SB_TAP_LINE_PRAGMA)
        on_pragma(parser, depth, line);
    else if (parser->depth > depth && document->version >= 14 && !document->is_ktap)
        hold_plan(parser, depth, line);
    else
        emit_line(parser, SB_TAP_EVENT_PLAN, depth, line);
}

static void on_junk(SbTapParser *parser, const SbTapLine *line)
{
    if (end_braces(parser, line))
        return;
    if (parser->phase == PHASE_AT_BRACE &&
        line->indent <= parser->documents[parser->point_depth].indent)
        leave_brace(parser);
    SbTapText text = sb_tap_text_strip(line->whole);
    if (parser->phase != PHASE_AT_BRACE)
        parser->phase = PHASE_PLAIN;
    if (text.length == 3 && memcmp(text.at, "not", 3) == 0 && parser->phase == PHASE_PLAIN)
        parser->phase = PHASE_AFTER_NOT;
    emit_junk(parser, line);
}

static gboolean is_bail_out(const SbTapParser *parser, const SbTapLine *line)
{
    return line->kind == SB_TAP_LINE_BAIL_OUT &&
           (line->is_exact || parser->documents[depth_of(parser, line->indent)].version >= 14);
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
        emit_line(parser, SB_TAP_EVENT_BAIL_OUT, depth_of(parser, line->indent), line);
        return;
    }
    if (line->kind == SB_TAP_LINE_JUNK || line->kind == SB_TAP_LINE_YAML ||
        line->kind == SB_TAP_LINE_BAIL_OUT) {
        on_junk(parser, line);
        return;
    }
    gboolean is_split =
        parser->phase == PHASE_AFTER_NOT && line->kind == SB_TAP_LINE_TEST && line->ok;
    if (parser->phase != PHASE_AT_BRACE)
        parser->phase = PHASE_PLAIN;
    if (is_split)
        emit_not_a_test(parser, line, SB_TAP_HIDDEN_NOT);
    else
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
    if (!parser->is_console && !parser->documents[0].is_ktap) {
        SbTapLine line;
        sb_tap_line_read(rest.at, rest.length, &line);
        parser->is_console = line.kind == SB_TAP_LINE_VERSION;
    }
    return parser->is_console || parser->documents[0].is_ktap ? rest : text;
}

static void take_line(const char *at, gsize length, gboolean is_cut, gpointer data)
{
    SbTapParser *parser = data;
    SbTapLine line;
    parser->line_number++;
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
    parser->on_event = on_event;
    parser->data = data;
    parser->documents[0].version = 12;
    parser->yaml = g_string_new(NULL);
    sb_tap_lines_init(&parser->lines, take_line, parser);
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++) {
        parser->plans[i].bytes = g_string_new(NULL);
        parser->points[i].bytes = g_string_new(NULL);
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
    if (parser->phase == PHASE_IN_YAML)
        end_yaml(parser, FALSE);
    leave_brace(parser);
    close_subtests(parser, 0, END_OPEN);
    give_up_announced(parser, 0, 0);
    release_plan(parser, 0, TRUE);
}
