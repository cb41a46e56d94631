/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/up-view.h"

#include "cli/progress.h"

#include <stdio.h>

struct SbUpView {
    gboolean is_quiet;
    SbProgress *progress; /**< NULL before the plan is made, and when all machines are finished */
    GPtrArray *names;
    guint unfinished;
    guint made, started;
};

static void on_planned(const SbPlan *plan, gpointer data)
{
    SbUpView *view = data;
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        g_ptr_array_add(view->names, g_strdup(planned->name));
        view->started += planned->action == SB_ACTION_START;
    }
    view->unfinished = plan->machines->len;
    view->progress = sb_progress_new(view->names, view->is_quiet);
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        if (planned->is_changed && planned->action != SB_ACTION_CREATE)
            sb_progress_say(
                view->progress,
                "%s: the fleet file (or a file that it names, or the image) has changed "
                "since it was made; it stays as it was: 'seedbed down %s' and 'up' make "
                "it anew",
                planned->name, planned->name);
    }
    for (guint i = 0; i < plan->surplus->len; i++) {
        const char *name = g_ptr_array_index(plan->surplus, i);
        sb_progress_say(view->progress,
                        "%s: is not in the fleet file any more; 'seedbed down %s' removes it", name,
                        name);
    }
}

static void on_made(const char *machine, gboolean is_ours, gpointer data)
{
    SbUpView *view = data;
    view->made += is_ours;
}

static void on_stage(const char *machine, SbStage stage, gint64 elapsed_ms, gpointer data)
{
    SbUpView *view = data;
    if (view->progress)
        sb_progress_stage(view->progress, machine, stage, elapsed_ms);
}

static void on_note(const char *machine, const char *text, gpointer data)
{
    SbUpView *view = data;
    if (view->progress)
        sb_progress_say(view->progress, "%s: %s", machine, text);
}

static void on_finished(const char *machine, const GError *failure, gpointer data)
{
    SbUpView *view = data;
    sb_progress_end(view->progress, machine, failure ? SB_PROGRESS_FAILED : SB_PROGRESS_READY);
    if (failure)
        sb_progress_say(view->progress, "seedbed: %s", failure->message);
    /* What comes next, such as tests, may have a view of its own. */
    if (--view->unfinished == 0)
        sb_up_view_end(view);
}

static void on_undoing(const char *machine, gpointer data)
{
    SbUpView *view = data;
    if (view->progress)
        sb_progress_end(view->progress, machine, SB_PROGRESS_UNDOING);
}

void sb_up_view_summarize(const SbUpView *view, const SbFleet *fleet, gboolean no_wait)
{
    if (view->is_quiet)
        return;
    guint count = view->names->len;
    g_autofree char *machines =
        g_strdup_printf(count == 1 ? "%u machine is %s" : "%u machines are %s", count,
                        no_wait ? "started" : "ready");
    if (view->made + view->started == 0)
        fprintf(stderr, "fleet '%s': nothing to do, %s\n", fleet->file->name, machines);
    else
        fprintf(stderr, "fleet '%s': %s (%u made, %u started again)\n", fleet->file->name, machines,
                view->made, view->started);
}

const SbUpCallbacks sb_up_view_callbacks = {on_planned, on_made,     on_stage,
                                            on_note,    on_finished, on_undoing};

SbUpView *sb_up_view_new(gboolean is_quiet)
{
    SbUpView *view = g_new0(SbUpView, 1);
    view->is_quiet = is_quiet;
    view->names = g_ptr_array_new_with_free_func(g_free);
    return view;
}

void sb_up_view_end(SbUpView *view)
{
    g_clear_pointer(&view->progress, sb_progress_free);
}

void sb_up_view_free(SbUpView *view)
{
    sb_up_view_end(view);
    g_ptr_array_unref(view->names);
    g_free(view);
}
