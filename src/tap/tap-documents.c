/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-documents.h"

#include <string.h>

/* How a subtest ends. */
typedef enum {
    END_OPEN,  /* with its parent, or with the stream */
    END_POINT, /* with a test point of its parent */
    END_BRACE, /* with a "}" of its parent */
} End;

void sb_tap_documents_init(SbTapDocuments *documents, SbTapEventFunc on_event, gpointer data)
{
    *documents = (SbTapDocuments){.on_event = on_event, .data = data};
    documents->items[0].version = 12;
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++) {
        documents->plans[i].bytes = g_string_new(NULL);
        documents->points[i].bytes = g_string_new(NULL);
    }
}

void sb_tap_documents_clear(SbTapDocuments *documents)
{
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++) {
        g_string_free(documents->plans[i].bytes, TRUE);
        g_string_free(documents->points[i].bytes, TRUE);
    }
}

void sb_tap_documents_emit(SbTapDocuments *documents, SbTapEvent *event, guint depth)
{
    event->depth = depth;
    event->version = documents->items[depth].version;
    event->is_ktap = documents->items[depth].is_ktap;
    if (event->line_number == 0)
        event->line_number = documents->line_number;
    documents->on_event(event, documents->data);
}

void sb_tap_documents_emit_line(SbTapDocuments *documents, SbTapEventKind kind, guint depth,
                                const SbTapLine *line)
{
    SbTapEvent event = {.kind = kind, .line = *line, .text = line->text};
    sb_tap_documents_emit(documents, &event, depth);
}

guint sb_tap_documents_depth_of(const SbTapDocuments *documents, gsize indent)
{
    guint depth = documents->depth;
    while (depth > 0 && documents->items[depth].indent > indent)
        depth--;
    return depth;
}

void sb_tap_documents_emit_junk(SbTapDocuments *documents, const SbTapLine *line, SbTapHidden hides)
{
    guint depth = sb_tap_documents_depth_of(documents, line->indent);
    SbTapEvent event = {.kind = SB_TAP_EVENT_JUNK,
                        .line = *line,
                        .text = line->whole,
                        .hides = hides,
                        .is_forbidden = documents->items[depth].is_strict};
    sb_tap_documents_emit(documents, &event, depth);
}

/* ---- lines that wait ---- */

static void hold(SbTapHeld *held, const SbTapLine *line, guint64 line_number)
{
    g_string_truncate(held->bytes, 0);
    g_string_append_len(held->bytes, line->whole.at, (gssize)line->whole.length);
    *held = (SbTapHeld){TRUE, line_number, *line, held->bytes};
    const char *from = line->whole.at;
    held->line.whole.at = held->bytes->str;
    held->line.text.at = held->bytes->str + (line->text.at - from);
    if (line->reason.at)
        held->line.reason.at = held->bytes->str + (line->reason.at - from);
}

gboolean sb_tap_documents_is_between(const SbTapDocuments *documents, guint depth)
{
    const SbTapDocument *document = &documents->items[depth];
    return documents->depth > depth && document->version >= 14 && !document->is_ktap;
}

void sb_tap_documents_plan(SbTapDocuments *documents, guint depth, const SbTapLine *line)
{
    SbTapHeld *held = &documents->plans[depth];
    documents->items[depth].has_begun = TRUE;
    if (!sb_tap_documents_is_between(documents, depth))
        sb_tap_documents_emit_line(documents, SB_TAP_EVENT_PLAN, depth, line);
    else if (held->is_held)
        sb_tap_documents_emit_junk(documents, line, SB_TAP_HIDDEN_NOTHING);
    else
        hold(held, line, documents->line_number);
}

/* Lets go of the plan that waits at DEPTH: as a plan, or as junk. */
static void release_plan(SbTapDocuments *documents, guint depth, gboolean counts)
{
    SbTapHeld *held = &documents->plans[depth];
    if (!held->is_held)
        return;
    held->is_held = FALSE;
    SbTapEvent event = {.kind = counts ? SB_TAP_EVENT_PLAN : SB_TAP_EVENT_JUNK,
                        .line = held->line,
                        .text = counts ? held->line.text : held->line.whole,
                        .line_number = held->line_number,
                        .is_forbidden = !counts && documents->items[depth].is_strict};
    sb_tap_documents_emit(documents, &event, depth);
}

