/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Threads that work beside each other; an error says that the host gives none.
 *
 * A GThreadPool starts its threads when tasks come. Where the host gives it none, because memory or
 * the number of processes is limited, it keeps the tasks and never does them.
 *
 * Room: base.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/**
 * Starts one thread, as g_thread_try_new() does. g_thread_new() would end the process.
 *
 * @return (transfer full) or NULL with a GThreadError
 */
GThread *sb_worker_start(const char *name, GThreadFunc work, gpointer data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes a pool and starts its threads: MOST, or as many as the host gives.
 *
 * @param work  gets a task of g_thread_pool_push(), which cannot fail then, and DATA
 * @return (transfer full) for g_thread_pool_free(); or NULL with a GThreadError if there is no
 * thread
 */
GThreadPool *sb_workers_new(GFunc work, gpointer data, guint most,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
