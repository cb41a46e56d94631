/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/output.h"

#include "base/units.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct SbTable {
    guint columns;
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

void sb_table_print(const SbTable *table)
{
    g_autofree glong *widths = g_new0(glong, table->columns);
    for (guint i = 0; i < table->cells->len; i++) {
        glong width = g_utf8_strlen(g_ptr_array_index(table->cells, i), -1);
        widths[i % table->columns] = MAX(widths[i % table->columns], width);
    }
    for (guint i = 0; i < table->cells->len; i++) {
        const char *cell = g_ptr_array_index(table->cells, i);
        gboolean is_last = i % table->columns == table->columns - 1;
        int padding = is_last ? 0 : (int)(widths[i % table->columns] - g_utf8_strlen(cell, -1) + 2);
        printf("%s%*s%s", cell, padding, "", is_last ? "\n" : "");
    }
}

void sb_json_print(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    g_autofree char *text = json_to_string(root, TRUE);
    puts(text);
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

gboolean sb_output_reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && out.revents & (POLLERR | POLLHUP);
}
