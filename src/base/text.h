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
#include <stdarg.h>

/**
 * Declares TEXT, which the scope frees: FORMAT, the last parameter of the function that has a name,
 * with the arguments behind it.
 */
/* NOLINTBEGIN(bugprone-macro-parentheses): a new name cannot have them. */
#define SB_TEXT_FORMAT(text, format)                                                               \
    va_list text##_arguments;                                                                      \
    va_start(text##_arguments, format);                                                            \
    g_autofree char *text = g_strdup_vprintf(format, text##_arguments);                            \
    va_end(text##_arguments)
/* NOLINTEND(bugprone-macro-parentheses) */

/**
 * A copy of the LENGTH bytes at TEXT that cannot control a terminal.
 *
 * These are removed: escape sequences (ECMA-48 CSI, OSC and those of two bytes); other control
 * characters, except newline and tab; a carriage return before a newline; bytes that are not UTF-8;
 * and Unicode's direction overrides (bidi), which can make text look like other text.
 *
 * @return (transfer full)
 */
char *sb_text_sanitize(const char *text, gsize length);

/**
 * A copy of TEXT as one line that can be shown.
 *
 * Newline, tab and all that sb_text_sanitize() would remove become escapes such as `\n`, `\x1b` and
 * `\u202e`: in a short text it matters that something was there. Bytes that are not UTF-8 are
 * removed (a precision in a format may have cut a character in two).
 *
 * @return (transfer full)
 */
char *sb_text_one_line(const char *text);

/** Whether C can be shown: it is a newline, a tab, or nothing that sb_text_sanitize() would remove.
 */
gboolean sb_text_is_shown(gunichar c);

/**
 * TEXT with line breaks between words, so that no line has more than WIDTH characters if a word
 * does not. What follows a break is indented by INDENT; a newline in TEXT stays, and nothing is
 * indented after it.
 *
 * @return (transfer full)
 */
char *sb_text_wrap(const char *text, guint indent, guint width);

/** The last LINES lines of TEXT that are not blank, in their order. (transfer full) */
char *sb_text_last_lines(const char *text, guint lines);
