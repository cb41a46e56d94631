/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/workers.h"

#include "test.h"
#include "threads.h"

#include <string.h>

static void count(gpointer task, gpointer data)
{
    g_atomic_int_add((gint *)data, GPOINTER_TO_INT(task));
}

static gpointer nothing(gpointer data)
{
    return data;
}

static void tasks_are_done(void)
{
    gint sum = 0;
    g_autoptr(GError) error = NULL;
    SbWorkers *workers = sb_workers_new(count, &sum, 3, &error);
    g_assert_no_error(error);
    for (int i = 1; i <= 100; i++)
        sb_workers_push(workers, GINT_TO_POINTER(i));
    sb_workers_free(workers);
    g_assert_cmpint(sum, ==, 5050);
}

static void no_thread_is_an_error(void)
{
    gint sum = 0;
    g_autoptr(GError) error = NULL;
    gsize usual = refuse_threads();
    g_assert_null(sb_worker_start("none", nothing, NULL, NULL));
    g_assert_null(sb_workers_new(count, &sum, 3, &error));
    set_stack_bytes(usual);
    g_assert_error(error, G_THREAD_ERROR, G_THREAD_ERROR_AGAIN);
    g_assert_nonnull(strstr(error->message, "ulimit -u"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/workers/no-thread-is-an-error", no_thread_is_an_error);
    g_test_add_func("/workers/tasks-are-done", tasks_are_done);
    return g_test_run();
}
