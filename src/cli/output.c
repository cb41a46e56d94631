/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/output.h"

#include "base/text.h"
#include "base/units.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct SbTable {
    guint columns;
    guint optional;   /**< a bit for each column that is left out if it is empty */
    GPtrArray *cells; /**< row by row, the heading first */
};

SbTable *sb_table_new(const char *heading, ...)
{
    SbTable *table = g_new0(SbTable, 1);
    table->cells = g_ptr_array_new_with_free_func(g_free);
    va_list headings;
    va_start(headings, heading);
    for (; heading; heading = va_arg(headings, const char *)) {
        g_ptr_array_add(table->cells, g_strdup(heading));
        table->columns++;
    }
    va_end(headings);
    return table;
}

void sb_table_free(SbTable *table)
{
    g_ptr_array_unref(table->cells);
    g_free(table);
}

void sb_table_add(SbTable *table, ...)
{
    va_list cells;
    va_start(cells, table);
    for (guint i = 0; i < table->columns; i++) {
        const char *cell = va_arg(cells, const char *);
        g_ptr_array_add(table->cells, g_strdup(cell ? cell : "-"));
    }
    va_end(cells);
}

void sb_table_set_optional(SbTable *table, const char *heading)
{
    for (guint i = 0; i < table->columns; i++)
        if (strcmp(g_ptr_array_index(table->cells, i), heading) == 0)
            table->optional |= 1u << i;
}

static gboolean is_left_out(const SbTable *table, guint column)
{
    gboolean is_empty = (table->optional & 1u << column) != 0;
    for (guint i = table->columns + column; is_empty && i < table->cells->len; i += table->columns)
        is_empty = strcmp(g_ptr_array_index(table->cells, i), "-") == 0;
    return is_empty;
}

/* The width of COLUMN, or 0 if it is left out. */
static glong width_of(const SbTable *table, guint column)
{
    glong width = 0;
    for (guint i = column; !is_left_out(table, column) && i < table->cells->len;
         i += table->columns)
        width = MAX(width, g_utf8_strlen(g_ptr_array_index(table->cells, i), -1));
    return width;
}

void sb_table_print(const SbTable *table)
{
    g_autofree glong *widths = g_new0(glong, table->columns);
    guint last = 0;
    for (guint column = 0; column < table->columns; column++) {
        widths[column] = width_of(table, column);
        if (widths[column] > 0)
            last = column;
    }
    for (guint i = 0; i < table->cells->len; i++) {
        const char *cell = g_ptr_array_index(table->cells, i);
        guint column = i % table->columns;
        if (widths[column] == 0)
            continue;
        int padding = column == last ? 0 : (int)(widths[column] - g_utf8_strlen(cell, -1) + 2);
        printf("%s%*s%s", cell, padding, "", column == last ? "\n" : "");
    }
}

/* Prints NODE. What cannot be shown is in strings: there, an escape means the same. */
void sb_json_print_node(JsonNode *node, gboolean is_indented)
{
    g_autofree char *text = json_to_string(node, is_indented);
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
