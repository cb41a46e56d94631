/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/loop.h"

#include "base/workers.h"

struct SbLoop {
    GMainLoop *loop;
    gboolean is_over;
    GSource *cancel; /**< (nullable) */
    SbLoopFunc cancelled;
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

SbLoop *sb_loop_new(GCancellable *cancellable, SbLoopFunc cancelled, gpointer data)
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

/* ---- work in the thread of the loop ---- */

typedef struct {
    SbLoopFunc function;
    gpointer data;
    GMainLoop *loop;
} Visit;

static gboolean on_visit(gpointer data)
{
    Visit *visit = data;
    /* The calling thread does not wait yet: it would not see the end. */
    if (!g_main_loop_is_running(visit->loop))
        return G_SOURCE_CONTINUE;
    /* This thread may have another context for what it begins; we only run the default one. */
    g_main_context_push_thread_default(NULL);
    visit->function(visit->data);
    g_main_context_pop_thread_default(NULL);
    g_main_loop_quit(visit->loop);
    return G_SOURCE_REMOVE;
}

void sb_loop_run_in_main(SbLoopFunc function, gpointer data)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Visit visit = {function, data, loop};
    g_idle_add_full(G_PRIORITY_DEFAULT, on_visit, &visit, NULL);
    /* If another thread runs the main loop, this waits until that thread ends LOOP, or stops. */
    g_main_loop_run(loop);
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
    GThread *thread = sb_worker_start(name, work, &beside, error);
    if (!thread)
        return FALSE;
    sb_loop_wait(loop);
    g_thread_join(thread);
    if (beside.error)
        g_propagate_error(error, beside.error);
    return beside.is_good;
}
