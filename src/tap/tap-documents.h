/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The documents of a TAP stream: the stream itself, and the subtests that are open, each in the one
 * before. This module opens and closes them, and emits the events (tap-event.h) of tap-parser.h.
 *
 * Some events must wait. A plan behind a subtest counts only if no test point ends the subtest
 * (TAP 14, "Subtest Parsing/Generating Rules", 10 and 12). A test point that ends with "{" waits
 * for the "}" of its subtest, which stands between. An announced subtest is waited for until its
 * parent's next test point.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/tap-announcements.h"
#include "tap/tap-event.h"

/** The stream, or a subtest that is open. */
typedef struct {
    gsize indent;
    guint version;
    gboolean is_ktap;
    gboolean is_strict;
    gboolean is_announced; /**< a comment, a "{" or a version line says that it is a subtest */
    gboolean is_buffered;  /**< it stands between "{" and "}" */
    gboolean is_named;     /**< a comment gave its name */
    gboolean has_begun;    /**< it has more than a version line */
} SbTapDocument;

/** A line that waits: its bytes are kept. */
typedef struct {
    gboolean is_held;
    guint64 line_number;
    SbTapLine line;
    GString *bytes;
} SbTapHeld;

typedef struct {
    SbTapEventFunc on_event;
    gpointer data;
    guint64 line_number; /**< of the line that is being read: the caller sets it */
    guint64 deep_lines;  /**< how many lines were nested too deep */
    SbTapDocument items[SB_TAP_MAX_DEPTH + 1];
    SbTapHeld plans[SB_TAP_MAX_DEPTH + 1];
    SbTapHeld points[SB_TAP_MAX_DEPTH + 1];
    gboolean has_braces; /**< a subtest has stood between "{" and "}" */
    guint depth;         /**< of the innermost document */
    guint point_depth;   /**< of the test point that was emitted last */
    SbTapAnnouncements announced;
} SbTapDocuments;

/** Makes DOCUMENTS ready to call ON_EVENT with DATA. Clear it with sb_tap_documents_clear(). */
void sb_tap_documents_init(SbTapDocuments *documents, SbTapEventFunc on_event, gpointer data);

/** Frees what DOCUMENTS holds. */
void sb_tap_documents_clear(SbTapDocuments *documents);

/** Emits EVENT, of the document at DEPTH, with what that document says about it. */
void sb_tap_documents_emit(SbTapDocuments *documents, SbTapEvent *event, guint depth);

/** Emits an event of KIND about LINE, of the document at DEPTH. */
void sb_tap_documents_emit_line(SbTapDocuments *documents, SbTapEventKind kind, guint depth,
                                const SbTapLine *line);

/** Emits LINE as junk. HIDES: a test line that is not a test point hides this. */
void sb_tap_documents_emit_junk(SbTapDocuments *documents, const SbTapLine *line,
                                SbTapHidden hides);

/** The depth of the innermost document that is not indented by more than INDENT blanks. */
guint sb_tap_documents_depth_of(const SbTapDocuments *documents, gsize indent);

/**
 * Looks for the document of LINE, which is a version, a plan, a test or a pragma; opens subtests as
 * needed.
 *
 * @param depth_out  also written if this returns FALSE: the depth of the document around it
 * @return FALSE: its indentation fits no document
 */
gboolean sb_tap_documents_find(SbTapDocuments *documents, const SbTapLine *line, guint *depth_out);

/** Whether the document at DEPTH has an open subtest behind which only a test point counts. */
gboolean sb_tap_documents_is_between(const SbTapDocuments *documents, guint depth);

/** Takes LINE, a plan of the document at DEPTH: emits it, or lets it wait. */
void sb_tap_documents_plan(SbTapDocuments *documents, guint depth, const SbTapLine *line);

/** Takes LINE, a test point of the document at DEPTH, and closes the subtests that it ends. FALSE:
 * it ends with "{", and waits. */
gboolean sb_tap_documents_test(SbTapDocuments *documents, guint depth, const SbTapLine *line);

/** No subtest follows the "{" of the line before, so it is a part of a description: emits the test
 * point. FALSE: there was no "{". */
gboolean sb_tap_documents_leave_brace(SbTapDocuments *documents);

/** Takes LINE if it is a "}" that ends a subtest or follows its "{", and emits the test point.
 * FALSE: it is not. */
gboolean sb_tap_documents_end_brace(SbTapDocuments *documents, const SbTapLine *line);

/** Takes LINE, a comment that announces the subtest NAME: the next one of the document that it
 * stands in, or that document itself if it is new. */
void sb_tap_documents_announce(SbTapDocuments *documents, const SbTapLine *line, SbTapText name);

/** The stream is at its end: closes all subtests, and emits what waits. */
void sb_tap_documents_end(SbTapDocuments *documents);
