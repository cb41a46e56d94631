/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/test-view.h"

#include "base/units.h"
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>

enum { REDRAW_MS = 500 };

/* What a machine does now. */
typedef struct {
    const SbTestRun *run;
    const char *machine;
    const SbStepRun *progress;
    gint64 begun_us;
} Row;

struct SbTestView {
    gboolean is_quiet, is_live, is_coloured;
    GArray *rows; /**< of Row */
    guint drawn;  /**< lines that are on the screen */
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
    for (guint i = 0; i < view->rows->len; i++) {
        const Row *row = &g_array_index(view->rows, Row, i);
        guint64 failed = sb_step_run_count(row->progress, SB_TAP_FAILED), all = failed;
        for (guint outcome = 0; outcome < SB_TAP_N_OUTCOMES; outcome++)
            all += outcome == SB_TAP_FAILED ? 0 : sb_step_run_count(row->progress, outcome);
        fprintf(stderr,
                "… %s: %s: %" G_GUINT64_FORMAT " tests, %" G_GUINT64_FORMAT " failed, %.0f s\n",
                row->machine, row->run->label, all, failed,
                (double)(g_get_monotonic_time() - row->begun_us) / 1e6);
    }
    view->drawn = view->rows->len;
    fflush(stderr);
}

static gboolean on_timer(gpointer data)
{
    draw(data);
    return G_SOURCE_CONTINUE;
}

static void on_started(const SbTestRun *run, const char *machine, const SbStepRun *progress,
                       gpointer data)
{
    SbTestView *view = data;
    Row row = {run, machine, progress, g_get_monotonic_time()};
    g_array_append_val(view->rows, row);
    /* In the log of a CI job, it is all that there is of one that hangs. */
    if (!view->is_live && !view->is_quiet)
        fprintf(stderr, "%s/%s: runs\n", machine, run->label);
    draw(view);
}

/* ": passed, 12 tests (3 s)", or why not. */
static void print_result(const SbSuite *suite)
{
    fprintf(stderr, ": %s", sb_suite_result(suite));
    const char *why = suite->broken ? suite->broken : suite->skip_reason;
    guint64 run = sb_suite_run(suite), failed = suite->counts[SB_TAP_FAILED];
    if (why && *why)
        fprintf(stderr, ": %.*s", (int)strcspn(why, "\n"), why);
    else if (suite->verdict == SB_TAP_VERDICT_UNTRUSTED && suite->problems->len > 0)
        fprintf(stderr, ": %s", ((const SbSuiteProblem *)suite->problems->pdata[0])->text);
    if (run > 0)
        fprintf(stderr, ", %" G_GUINT64_FORMAT " test%s", run, run == 1 ? "" : "s");
    if (failed > 0)
        fprintf(stderr, ", %" G_GUINT64_FORMAT " failed", failed);
    if (suite->duration_ms >= 0)
        fprintf(stderr, " (%.1f s)", (double)suite->duration_ms / 1e3);
    fputc('\n', stderr);
}

static void on_finished(const SbTestRun *run, const char *machine, const SbSuite *suite,
                        gpointer data)
{
    SbTestView *view = data;
    for (guint i = 0; i < view->rows->len && machine; i++) {
        if (g_array_index(view->rows, Row, i).run == run &&
            g_array_index(view->rows, Row, i).machine == machine) {
            g_array_remove_index(view->rows, i);
            break;
        }
    }
    erase(view);
    if (!view->is_quiet) {
        gboolean is_bad = sb_suite_is_bad(suite);
        if (view->is_live)
            fprintf(stderr, "%s%s%s ",
                    !view->is_coloured ? ""
                    : is_bad           ? "\033[31m"
                                       : "\033[32m",
                    is_bad ? "✗" : "✓", view->is_coloured ? "\033[0m" : "");
        fputs(suite->name, stderr);
        print_result(suite);
    }
    draw(view);
}

static void on_note(const char *text, gpointer data)
{
    SbTestView *view = data;
    erase(view);
    if (!view->is_quiet)
        fprintf(stderr, "%s\n", text);
    draw(view);
}

const SbTestRunCallbacks sb_test_view_callbacks = {on_started, on_finished, on_note};

SbTestView *sb_test_view_new(gboolean is_quiet)
{
    SbTestView *view = g_new0(SbTestView, 1);
    view->is_quiet = is_quiet;
    view->is_live = !is_quiet && sb_progress_is_live();
    /* https://no-color.org */
    const char *no_color = g_getenv("NO_COLOR");
    view->is_coloured = view->is_live && !(no_color && *no_color);
    view->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    if (view->is_live)
        view->timer = g_timeout_add(REDRAW_MS, on_timer, view);
    return view;
}

void sb_test_view_free(SbTestView *view)
{
    if (view->timer)
        g_source_remove(view->timer);
    erase(view);
    g_array_unref(view->rows);
    g_free(view);
}
