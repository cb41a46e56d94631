/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-lines.h"

#include <string.h>

void sb_tap_lines_init(SbTapLines *lines, SbTapLineFunc on_line, gpointer data)
{
    *lines = (SbTapLines){.on_line = on_line, .data = data, .partial = g_string_new(NULL)};
}

void sb_tap_lines_clear(SbTapLines *lines)
{
    g_string_free(lines->partial, TRUE);
    *lines = (SbTapLines){0};
}

/* Keeps the beginning of a line for later. */
static void keep(SbTapLines *lines, const char *bytes, gsize length)
{
    gsize space = SB_TAP_MAX_LINE_BYTES - lines->partial->len;
    lines->is_cut |= length > space;
    g_string_append_len(lines->partial, bytes, (gssize)MIN(length, space));
}

static void end_line(SbTapLines *lines, const char *bytes, gsize length)
{
    if (lines->partial->len == 0) {
        gsize kept = MIN(length, SB_TAP_MAX_LINE_BYTES);
        lines->on_line(bytes, kept, length > kept, lines->data);
        return;
    }
    keep(lines, bytes, length);
    gboolean is_cut = lines->is_cut;
    lines->is_cut = FALSE;
    lines->on_line(lines->partial->str, lines->partial->len, is_cut, lines->data);
    g_string_truncate(lines->partial, 0);
}

/* The next LF is looked for once, not once for each CR before it. */
void sb_tap_lines_push(SbTapLines *lines, const char *bytes, gsize length)
{
    if (length == 0)
        return;
    const char *limit = bytes + length;
    const char *newline = memchr(bytes, '\n', length);
    while (bytes < limit) {
        if (lines->is_after_cr && *bytes == '\n')
            bytes++;
        lines->is_after_cr = FALSE;
        if (newline && newline < bytes)
            newline = memchr(bytes, '\n', (gsize)(limit - bytes));
        const char *line_limit = newline ? newline : limit;
        const char *cr = memchr(bytes, '\r', (gsize)(line_limit - bytes));
        const char *end = cr ? cr : newline;
        if (!end) {
            keep(lines, bytes, (gsize)(limit - bytes));
            return;
        }
        end_line(lines, bytes, (gsize)(end - bytes));
        lines->is_after_cr = *end == '\r';
        bytes = end + 1;
    }
}

void sb_tap_lines_end(SbTapLines *lines)
{
    if (lines->partial->len > 0)
        end_line(lines, "", 0);
}
