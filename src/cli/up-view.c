/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/up-view.h"

#include "cli/progress.h"
#include "cli/transfer.h"
#include "model/machine-decision.h"

#include <stdio.h>

struct SbUpView {
    gboolean is_quiet;
    gboolean no_wait;     /**< a machine that has started is all that is wanted */
    SbTransfer transfer;  /**< of images, before the machines are planned */
    GPtrArray *names;     /**< of the machines that were planned, and have not all finished */
    SbProgress *progress; /**< NULL before the work begins, and when all machines have finished */
    guint total, unfinished;
    guint made, started;
};

static void begin(SbUpView *view, guint machines)
{
    sb_transfer_end(&view->transfer);
    view->total = machines;
    view->unfinished = machines;
    view->progress = sb_progress_new(view->names, view->is_quiet);
}

static void finish(SbUpView *view, const char *machine, const GError *failure)
{
    sb_progress_end(view->progress, machine,
                    failure         ? SB_PROGRESS_FAILED
                    : view->no_wait ? SB_PROGRESS_STARTED
                                    : SB_PROGRESS_READY);
    if (failure)
        sb_progress_say(view->progress, "seedbed: %s", failure->message);
    /* Something else comes next, such as tests or another boot, which may have its own view. */
    if (--view->unfinished == 0)
        sb_up_view_end(view);
}

static void show(SbUpView *view, const SbEvent *event)
{
    if (event->kind == SB_EVENT_STAGE)
        sb_progress_stage(view->progress, event->machine, event->stage, event->elapsed_ms);
    else if (event->kind == SB_EVENT_AWAITS)
        sb_progress_awaits(view->progress, event->machine, event->stage, (gint64)event->total);
    else if (event->kind == SB_EVENT_SAID)
        sb_progress_said(view->progress, event->machine, event->text);
    else if (!view->is_quiet && (event->kind == SB_EVENT_NOTE || event->kind == SB_EVENT_STEP ||
                                 event->kind == SB_EVENT_SURPLUS))
        sb_progress_say(view->progress, "%s%s%s", event->machine ? event->machine : "",
                        event->machine ? ": " : "", event->text);
    else if (event->kind == SB_EVENT_UNDOING)
        sb_progress_end(view->progress, event->machine, SB_PROGRESS_UNDOING);
    else if (event->kind == SB_EVENT_FINISHED)
        finish(view, event->machine, event->error);
}

void sb_up_view_take(const SbEvent *event, gpointer data)
{
    SbUpView *view = data;
    if (event->kind == SB_EVENT_PLANNED) {
        g_ptr_array_add(view->names, g_strdup(event->machine));
        view->started += event->number == SB_ACTION_START;
    } else if (event->kind == SB_EVENT_BEGUN) {
        begin(view, (guint)event->total);
    } else if (event->kind == SB_EVENT_MADE) {
        view->made += event->number;
    } else if (view->progress) {
        show(view, event);
    } else if (!event->machine || event->kind == SB_EVENT_STEP) {
        sb_transfer_on_event(event, &view->transfer);
    }
}

void sb_up_view_summarize(const SbUpView *view, const SbFleetFile *fleet)
{
    if (view->is_quiet)
        return;
    guint count = view->total;
    g_autofree char *machines =
        g_strdup_printf(count == 1 ? "%u machine is %s" : "%u machines are %s", count,
                        view->no_wait ? "started" : "ready");
    if (view->made + view->started == 0)
        fprintf(stderr, "fleet '%s': nothing to do, %s\n", fleet->name, machines);
    else
        fprintf(stderr, "fleet '%s': %s (%u made, %u started again)\n", fleet->name, machines,
                view->made, view->started);
}

SbUpView *sb_up_view_new(gboolean is_quiet, gboolean no_wait)
{
    SbUpView *view = g_new0(SbUpView, 1);
    view->is_quiet = is_quiet;
    view->no_wait = no_wait;
    view->transfer = sb_transfer_begin(is_quiet);
    view->names = g_ptr_array_new_with_free_func(g_free);
    return view;
}

void sb_up_view_end(SbUpView *view)
{
    sb_transfer_end(&view->transfer);
    g_clear_pointer(&view->progress, sb_progress_free);
    g_ptr_array_set_size(view->names, 0);
}

void sb_up_view_free(SbUpView *view)
{
    sb_up_view_end(view);
    g_ptr_array_unref(view->names);
    g_free(view);
}
