/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Bytes into lines: bytes go in, in pieces of any size, and whole lines come out. CR and LF end a
 * line, and so do both together (TAP 14, "Harness Behavior"). Of a line, at most
 * SB_TAP_MAX_LINE_BYTES are kept.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include <glib.h>

/** Longer lines lose their end. */
#define SB_TAP_MAX_LINE_BYTES (64 * 1024)

/** Takes the LENGTH bytes at AT, one line without its end; they are valid during the call only.
 * IS_CUT: the line was longer. */
typedef void (*SbTapLineFunc)(const char *at, gsize length, gboolean is_cut, gpointer data);

typedef struct {
    SbTapLineFunc on_line;
    gpointer data;
    GString *partial;     /**< the beginning of a line whose end has not come */
    gboolean is_cut;      /**< more of that line has come than is kept */
    gboolean is_after_cr; /**< a newline that comes next belongs to the end of the line before */
} SbTapLines;

/** Makes LINES ready to call ON_LINE with DATA. Clear it with sb_tap_lines_clear(). */
void sb_tap_lines_init(SbTapLines *lines, SbTapLineFunc on_line, gpointer data);
/** Frees what LINES holds. */
void sb_tap_lines_clear(SbTapLines *lines);

/** Takes the LENGTH bytes at BYTES, which come after those before. */
void sb_tap_lines_push(SbTapLines *lines, const char *bytes, gsize length);

/** The bytes are at their end: a last line without an end counts. */
void sb_tap_lines_end(SbTapLines *lines);
