/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/workers.h"

GThreadPool *sb_workers_new(GFunc work, gpointer data, guint most, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GThreadPool *pool = g_thread_pool_new(work, data, (gint)most, TRUE, &cause);
    if (g_thread_pool_get_num_threads(pool) > 0)
        return pool;
    g_thread_pool_free(pool, TRUE, FALSE);
    g_set_error(error, cause->domain, cause->code,
                "this process gets no more threads: %s (what limits them: 'ulimit -v', 'ulimit "
                "-u', or pids.max of the cgroup)",
                cause->message);
    return NULL;
}
