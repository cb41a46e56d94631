/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Text that came from outside (a guest's console, a command's output), made safe to show.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * A copy of the LENGTH bytes at TEXT that cannot do anything to a terminal.
 *
 * Escape sequences (ECMA-48 CSI, OSC and the two-byte ones) vanish, and so do other control
 * characters but newline and tab, a carriage return before a newline, bytes that are not UTF-8, and
 * Unicode's direction overrides (bidi), with which text can be made to look like something else.
 *
 * @return (transfer full)
 */
char *sb_text_sanitize(const char *text, gsize length);

/**
 * A copy of TEXT as one line that can be shown: what sb_text_sanitize() would drop, and newline and
 * tab, as escapes such as `\n`, `\x1b` and `\u202e`, because in a short text it matters that
 * something was there. Bytes that are not UTF-8 (a character that a precision cut in two) vanish.
 *
 * @return (transfer full)
 */
char *sb_text_one_line(const char *text);

/** The last LINES lines of TEXT that are not blank, in their order. (transfer full) */
char *sb_text_last_lines(const char *text, guint lines);
