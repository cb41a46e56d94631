/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/table.h"

#include "base/array.h"
#include "base/error.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>

SB_DEFINE_ERROR(sb_table_error, SB_ERRORS_ALL)

/* Blanks between two columns; the narrowest column that is cut. */
enum { GAP = 2, NARROWEST = 6 };

typedef struct {
    char *heading;
    gboolean is_optional;
    GPtrArray *cells; /**< of char * */
} Column;

struct SbTable {
    GPtrArray *columns; /**< of Column */
    GPtrArray *chosen;  /**< (nullable) of Column, which belong to COLUMNS */
};

static void column_free(gpointer data)
{
    Column *column = data;
    g_free(column->heading);
    g_ptr_array_unref(column->cells);
    g_free(column);
}

SbTable *sb_table_new(const char *heading, ...)
{
    SbTable *table = g_new0(SbTable, 1);
    table->columns = g_ptr_array_new_with_free_func(column_free);
    va_list headings;
    va_start(headings, heading);
    for (; heading; heading = va_arg(headings, const char *)) {
        Column *column = g_new0(Column, 1);
        column->heading = g_strdup(heading);
        column->cells = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(table->columns, column);
    }
    va_end(headings);
    return table;
}

void sb_table_free(SbTable *table)
{
    g_ptr_array_unref(table->columns);
    g_clear_pointer(&table->chosen, g_ptr_array_unref);
    g_free(table);
}

void sb_table_add(SbTable *table, ...)
{
    va_list cells;
    va_start(cells, table);
    SB_EACH(const Column, column, table->columns) {
        const char *cell = va_arg(cells, const char *);
        g_ptr_array_add(column->cells, sb_text_one_line(cell ? cell : "-"));
    }
    va_end(cells);
}

/* ---- which columns ---- */

static gboolean is_called(const Column *column, const char *name)
{
    g_autofree char *words = g_strdelimit(g_ascii_strup(name, -1), "-_", ' ');
    return strcmp(g_strstrip(words), column->heading) == 0;
}

static Column *find(const SbTable *table, const char *name)
{
    for (guint i = 0; i < table->columns->len; i++)
        if (is_called(table->columns->pdata[i], name))
            return table->columns->pdata[i];
    return NULL;
}

void sb_table_set_optional(SbTable *table, const char *heading)
{
    Column *column = find(table, heading);
    g_return_if_fail(column);
    column->is_optional = TRUE;
}

/* (transfer full) the names that sb_table_choose() takes */
static char *all_names(const SbTable *table)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < table->columns->len; i++) {
        const Column *column = table->columns->pdata[i];
        g_autofree char *name = g_strdelimit(g_ascii_strdown(column->heading, -1), " ", '-');
        g_string_append_printf(names, "%s%s", i ? ", " : "", name);
    }
    return g_string_free(names, FALSE);
}

gboolean sb_table_choose(SbTable *table, const char *names, GError **error)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new();
    g_auto(GStrv) words = g_strsplit(names, ",", -1);
    for (char **word = words; *word; word++) {
        Column *column = find(table, *word);
        if (!column) {
            g_autofree char *known = all_names(table);
            return sb_error_set(error, SB_TABLE_ERROR, SB_TABLE_ERROR_COLUMN,
                                "'%.40s' is not a column: use %s", *word, known);
        }
        g_ptr_array_add(chosen, column);
    }
    table->chosen = g_steal_pointer(&chosen);
    return TRUE;
}

static gboolean is_left_out(const Column *column)
{
    gboolean is_empty = column->is_optional;
    for (guint i = 0; is_empty && i < column->cells->len; i++)
        is_empty = strcmp(column->cells->pdata[i], "-") == 0;
    return is_empty;
}

/* (transfer full) the columns that are shown: of Column */
static GPtrArray *shown_columns(const SbTable *table)
{
    if (table->chosen)
        return g_ptr_array_ref(table->chosen);
    GPtrArray *shown = g_ptr_array_new();
    for (guint i = 0; i < table->columns->len; i++)
        if (!is_left_out(table->columns->pdata[i]))
            g_ptr_array_add(shown, table->columns->pdata[i]);
    return shown;
}

/* ---- widths ---- */

static guint width_of_character(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

static guint width_of(const char *text)
{
    guint width = 0;
    for (; *text; text = g_utf8_next_char(text))
        width += width_of_character(g_utf8_get_char(text));
    return width;
}

static guint width_of_column(const Column *column)
{
    guint width = width_of(column->heading);
    for (guint i = 0; i < column->cells->len; i++)
        width = MAX(width, width_of(column->cells->pdata[i]));
    return width;
}

/* Makes the widest column narrower by one, the last one of several. FALSE if none can be. */
static gboolean shrink(const GPtrArray *columns, guint *widths)
{
    guint widest = columns->len;
    for (guint i = 0; i < columns->len; i++) {
        const Column *column = columns->pdata[i];
        gboolean can_shrink = widths[i] > MAX(width_of(column->heading), NARROWEST);
        if (can_shrink && (widest == columns->len || widths[i] >= widths[widest]))
            widest = i;
    }
    if (widest == columns->len)
        return FALSE;
    widths[widest]--;
    return TRUE;
}

/* (transfer full) the width of each of COLUMNS, so that a line has at most WIDTH if that is not 0
 */
static guint *fit(const GPtrArray *columns, guint width)
{
    guint *widths = g_new0(guint, columns->len);
    guint line = 0;
    for (guint i = 0; i < columns->len; i++) {
        widths[i] = width_of_column(columns->pdata[i]);
        line += widths[i] + (i ? GAP : 0);
    }
    while (width > 0 && line > width && shrink(columns, widths))
        line--;
    return widths;
}

/* ---- lines ---- */

/* Appends CELL, cut to WIDTH. Returns the width that it takes. */
static guint add_cell(GString *lines, const char *cell, guint width)
{
    guint whole = width_of(cell), used = 0;
    if (whole <= width) {
        g_string_append(lines, cell);
        return whole;
    }
    for (; *cell; cell = g_utf8_next_char(cell)) {
        guint more = width_of_character(g_utf8_get_char(cell));
        if (used + more + 1 > width)
            break;
        g_string_append_unichar(lines, g_utf8_get_char(cell));
        used += more;
    }
    g_string_append(lines, "…");
    return used + 1;
}

/* ROW: its number; -1: the headings */
static void add_row(GString *lines, const GPtrArray *columns, const guint *widths, int row)
{
    for (guint i = 0; i < columns->len; i++) {
        const Column *column = columns->pdata[i];
        const char *cell = row < 0 ? column->heading : column->cells->pdata[row];
        guint used = add_cell(lines, cell, widths[i]);
        if (i + 1 < columns->len)
            g_string_append_printf(lines, "%*s", (int)(widths[i] - used + GAP), "");
    }
    g_string_append_c(lines, '\n');
}

char *sb_table_to_string(const SbTable *table, guint width)
{
    g_autoptr(GPtrArray) columns = shown_columns(table);
    g_autofree guint *widths = fit(columns, width);
    GString *lines = g_string_new(NULL);
    const Column *first = table->columns->pdata[0];
    for (int row = -1; row < (int)first->cells->len; row++)
        add_row(lines, columns, widths, row);
    return g_string_free(lines, FALSE);
}