/* Emits a test point; EVENT has its line. */
static void emit_point(SbTapDocuments *documents, guint depth, SbTapEvent *event)
{
    event->kind = SB_TAP_EVENT_TEST;
    event->text = event->line.text;
    documents->items[depth].has_begun = TRUE;
    documents->point_depth = depth;
    sb_tap_documents_emit(documents, event, depth);
}

static gboolean ends_with_brace(const SbTapText *text)
{
    return text->length > 0 && text->at[text->length - 1] == '{' &&
           (text->length == 1 || text->at[text->length - 2] == ' ');
}

static void drop_brace(SbTapText *text)
{
    if (ends_with_brace(text))
        *text = sb_tap_text_strip((SbTapText){text->at, text->length - 1});
}

/* Lets go of the point that waits at DEPTH. HAS_SUBTEST: its "{" was followed by one, which has
 * ended with "}" if IS_COMPLETE. */
static void release_point(SbTapDocuments *documents, guint depth, gboolean has_subtest,
                          gboolean is_complete)
{
    SbTapHeld *held = &documents->points[depth];
    held->is_held = FALSE;
    SbTapEvent event = {
        .line = held->line, .line_number = held->line_number, .ends_subtest = is_complete};
    if (has_subtest) {
        drop_brace(&event.line.text);
        drop_brace(&event.line.reason);
    }
    emit_point(documents, depth, &event);
}

/* Whether the line before was a test point that ends with "{", and waits. */
static gboolean is_at_brace(const SbTapDocuments *documents)
{
    return documents->points[documents->depth].is_held;
}

gboolean sb_tap_documents_leave_brace(SbTapDocuments *documents)
{
    gboolean has_brace = is_at_brace(documents);
    if (has_brace)
        release_point(documents, documents->depth, FALSE, FALSE);
    return has_brace;
}

/* ---- announcements ---- */

static void emit_missing(SbTapDocuments *documents, guint depth,
                         const SbTapAnnouncement *announcement)
{
    SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_MISSING,
                        .text = {announcement->name, announcement->length},
                        .line_number = announcement->line_number};
    sb_tap_documents_emit(documents, &event, depth);
}

/* Gives up all announcements that stand at INDENT or deeper: their subtests belong to DEPTH. */
static void give_up_announced(SbTapDocuments *documents, guint depth, gsize indent)
{
    for (const SbTapAnnouncement *announcement;
         (announcement = sb_tap_announcements_pop(&documents->announced, indent));)
        emit_missing(documents, depth, announcement);
}

/* The announcement that the test point at DEPTH answers without a subtest: the outermost one that
 * is left at its indentation or deeper. FALSE if there is none. */
static gboolean take_announced(SbTapDocuments *documents, guint depth, SbTapAnnouncement *taken_out)
{
    gsize indent = documents->items[depth].indent;
    const SbTapAnnouncement *announcement = sb_tap_announcements_pop(&documents->announced, indent);
    if (!announcement)
        return FALSE;
    *taken_out = *announcement;
    while ((announcement = sb_tap_announcements_pop(&documents->announced, indent))) {
        emit_missing(documents, depth, taken_out);
        *taken_out = *announcement;
    }
    return TRUE;
}

/* ---- subtests ---- */

