/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/loop.h"

#include "test.h"

static gboolean on_event(gpointer loop)
{
    sb_loop_end(loop);
    return G_SOURCE_REMOVE;
}

static void test_event_ends_it(void)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    g_idle_add(on_event, loop);
    sb_loop_wait(loop);
}

static void test_ended_before(void)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    sb_loop_end(loop);
    sb_loop_wait(loop);
}

static gboolean on_cancel(gpointer cancellable)
{
    g_cancellable_cancel(cancellable);
    return G_SOURCE_REMOVE;
}

static void test_cancel_ends_it(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(SbLoop) loop = sb_loop_new(cancellable, NULL, NULL);
    g_idle_add(on_cancel, cancellable);
    sb_loop_wait(loop);
}

typedef struct {
    SbLoop *loop;
    guint calls;
} Cancelled;

static void on_cancelled(gpointer data)
{
    Cancelled *cancelled = data;
    cancelled->calls++;
    /* What is under way still has to end. */
    g_idle_add(on_event, cancelled->loop);
}

static void test_cancel_is_told(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Cancelled cancelled = {0};
    g_autoptr(SbLoop) loop = sb_loop_new(cancellable, on_cancelled, &cancelled);
    cancelled.loop = loop;
    g_cancellable_cancel(cancellable);
    sb_loop_wait(loop);
    g_assert_cmpuint(cancelled.calls, ==, 1);
}

typedef struct {
    GThread *thread;
    gint has_ticked; /**< an event was handled while the work was under way */
} Beside;

static gboolean on_tick(gpointer data)
{
    Beside *beside = data;
    g_atomic_int_set(&beside->has_ticked, TRUE);
    return G_SOURCE_REMOVE;
}

static gboolean work(gpointer data, GError **error)
{
    Beside *beside = data;
    beside->thread = g_thread_self();
    while (!g_atomic_int_get(&beside->has_ticked))
        g_usleep(1000);
    return TRUE;
}

static void test_beside(void)
{
    Beside beside = {0};
    g_autoptr(GError) error = NULL;
    g_idle_add(on_tick, &beside);
    g_assert_true(sb_loop_run_beside("work", work, &beside, &error));
    g_assert_no_error(error);
    g_assert_true(beside.thread != g_thread_self());
}

static gboolean fail(gpointer data, GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
    return FALSE;
}

static void test_beside_fails(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_loop_run_beside("work", fail, NULL, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* ---- work in the thread of the loop ---- */

typedef struct {
    GThread *thread; /**< that the work was in */
    SbLoop *main;    /**< ended by the work */
} Visited;

/* Waits for an event of a context that nobody runs, if the thread's own context were used. */
static void visit(gpointer data)
{
    Visited *visited = data;
    visited->thread = g_thread_self();
    g_assert_null(g_main_context_get_thread_default());
    test_event_ends_it();
    if (visited->main)
        sb_loop_end(visited->main);
}

static void test_run_in_main_without_loop(void)
{
    Visited visited = {0};
    sb_loop_run_in_main(visit, &visited);
    g_assert_true(visited.thread == g_thread_self());
}

static gboolean on_visit(gpointer data)
{
    sb_loop_run_in_main(visit, data);
    return G_SOURCE_REMOVE;
}

static void test_run_in_main_from_loop(void)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Visited visited = {.main = loop};
    g_idle_add(on_visit, &visited);
    sb_loop_wait(loop);
    g_assert_true(visited.thread == g_thread_self());
}

static gpointer visit_from_thread(gpointer data)
{
    g_autoptr(GMainContext) own = g_main_context_new();
    g_main_context_push_thread_default(own);
    sb_loop_run_in_main(visit, data);
    g_main_context_pop_thread_default(own);
    return NULL;
}

static void test_run_in_main_from_thread(void)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Visited visited = {.main = loop};
    GThread *thread = g_thread_new("visit", visit_from_thread, &visited);
    sb_loop_wait(loop);
    g_assert_true(visited.thread == g_thread_self());
    g_thread_join(thread);
}

static void test_run_in_main_from_thread_alone(void)
{
    Visited visited = {0};
    GThread *thread = g_thread_new("visit", visit_from_thread, &visited);
    g_thread_join(thread);
    g_assert_true(visited.thread != g_thread_self());
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/loop/event-ends-it", test_event_ends_it);
    g_test_add_func("/loop/ended-before", test_ended_before);
    g_test_add_func("/loop/cancel-ends-it", test_cancel_ends_it);
    g_test_add_func("/loop/cancel-is-told", test_cancel_is_told);
    g_test_add_func("/loop/beside", test_beside);
    g_test_add_func("/loop/beside-fails", test_beside_fails);
    g_test_add_func("/loop/in-main/without-loop", test_run_in_main_without_loop);
    g_test_add_func("/loop/in-main/from-loop", test_run_in_main_from_loop);
    g_test_add_func("/loop/in-main/from-thread", test_run_in_main_from_thread);
    g_test_add_func("/loop/in-main/from-thread-alone", test_run_in_main_from_thread_alone);
    return g_test_run();
}
