/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A streaming parser of TAP 12, 13 and 14 and of KTAP: bytes go in, in pieces of any size, and
 * events come out, one for each line that means something. It reads structure and judges nothing:
 * see tap-judge.h for what follows from the events.
 *
 * A subtest is indented by four spaces more than its parent (TAP 14). It may be indented by any
 * more where it begins with "KTAP version", is inside such a document, or was announced by a
 * comment or a "{". It ends with the next test point of its parent. In TAP 14, any other line of
 * its parent until then counts as junk.
 *
 * A test point that ends with "{" speaks for the subtest that follows it, up to a "}"
 * (node-tap's and Test2's buffered subtests): such a point is emitted after its subtest.
 *
 * A line of KTAP may have the kernel's time before it, "[    0.061234] ", as a serial console
 * shows it.
 *
 * Memory is flat: it does not grow with the stream. What is over a limit is cut or taken as junk,
 * and counted in SbTapCuts.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/tap-line.h"
#include "tap/tap-lines.h"

/** Longer blocks of YAML lose their end. */
#define SB_TAP_MAX_YAML_BYTES (64 * 1024)
/** Subtests nested deeper are taken as junk. */
#define SB_TAP_MAX_DEPTH 16

typedef enum {
    SB_TAP_EVENT_VERSION, /**< `line` */
    SB_TAP_EVENT_PLAN,    /**< `line` */
    SB_TAP_EVENT_TEST,    /**< `line`, `ends_subtest`, `is_announced`, `announced` */
    SB_TAP_EVENT_YAML,    /**< `text`, `hides`, `is_complete`: belongs to the test point before */
    SB_TAP_EVENT_SUBTEST_BEGIN,   /**< `is_announced`, `text`: its name, if a comment gave one */
    SB_TAP_EVENT_SUBTEST_END,     /**< `is_complete`: a test point of its parent follows */
    SB_TAP_EVENT_SUBTEST_MISSING, /**< `text`: the name of a subtest that was announced only */
    SB_TAP_EVENT_COMMENT,         /**< `text` */
    SB_TAP_EVENT_PRAGMA,          /**< `line` */
    SB_TAP_EVENT_BAIL_OUT,        /**< `line` */
    SB_TAP_EVENT_JUNK,            /**< `text`, `hides`, `is_forbidden` */
} SbTapEventKind;

/** What a line that is not a test point hides. */
typedef enum {
    SB_TAP_HIDDEN_NOTHING,
    SB_TAP_HIDDEN_FAILURE, /**< "not ok", indented as no subtest is */
    SB_TAP_HIDDEN_NOT,     /**< "ok" behind a line that says only "not" */
} SbTapHidden;

/** What it points to is valid during the call only, comes from outside, and is to be sanitised
 * before anybody sees it. */
typedef struct {
    SbTapEventKind kind;
    guint64 line_number; /**< from 1 */
    /** 0: the stream itself; of a subtest's own events: its depth, from 1. */
    guint depth;
    guint version;    /**< of the document that it belongs to: 12, 13, 14 */
    gboolean is_ktap; /**< that document is KTAP */
    SbTapLine line;
    SbTapText text;
    gboolean ends_subtest;
    gboolean is_announced; /**< a comment, a "{" or a version line says that it is a subtest;
                              test: a comment has announced one that did not come before it */
    SbTapText announced;   /**< its name */
    SbTapHidden hides;
    gboolean is_complete;
    gboolean is_forbidden; /**< the pragma "strict" is on */
} SbTapEvent;

typedef void (*SbTapEventFunc)(const SbTapEvent *event, gpointer data);

/** What was left out. */
typedef struct {
    guint64 long_lines;
    guint64 deep_lines;
    guint64 long_yaml;
} SbTapCuts;

typedef struct SbTapParser SbTapParser;

/** A parser that calls ON_EVENT with DATA. (transfer full) */
SbTapParser *sb_tap_parser_new(SbTapEventFunc on_event, gpointer data);

/** Frees PARSER and all that it has. */
void sb_tap_parser_free(SbTapParser *parser);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTapParser, sb_tap_parser_free)

/** Parses the LENGTH bytes at BYTES, which come after those before. */
void sb_tap_parser_push(SbTapParser *parser, const char *bytes, gsize length);

/** The stream is at its end: parses a last line without a newline, and ends what is open. */
void sb_tap_parser_end(SbTapParser *parser);

/** What was left out so far, because it was too much. (transfer none) */
const SbTapCuts *sb_tap_parser_cuts(const SbTapParser *parser);

/** How many lines were parsed. */
guint64 sb_tap_parser_lines(const SbTapParser *parser);
