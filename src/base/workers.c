/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/workers.h"

static void set_error(GError **error, const GError *cause)
{
    g_set_error(error, cause->domain, cause->code,
                "this process gets no more threads: %s (what limits them: 'ulimit -v', 'ulimit "
                "-u', or pids.max of the cgroup)",
                cause->message);
}

GThread *sb_worker_start(const char *name, GThreadFunc work, gpointer data, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GThread *thread = g_thread_try_new(name, work, data, &cause);
    if (!thread)
        set_error(error, cause);
    return thread;
}

struct SbWorkers {
    GFunc work;
    gpointer data;
    GPtrArray *threads;
    GMutex lock; /**< of the rest */
    GCond changed;
    GQueue tasks;
    gboolean is_closed; /**< no task comes any more, but from a task */
};

static gpointer do_tasks(gpointer data)
{
    SbWorkers *workers = data;
    g_mutex_lock(&workers->lock);
    while (TRUE) {
        while (workers->tasks.length == 0 && !workers->is_closed)
            g_cond_wait(&workers->changed, &workers->lock);
        if (workers->tasks.length == 0)
            break;
        gpointer task = g_queue_pop_head(&workers->tasks);
        g_mutex_unlock(&workers->lock);
        workers->work(task, workers->data);
        g_mutex_lock(&workers->lock);
    }
    g_mutex_unlock(&workers->lock);
    return NULL;
}

SbWorkers *sb_workers_new(GFunc work, gpointer data, guint most, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbWorkers *workers = g_new0(SbWorkers, 1);
    workers->work = work;
    workers->data = data;
    workers->threads = g_ptr_array_new();
    g_mutex_init(&workers->lock);
    g_cond_init(&workers->changed);
    g_queue_init(&workers->tasks);
    for (guint i = 0; i < MAX(most, 1); i++) {
        GThread *thread = g_thread_try_new("worker", do_tasks, workers, &cause);
        if (!thread)
            break;
        g_ptr_array_add(workers->threads, thread);
    }
    if (workers->threads->len > 0)
        return workers;
    sb_workers_free(workers);
    set_error(error, cause);
    return NULL;
}

void sb_workers_push(SbWorkers *workers, gpointer task)
{
    g_mutex_lock(&workers->lock);
    g_queue_push_tail(&workers->tasks, task);
    g_cond_signal(&workers->changed);
    g_mutex_unlock(&workers->lock);
}

void sb_workers_free(SbWorkers *workers)
{
    if (!workers)
        return;
    g_mutex_lock(&workers->lock);
    workers->is_closed = TRUE;
    g_cond_broadcast(&workers->changed);
    g_mutex_unlock(&workers->lock);
    for (guint i = 0; i < workers->threads->len; i++)
        g_thread_join(g_ptr_array_index(workers->threads, i));
    g_ptr_array_unref(workers->threads);
    g_cond_clear(&workers->changed);
    g_mutex_clear(&workers->lock);
    g_free(workers);
}
