/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One line of TAP: its kind and its parts. Nothing is copied.
 *
 * Source: the specifications of TAP 12, 13 and 14 (testanything.org) and of KTAP
 * (Documentation/dev-tools/ktap.rst of Linux). tap-parser.h decides what a line means at its place,
 * in its version and its subtest.
 *
 * Room: tap.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** Bytes within a line; they may be anything, also NUL. */
typedef struct {
    const char *at;
    gsize length;
} SbTapText;

typedef enum {
    SB_TAP_LINE_JUNK,
    SB_TAP_LINE_BLANK,
    SB_TAP_LINE_VERSION,
    SB_TAP_LINE_PLAN,
    SB_TAP_LINE_TEST,
    SB_TAP_LINE_COMMENT,
    SB_TAP_LINE_PRAGMA,
    SB_TAP_LINE_BAIL_OUT,
    SB_TAP_LINE_YAML, /**< "---": begins a block of diagnostics, if one can be here */
} SbTapLineKind;

typedef enum {
    SB_TAP_DIRECTIVE_NONE,
    SB_TAP_DIRECTIVE_TODO,
    SB_TAP_DIRECTIVE_SKIP,
    SB_TAP_DIRECTIVE_XFAIL, /**< KTAP's: "expected to fail" */
} SbTapDirective;

typedef struct {
    SbTapLineKind kind;
    gsize indent;        /**< how many blanks it begins with (a tab is one) */
    gboolean has_tabs;   /**< some of these are not spaces */
    gboolean is_ktap;    /**< version: it says "KTAP" */
    gboolean is_exact;   /**< bail out: the words are in the case that TAP 12 and 13 ask for; plan:
                            what   follows it is a comment, or nothing */
    gboolean ok;         /**< test */
    gboolean has_number; /**< test */
    /** Version, test, or the number of planned tests; the largest number if it is too large. */
    guint64 number;
    SbTapDirective directive; /**< test */
    SbTapText whole;          /**< the line without its indentation */
    /** As `whole`; test: the description; comment: what follows the `#`; plan
     * and bail out: the reason; pragma: its list of keys. No blanks around it (comment: at its
     * end); still escaped. */
    SbTapText text;
    SbTapText reason; /**< test with a directive: why; still escaped */
} SbTapLine;

/** Reads the LENGTH bytes at AT, one line without its end. */
void sb_tap_line_read(const char *at, gsize length, SbTapLine *line_out);

/** Takes the time that the kernel has printed ("[    0.061234] ", also with a level before it and a
 * caller behind it) from the beginning of TEXT. FALSE if there is none. */
gboolean sb_tap_text_skip_time(SbTapText *text);

/** TEXT without blanks around it. */
SbTapText sb_tap_text_strip(SbTapText text);

/** Whether TEXT begins with PREFIX, in any case. */
gboolean sb_tap_text_has_prefix(SbTapText text, const char *prefix);

/** A copy of at most MAX_BYTES of TEXT, with `\#` and `\\` (and no others) unescaped. It is not
 * sanitised: see base/text.h. (transfer full) */
char *sb_tap_text_unescape(SbTapText text, gsize max_bytes, gsize *length_out);