/* Opens a subtest with INDENT. LINE is its first, or (if it belongs deeper) NULL. */
static void open_subtest(SbTapDocuments *documents, gsize indent, const SbTapLine *line,
                         gboolean is_ktap)
{
    const SbTapDocument *parent = &documents->items[documents->depth];
    SbTapDocument child = {.indent = indent,
                           .version = parent->version,
                           .is_ktap = parent->is_ktap || is_ktap,
                           .is_strict = parent->is_strict,
                           .is_buffered = is_at_brace(documents)};
    SbTapAnnouncement announcement;
    SbTapText name = {"", 0};
    const SbTapAnnouncement *found = sb_tap_announcements_at(&documents->announced, parent->indent);
    if (child.is_buffered) {
        name = documents->points[documents->depth].line.text;
        drop_brace(&name);
    } else if (found) {
        announcement = *found;
        name = (SbTapText){announcement.name, announcement.length};
        child.is_named = TRUE;
        sb_tap_announcements_remove(&documents->announced, parent->indent);
    }
    /* At the subtest's own indentation, it may also be that of a test point in it: no name. */
    gboolean is_announced_here =
        !child.is_buffered && !found && sb_tap_announcements_at(&documents->announced, indent);
    if (is_announced_here)
        sb_tap_announcements_remove(&documents->announced, indent);
    child.is_announced = child.is_buffered || found || is_announced_here ||
                         (line && line->kind == SB_TAP_LINE_VERSION);
    documents->items[documents->depth].has_begun = TRUE;
    documents->items[++documents->depth] = child;
    SbTapEvent event = {
        .kind = SB_TAP_EVENT_SUBTEST_BEGIN, .text = name, .is_announced = child.is_announced};
    sb_tap_documents_emit(documents, &event, documents->depth);
}

/* Closes subtests until DEPTH is the innermost; END is how the outermost of them ends. */
static void close_subtests(SbTapDocuments *documents, guint depth, End end)
{
    while (documents->depth > depth) {
        guint child = documents->depth;
        gboolean is_buffered = documents->items[child].is_buffered;
        gboolean is_complete = child == depth + 1 && end == (is_buffered ? END_BRACE : END_POINT);
        give_up_announced(documents, child, documents->items[child].indent);
        release_plan(documents, child, TRUE);
        SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_END, .is_complete = is_complete};
        sb_tap_documents_emit(documents, &event, child);
        documents->depth--;
        if (is_complete)
            release_plan(documents, documents->depth, FALSE);
        if (is_buffered)
            release_point(documents, documents->depth, TRUE, is_complete);
    }
}

/* Whether LINE, which is indented more than the innermost document, can be the first of a subtest.
 * By itself it must be indented by fours (TAP 14), and before TAP 14 a test line must have a
 * number: "ok then" is output of a test. */
static gboolean can_open(const SbTapDocuments *documents, const SbTapLine *line, gboolean is_ktap)
{
    const SbTapDocument *parent = &documents->items[documents->depth];
    if (is_ktap)
        return !line->has_tabs &&
               (line->kind == SB_TAP_LINE_VERSION || line->kind == SB_TAP_LINE_PLAN ||
                (line->kind == SB_TAP_LINE_TEST && line->has_number));
    gboolean is_even = (line->indent - parent->indent) % 4 == 0 && !line->has_tabs;
    gboolean is_announced = is_at_brace(documents) ||
                            sb_tap_announcements_at(&documents->announced, parent->indent) ||
                            sb_tap_announcements_at(&documents->announced, line->indent);
    if (!is_even && !is_announced)
        return FALSE;
    return line->kind != SB_TAP_LINE_TEST || line->has_number ||
           (is_even && (is_announced || parent->version >= 14));
}

/* A comment stands between a "{" and LINE, at the indentation of LINE. If LINE is not the test
 * point that it names, it names the subtest itself: this is how older producers announce, and they
 * have no subtests in braces. */
static gboolean is_announced_inside(const SbTapDocuments *documents, const SbTapLine *line)
{
    const SbTapAnnouncement *found = sb_tap_announcements_at(&documents->announced, line->indent);
    return found && (line->kind != SB_TAP_LINE_TEST || found->length != line->text.length ||
                     memcmp(found->name, line->text.at, found->length) != 0);
}

gboolean sb_tap_documents_find(SbTapDocuments *documents, const SbTapLine *line, guint *depth_out)
{
    guint depth = sb_tap_documents_depth_of(documents, line->indent);
    const SbTapDocument *document = &documents->items[depth];
    gsize more = line->indent - document->indent;
    *depth_out = depth;
    if (more == 0)
        return TRUE;
    gboolean is_ktap = document->is_ktap || (line->kind == SB_TAP_LINE_VERSION && line->is_ktap);
    /* In TAP 12 and 13 a subtest is no TAP, which matters to those who ask for strictness. */
    gboolean is_forbidden = document->is_strict && document->version < 14 && !is_ktap;
    if (is_forbidden || depth < documents->depth || !can_open(documents, line, is_ktap))
        return FALSE;
    if (is_announced_inside(documents, line))
        sb_tap_documents_leave_brace(documents);
    gboolean is_odd = is_ktap || more % 4 != 0 || line->has_tabs;
    gsize levels = is_odd ? 1 : more / 4;
    if (levels > SB_TAP_MAX_DEPTH - documents->depth) {
        documents->deep_lines++;
        return FALSE;
    }
    for (gsize i = 1; i <= levels; i++)
        open_subtest(documents, line->indent - (levels - i) * 4, i == levels ? line : NULL,
                     is_ktap);
    *depth_out = documents->depth;
    return TRUE;
}

