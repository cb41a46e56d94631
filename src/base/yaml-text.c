/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml-text.h"

#include <string.h>

SbMark sb_yaml_text_mark(const char *text, gsize offset)
{
    SbMark mark = {1, 1};
    for (const char *c = text; c < text + offset; c++) {
        if (*c == '\n')
            mark = (SbMark){mark.line + 1, 1};
        else if (((guchar)*c & 0xc0) != 0x80)
            mark.column++;
    }
    return mark;
}

gboolean sb_yaml_text_is_tab(const char *text, gsize length, gsize index)
{
    const char *c = text, *end = text + length;
    for (; c < end && index > 0; index--)
        c = g_utf8_next_char(c);
    return c < end && *c == '\t';
}

/* Whether the character that follows CHARACTERS others is in a quoted or a block scalar; AT is the
 * first of the pairs that may hold it. */
static gboolean is_quoted(const GArray *quoted, gsize characters, guint *at)
{
    const gsize *bounds = (const gsize *)(void *)quoted->data;
    while (*at < quoted->len && bounds[*at + 1] <= characters)
        *at += 2;
    return *at < quoted->len && bounds[*at] <= characters;
}

gboolean sb_yaml_text_find_tab(const char *text, gsize length, const GArray *quoted,
                               SbMark *mark_out)
{
    SbMark mark = {1, 1};
    gboolean in_comment = FALSE, after_blank = TRUE;
    guint at = 0;
    gsize characters = 0;
    const char *end = text + length;
    for (const char *c = text; c < end; c = g_utf8_next_char(c), characters++) {
        gboolean in_quotes = is_quoted(quoted, characters, &at);
        in_comment = *c != '\n' && (in_comment || (!in_quotes && *c == '#' && after_blank));
        if (*c == '\t' && !in_quotes && !in_comment) {
            *mark_out = mark;
            return TRUE;
        }
        after_blank = *c == ' ' || *c == '\n' || *c == '\r' || *c == '\t';
        mark = *c == '\n' ? (SbMark){mark.line + 1, 1} : (SbMark){mark.line, mark.column + 1};
    }
    return FALSE;
}

gboolean sb_yaml_text_find_directive(const char *text, gsize length, guint max, SbMark *mark_out)
{
    const char *line = text, *end = text + length;
    guint directives = 0;
    for (guint number = 1; line && line < end; number++) {
        directives += *line == '%';
        if (directives > max) {
            *mark_out = (SbMark){number, 1};
            return TRUE;
        }
        line = memchr(line, '\n', (gsize)(end - line));
        line = line ? line + 1 : NULL;
    }
    return FALSE;
}
