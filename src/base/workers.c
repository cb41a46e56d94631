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

GThreadPool *sb_workers_new(GFunc work, gpointer data, guint most, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GThreadPool *pool = g_thread_pool_new(work, data, (gint)most, TRUE, &cause);
    if (g_thread_pool_get_num_threads(pool) > 0)
        return pool;
    g_thread_pool_free(pool, TRUE, FALSE);
    set_error(error, cause);
    return NULL;
}
