/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The events that a TAP stream is read into (tap-parser.h), one for each line that means something.
 *
 * Room: tap.
 * Threads: data only.
 */
#pragma once

#include "tap/tap-line.h"

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
    SB_TAP_N_EVENTS,
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
