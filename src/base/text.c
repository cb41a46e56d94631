/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text.h"

#include <string.h>

/* The length of the escape sequence at TEXT, which starts with ESC. See ECMA-48 5.3 and 5.4: CSI
 * ends at a byte in 0x40..0x7e; OSC, DCS and similar ones end at BEL or ESC \. An unfinished
 * sequence takes the rest of its line, so that later text cannot complete it. */
static gsize escape_length(const char *text, gsize length)
{
    if (length < 2)
        return length;
    gsize i = 2;
    if (text[1] == '[') {
        while (i < length && text[i] != '\n' && text[i] != '\033' &&
               !(text[i] >= 0x40 && text[i] <= 0x7e))
            i++;
        return i < length && text[i] != '\n' && text[i] != '\033' ? i + 1 : i;
    }
    if (text[1] && strchr("]PX^_", text[1])) {
        for (; i < length && text[i] != '\n'; i++) {
            if (text[i] == '\a')
                return i + 1;
            if (text[i] == '\033')
                return i + 1 < length && text[i + 1] == '\\' ? i + 2 : i;
        }
        return i;
    }
    /* nF sequences such as "ESC ( B": intermediates, then one final byte. */
    i = 1;
    while (i < length && text[i] >= 0x20 && text[i] <= 0x2f)
        i++;
    return i < length && text[i] >= 0x30 && text[i] <= 0x7e ? i + 1 : i;
}

gboolean sb_text_is_shown(gunichar c)
{
    if (c == '\n' || c == '\t')
        return TRUE;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return FALSE;
    /* Direction marks, embeddings, overrides and isolates (Unicode UAX 9). */
    return c != 0x061c && c != 0x200e && c != 0x200f && !(c >= 0x202a && c <= 0x202e) &&
           !(c >= 0x2066 && c <= 0x2069);
}

char *sb_text_sanitize(const char *text, gsize length)
{
    GString *clean = g_string_sized_new(length);
    for (gsize i = 0; i < length;) {
        if (text[i] == '\033') {
            i += escape_length(text + i, length - i);
            continue;
        }
        gunichar c = g_utf8_get_char_validated(text + i, length - i);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            i++;
            continue;
        }
        gsize size = (gsize)(g_utf8_next_char(text + i) - (text + i));
        if (sb_text_is_shown(c))
            g_string_append_len(clean, text + i, size);
        i += size;
    }
    return g_string_free(clean, FALSE);
}

char *sb_text_one_line(const char *text)
{
    GString *line = g_string_new(NULL);
    for (const char *c = text; *c;) {
        gunichar character = g_utf8_get_char_validated(c, -1);
        if (character == (gunichar)-1 || character == (gunichar)-2) {
            c++;
            continue;
        }
        const char *next = g_utf8_next_char(c);
        if (character == '\n' || character == '\t')
            g_string_append(line, character == '\n' ? "\\n" : "\\t");
        else if (sb_text_is_shown(character))
            g_string_append_len(line, c, next - c);
        else
            g_string_append_printf(line, character < 0x100 ? "\\x%02x" : "\\u%04x", character);
        c = next;
    }
    return g_string_free(line, FALSE);
}

/* Appends LINE, whose first word stands at COLUMN. */
static void wrap_line(GString *wrapped, const char *line, guint column, guint indent, guint width)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    for (char **word = words; *word; word++) {
        guint length = (guint)g_utf8_strlen(*word, -1);
        if (word != words && column + 1 + length > width) {
            g_string_append_printf(wrapped, "\n%*s", (int)indent, "");
            column = indent;
        } else if (word != words) {
            g_string_append_c(wrapped, ' ');
            column++;
        }
        g_string_append(wrapped, *word);
        column += length;
    }
}

char *sb_text_wrap(const char *text, guint indent, guint width)
{
    GString *wrapped = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (line != lines)
            g_string_append_c(wrapped, '\n');
        wrap_line(wrapped, *line, 0, indent, width);
    }
    return g_string_free(wrapped, FALSE);
}

char *sb_text_last_lines(const char *text, guint lines)
{
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    for (gssize i = (gssize)g_strv_length(all) - 1; i >= 0 && kept->len < lines; i--) {
        g_strchomp(all[i]);
        if (*all[i])
            g_ptr_array_insert(kept, 0, all[i]);
    }
    g_ptr_array_add(kept, NULL);
    return g_strjoinv("\n", (char **)kept->pdata);
}
