/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/loop.h"

struct SbLoop {
    GMainLoop *loop;
    gboolean is_over;
    GSource *cancel; /**< (nullable) */
    SbLoopCancelledFunc cancelled;
    gpointer data;
};

static gboolean on_cancelled(G_GNUC_UNUSED GCancellable *cancellable, gpointer data)
{
    SbLoop *loop = data;
    if (loop->cancelled)
        loop->cancelled(loop->data);
    else
        sb_loop_end(loop);
    return G_SOURCE_REMOVE;
}

SbLoop *sb_loop_new(GCancellable *cancellable, SbLoopCancelledFunc cancelled, gpointer data)
{
    SbLoop *loop = g_new0(SbLoop, 1);
    loop->loop = g_main_loop_new(NULL, FALSE);
    loop->cancelled = cancelled;
    loop->data = data;
    if (!cancellable)
        return loop;
    loop->cancel = g_cancellable_source_new(cancellable);
    g_source_set_callback(loop->cancel, G_SOURCE_FUNC(on_cancelled), loop, NULL);
    g_source_attach(loop->cancel, NULL);
    return loop;
}

void sb_loop_free(SbLoop *loop)
{
    if (loop->cancel) {
        g_source_destroy(loop->cancel);
        g_source_unref(loop->cancel);
    }
    g_main_loop_unref(loop->loop);
    g_free(loop);
}

void sb_loop_wait(SbLoop *loop)
{
    if (!loop->is_over)
        g_main_loop_run(loop->loop);
}

void sb_loop_end(SbLoop *loop)
{
    loop->is_over = TRUE;
    g_main_loop_quit(loop->loop);
}

/* ---- work beside the loop ---- */

typedef struct {
    SbBlockingFunc function;
    gpointer data;
    SbLoop *loop;
    gboolean is_good;
    GError *error;
} Work;

static gboolean on_work_ended(gpointer data)
{
    sb_loop_end(data);
    return G_SOURCE_REMOVE;
}

static gpointer work(gpointer data)
{
    Work *work = data;
    work->is_good = work->function(work->data, &work->error);
    g_idle_add_full(G_PRIORITY_DEFAULT, on_work_ended, work->loop, NULL);
    return NULL;
}

gboolean sb_loop_run_beside(const char *name, SbBlockingFunc function, gpointer data,
                            GError **error)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Work beside = {.function = function, .data = data, .loop = loop};
    GThread *thread = g_thread_new(name, work, &beside);
    sb_loop_wait(loop);
    g_thread_join(thread);
    if (beside.error)
        g_propagate_error(error, beside.error);
    return beside.is_good;
}
