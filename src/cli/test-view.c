/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/test-view.h"

#include "base/array.h"
#include "cli/output.h"
#include "cli/progress.h"

#include <stdio.h>

enum { REDRAW_MS = 500 };

/* The step that a machine runs now. */
typedef struct {
    char *machine;
    char *label;
    guint64 tests;
    guint failed;
    gint64 begun_us;
} Row;

static void row_free(gpointer data)
{
    Row *row = data;
    g_free(row->machine);
    g_free(row->label);
    g_free(row);
}

struct SbTestView {
    gboolean is_quiet, is_live, is_coloured;
    GPtrArray *rows; /**< of Row */
    guint drawn;     /**< lines that are on the screen */
    guint timer;
};

static void erase(SbTestView *view)
{
    if (view->drawn > 0)
        fprintf(stderr, "\033[%uA\r\033[J", view->drawn);
    view->drawn = 0;
}

static void draw(SbTestView *view)
{
    if (!view->is_live)
        return;
    erase(view);
    g_autofree char *mark = sb_output_text("…");
    SB_EACH(const Row, row, view->rows)
        fprintf(stderr, "%s %s: %s: %" G_GUINT64_FORMAT " tests, %u failed, %.0f s\n", mark,
                row->machine, row->label, row->tests, row->failed,
                (double)(g_get_monotonic_time() - row->begun_us) / 1e6);
    view->drawn = view->rows->len;
    fflush(stderr);
}

static gboolean on_timer(gpointer data)
{
    draw(data);
    return G_SOURCE_CONTINUE;
}

/* The row of MACHINE; NULL if it runs nothing. */
static Row *find_row(const SbTestView *view, const char *machine)
{
    SB_EACH(Row, row, view->rows)
        if (g_strcmp0(row->machine, machine) == 0)
            return row;
    return NULL;
}

static void start(SbTestView *view, const SbEvent *event)
{
    Row *row = g_new0(Row, 1);
    row->machine = g_strdup(event->machine);
    row->label = g_strdup(event->text);
    row->begun_us = g_get_monotonic_time();
    g_ptr_array_add(view->rows, row);
    /* If a step hangs, this is the only line about it in the log of a CI job. */
    if (!view->is_live && !view->is_quiet)
        fprintf(stderr, "%s/%s: runs\n", row->machine, row->label);
    draw(view);
}

static void progress(SbTestView *view, const SbEvent *event)
{
    Row *row = find_row(view, event->machine);
    if (!row)
        return;
    row->tests = event->done;
    row->failed = event->number;
}

/* Prints TEXT above the live view, behind a mark if there is a view. */
static void say(SbTestView *view, const char *text, const char *mark, const char *colour)
{
    if (view->is_quiet)
        return;
    erase(view);
    g_autofree char *shown = sb_output_text(mark ? mark : "");
    if (view->is_live && mark)
        fprintf(stderr, "%s%s%s ", view->is_coloured ? colour : "", shown,
                view->is_coloured ? "\033[0m" : "");
    g_autofree char *line = sb_output_text(text);
    fprintf(stderr, "%s\n", line);
    draw(view);
}

static void end(SbTestView *view, const SbEvent *event)
{
    Row *row = find_row(view, event->machine);
    if (row)
        g_ptr_array_remove(view->rows, row);
    if (event->number)
        say(view, event->text, "✗", "\033[31m");
    else
        say(view, event->text, "✓", "\033[32m");
}

void sb_test_view_take(const SbEvent *event, SbTestView *view)
{
    if (event->kind == SB_EVENT_TEST_STARTED)
        start(view, event);
    else if (event->kind == SB_EVENT_TEST_PROGRESS)
        progress(view, event);
    else if (event->kind == SB_EVENT_TEST_ENDED)
        end(view, event);
    else if (event->kind == SB_EVENT_NOTE && !event->machine)
        say(view, event->text, NULL, NULL);
    else if (event->kind == SB_EVENT_REMOVED && !view->is_quiet)
        fprintf(stderr, "%s: removed\n", event->machine);
}

SbTestView *sb_test_view_new(gboolean is_quiet)
{
    SbTestView *view = g_new0(SbTestView, 1);
    view->is_quiet = is_quiet;
    view->is_live = !is_quiet && sb_progress_is_live();
    /* https://no-color.org */
    const char *no_color = g_getenv("NO_COLOR");
    view->is_coloured = view->is_live && !(no_color && *no_color);
    view->rows = g_ptr_array_new_with_free_func(row_free);
    if (view->is_live)
        view->timer = g_timeout_add(REDRAW_MS, on_timer, view);
    return view;
}

void sb_test_view_free(SbTestView *view)
{
    g_clear_handle_id(&view->timer, g_source_remove);
    erase(view);
    g_ptr_array_unref(view->rows);
    g_free(view);
}