void sb_tap_documents_announce(SbTapDocuments *documents, const SbTapLine *line, SbTapText name)
{
    guint depth = sb_tap_documents_depth_of(documents, line->indent);
    const SbTapDocument *document = &documents->items[depth];
    gboolean is_inside = document->indent == line->indent;
    if (is_inside && depth > 0 && !document->is_named && !document->has_begun)
        return;
    if (is_inside && documents->depth > depth && documents->items[depth + 1].is_announced)
        close_subtests(documents, depth, END_OPEN);
    give_up_announced(documents, depth, line->indent);
    sb_tap_announcements_add(&documents->announced, line->indent, documents->line_number, name);
}

gboolean sb_tap_documents_test(SbTapDocuments *documents, guint depth, const SbTapLine *line)
{
    const SbTapDocument *document = &documents->items[depth];
    SbTapEvent event = {.line = *line};
    SbTapAnnouncement answered;
    /* Only KTAP has it; elsewhere it is a part of the description. */
    if (line->directive == SB_TAP_DIRECTIVE_XFAIL && !document->is_ktap) {
        event.line.directive = SB_TAP_DIRECTIVE_NONE;
        event.line.text.length = (gsize)(line->reason.at + line->reason.length - line->text.at);
        event.line.reason = (SbTapText){0};
    }
    if (documents->depth > depth) {
        event.ends_subtest = !documents->items[depth + 1].is_buffered;
        close_subtests(documents, depth, END_POINT);
    }
    if (documents->announced.count > 0 && take_announced(documents, depth, &answered)) {
        event.is_announced = TRUE;
        event.announced = (SbTapText){answered.name, answered.length};
    }
    gboolean has_brace = ends_with_brace(&event.line.text) || ends_with_brace(&event.line.reason);
    if (has_brace && !event.ends_subtest && !event.is_announced && !document->is_ktap &&
        depth < SB_TAP_MAX_DEPTH) {
        hold(&documents->points[depth], &event.line, documents->line_number);
        return FALSE;
    }
    emit_point(documents, depth, &event);
    return TRUE;
}

gboolean sb_tap_documents_end_brace(SbTapDocuments *documents, const SbTapLine *line)
{
    if (sb_tap_text_strip(line->whole).length != 1 || *line->whole.at != '}')
        return FALSE;
    guint depth = sb_tap_documents_depth_of(documents, line->indent);
    if (documents->items[depth].indent != line->indent)
        return FALSE;
    gboolean is_left = sb_tap_documents_leave_brace(documents);
    if (depth == documents->depth)
        return is_left;
    if (!documents->items[depth + 1].is_buffered)
        return FALSE;
    close_subtests(documents, depth, END_BRACE);
    documents->has_braces = TRUE;
    return TRUE;
}

/* The stream ends behind the "{" of a test point, whose bytes are still there. Where subtests have
 * stood in braces before, this is not a description that ends with one. */
static void emit_missing_body(SbTapDocuments *documents)
{
    const SbTapHeld *held = &documents->points[documents->depth];
    SbTapEvent event = {.kind = SB_TAP_EVENT_SUBTEST_MISSING,
                        .text = held->line.text,
                        .line_number = held->line_number};
    drop_brace(&event.text);
    sb_tap_documents_emit(documents, &event, documents->depth);
}

void sb_tap_documents_end(SbTapDocuments *documents)
{
    if (sb_tap_documents_leave_brace(documents) && documents->has_braces)
        emit_missing_body(documents);
    close_subtests(documents, 0, END_OPEN);
    give_up_announced(documents, 0, 0);
    release_plan(documents, 0, TRUE);
}
