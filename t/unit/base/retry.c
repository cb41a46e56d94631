/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/retry.h"

#include "test.h"

static void test_count(void)
{
    SbRetry retry = {.tries = 3, .pause_ms = 1};
    guint tries = 0;
    do
        tries++;
    while (sb_retry_again(&retry));
    g_assert_cmpuint(tries, ==, 3);
    g_assert_cmpuint(retry.tried, ==, 3);
}

static void test_only_once(void)
{
    SbRetry retry = {.tries = 1, .pause_ms = 60 * 1000};
    g_assert_false(sb_retry_again(&retry));
}

static void test_pause(void)
{
    gint64 begun = g_get_monotonic_time();
    g_assert_true(sb_pause(20, NULL));
    g_assert_cmpint(g_get_monotonic_time() - begun, >=, 20 * 1000);
}

static void test_cancelled_before(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    SbRetry retry = {.tries = 9, .pause_ms = 3600 * 1000, .cancellable = cancellable};
    g_cancellable_cancel(cancellable);
    g_assert_false(sb_retry_again(&retry));
}

static gpointer cancel(gpointer cancellable)
{
    g_usleep(20 * 1000);
    g_cancellable_cancel(cancellable);
    return NULL;
}

/* Without the cancellable it would sleep for an hour. */
static void test_cancelled_meanwhile(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    GThread *thread = g_thread_new("cancel", cancel, cancellable);
    g_assert_false(sb_pause(3600 * 1000, cancellable));
    g_thread_join(thread);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/retry/count", test_count);
    g_test_add_func("/retry/only-once", test_only_once);
    g_test_add_func("/retry/pause", test_pause);
    g_test_add_func("/retry/cancelled-before", test_cancelled_before);
    g_test_add_func("/retry/cancelled-meanwhile", test_cancelled_meanwhile);
    return g_test_run();
}
