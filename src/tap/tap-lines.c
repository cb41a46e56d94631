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

/* The first byte C from AT on, before LIMIT; NULL if there is none. FOUND is what was found before:
 * each byte is searched once, however many lines there are. */
static const char *find_next(const char *found, const char *at, const char *limit, char c)
{
    return found && found < at ? memchr(at, c, (gsize)(limit - at)) : found;
}

void sb_tap_lines_push(SbTapLines *lines, const char *bytes, gsize length)
{
    if (length == 0)
        return;
    const char *limit = bytes + length;
    const char *lf = memchr(bytes, '\n', length);
    const char *cr = memchr(bytes, '\r', length);
    while (bytes < limit) {
        if (lines->is_after_cr && *bytes == '\n')
            bytes++;
        lines->is_after_cr = FALSE;
        lf = find_next(lf, bytes, limit, '\n');
        cr = find_next(cr, bytes, limit, '\r');
        const char *end = !lf || (cr && cr < lf) ? cr : lf;
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
