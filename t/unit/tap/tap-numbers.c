/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-numbers.h"
#include "test.h"

static void test_in_order(void)
{
    SbTapNumbers numbers = {0};
    for (guint64 i = 1; i <= 100000; i++)
        g_assert_true(sb_tap_numbers_add(&numbers, i));
    g_assert_cmpuint(numbers.all_up_to, ==, 100000);
    g_assert_cmpuint(numbers.highest, ==, 100000);
    g_assert_null(numbers.window);
    g_assert_false(sb_tap_numbers_add(&numbers, 1));
    g_assert_false(sb_tap_numbers_add(&numbers, 100000));
    g_assert_true(sb_tap_numbers_add(&numbers, 100001));
    sb_tap_numbers_clear(&numbers);
    g_assert_cmpuint(numbers.highest, ==, 0);
}

static void test_out_of_order(void)
{
    SbTapNumbers numbers = {0};
    g_assert_true(sb_tap_numbers_add(&numbers, 3));
    g_assert_true(sb_tap_numbers_add(&numbers, 5));
    g_assert_false(sb_tap_numbers_add(&numbers, 3));
    g_assert_cmpuint(numbers.all_up_to, ==, 0);
    g_assert_true(sb_tap_numbers_add(&numbers, 1));
    g_assert_cmpuint(numbers.all_up_to, ==, 1);
    g_assert_true(sb_tap_numbers_add(&numbers, 2));
    g_assert_cmpuint(numbers.all_up_to, ==, 3);
    g_assert_false(sb_tap_numbers_add(&numbers, 3));
    g_assert_true(sb_tap_numbers_add(&numbers, 4));
    g_assert_cmpuint(numbers.all_up_to, ==, 5);
    g_assert_cmpuint(numbers.highest, ==, 5);
    sb_tap_numbers_clear(&numbers);
}

/* The same bits serve for numbers that are further and further on. */
static void test_window_moves(void)
{
    SbTapNumbers numbers = {0};
    for (guint64 i = 1; i < 3 * (guint64)SB_TAP_NUMBERS_WINDOW; i += 2) {
        g_assert_true(sb_tap_numbers_add(&numbers, i + 1));
        g_assert_false(sb_tap_numbers_add(&numbers, i + 1));
        g_assert_true(sb_tap_numbers_add(&numbers, i));
        g_assert_cmpuint(numbers.all_up_to, ==, i + 1);
    }
    g_assert_cmpuint(numbers.untracked, ==, 0);
    sb_tap_numbers_clear(&numbers);
}

static void test_too_far(void)
{
    SbTapNumbers numbers = {0};
    g_assert_true(sb_tap_numbers_add(&numbers, SB_TAP_NUMBERS_WINDOW));
    g_assert_cmpuint(numbers.untracked, ==, 0);
    g_assert_false(sb_tap_numbers_add(&numbers, SB_TAP_NUMBERS_WINDOW));
    g_assert_true(sb_tap_numbers_add(&numbers, SB_TAP_NUMBERS_WINDOW + 1));
    g_assert_true(sb_tap_numbers_add(&numbers, G_MAXUINT64));
    g_assert_true(sb_tap_numbers_add(&numbers, G_MAXUINT64));
    g_assert_cmpuint(numbers.untracked, ==, 3);
    g_assert_cmpuint(numbers.highest, ==, G_MAXUINT64);
    /* Moving on stops where nothing is known to have been seen. */
    g_assert_true(sb_tap_numbers_add(&numbers, 1));
    g_assert_cmpuint(numbers.all_up_to, ==, 1);
    sb_tap_numbers_clear(&numbers);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/tap-numbers/in-order", test_in_order);
    g_test_add_func("/tap-numbers/out-of-order", test_out_of_order);
    g_test_add_func("/tap-numbers/window-moves", test_window_moves);
    g_test_add_func("/tap-numbers/too-far", test_too_far);
    return g_test_run();
}
