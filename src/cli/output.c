/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/output.h"

#include "base/text.h"
#include "base/units.h"

#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

void sb_table_print(const SbTable *table)
{
    g_autofree char *lines = sb_table_to_string(table, 0);
    fputs(lines, stdout);
}

guint sb_output_width(FILE *stream)
{
    struct winsize size;
    return ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

char *sb_output_text(const char *text)
{
    static const struct {
        const char *character, *ascii;
    } known[] = {{"…", "..."}, {"✓", "+"}, {"✗", "x"}, {"›", ">"}};
    GString *shown = g_string_new(text);
    for (gsize i = 0; !g_get_charset(NULL) && i < G_N_ELEMENTS(known); i++)
        g_string_replace(shown, known[i].character, known[i].ascii, 0);
    return g_string_free(shown, FALSE);
}

void sb_output_say(FILE *stream, guint indent, const char *format, ...)
{
    SB_TEXT_FORMAT(line, format);
    guint width = sb_output_width(stream);
    g_autofree char *broken = width > 0 ? sb_text_wrap(line, indent, width) : g_strdup(line);
    g_autofree char *text = sb_output_text(broken);
    fprintf(stream, "%s\n", text);
}

/* Prints NODE. What cannot be shown is in strings: there, an escape means the same. */
void sb_json_print_node(JsonNode *node, gboolean is_indented)
{
    /* The name of a file can have any bytes. */
    g_autofree char *raw = json_to_string(node, is_indented);
    g_autofree char *text = g_utf8_make_valid(raw, -1);
    g_autoptr(GString) line = g_string_new(NULL);
    for (const char *c = text; *c; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);
        if (sb_text_is_shown(character))
            g_string_append_unichar(line, character);
        else
            g_string_append_printf(line, "\\u%04x", character);
    }
    g_string_append_c(line, '\n');
    fputs(line->str, stdout);
    fflush(stdout);
}

void sb_json_print(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    sb_json_print_node(root, TRUE);
    g_object_unref(builder);
}

void sb_json_print_line(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    sb_json_print_node(root, FALSE);
    g_object_unref(builder);
}

char *sb_age_since(const char *when)
{
    g_autoptr(GDateTime) then = g_date_time_new_from_iso8601(when, NULL);
    if (!then)
        return g_strdup("-");
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    return sb_duration_format(g_date_time_difference(now, then) / 1000);
}

char *sb_time_until(const char *when)
{
    g_autoptr(GDateTime) then = g_date_time_new_from_iso8601(when, NULL);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    gint64 left_ms = then ? g_date_time_difference(then, now) / 1000 : 0;
    return left_ms > 0 ? sb_duration_format(left_ms) : g_strdup("over");
}

gboolean sb_output_reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && out.revents & (POLLERR | POLLHUP);
}
