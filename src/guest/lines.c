/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/lines.h"

#include <string.h>

enum { LINE_MAX_BYTES = 64 * 1024 };

struct SbLines {
    SbLineFunc line;
    gpointer data;
    GString *partial;
};

SbLines *sb_lines_new(SbLineFunc line, gpointer data)
{
    SbLines *lines = g_new0(SbLines, 1);
    lines->line = line;
    lines->data = data;
    lines->partial = g_string_new(NULL);
    return lines;
}

void sb_lines_free(SbLines *lines)
{
    if (!lines)
        return;
    g_string_free(lines->partial, TRUE);
    g_free(lines);
}

void sb_lines_push(SbLines *lines, const char *bytes, gsize length)
{
    GString *partial = lines->partial;
    g_string_append_len(partial, bytes, (gssize)length);
    const char *start = partial->str, *end = start + partial->len, *newline;
    while ((newline = memchr(start, '\n', (gsize)(end - start)))) {
        lines->line(start, (gsize)(newline + 1 - start), lines->data);
        start = newline + 1;
    }
    g_string_erase(partial, 0, start - partial->str);
    if (partial->len >= LINE_MAX_BYTES)
        sb_lines_flush(lines);
}

void sb_lines_flush(SbLines *lines)
{
    if (lines->partial->len > 0)
        lines->line(lines->partial->str, lines->partial->len, lines->data);
    g_string_truncate(lines->partial, 0);
}
