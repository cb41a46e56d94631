/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Threads that work beside each other; an error says that the host gives none.
 *
 * A GThreadPool is not used for two reasons. It starts its threads when tasks come: where the host
 * gives it none, because memory or the number of processes is limited, it keeps the tasks and never
 * does them. And nobody can wait for the end of its threads: one that still ends while the process
 * exits runs destructors of libraries (OpenSSL's) that are gone.
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

/** Threads that do one task after the other, in the order in which they come. */
typedef struct SbWorkers SbWorkers;

/**
 * Starts threads: MOST, or as many as the host gives.
 *
 * @param work  gets a task, and DATA
 * @return (transfer full) or NULL with a GThreadError if there is no thread
 */
SbWorkers *sb_workers_new(GFunc work, gpointer data, guint most,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Gives TASK to the thread that is free next. */
void sb_workers_push(SbWorkers *workers, gpointer task);

/** Waits until all tasks are done and the threads have ended, and frees WORKERS (nullable). */
void sb_workers_free(SbWorkers *workers);
