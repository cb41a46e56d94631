/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/forms.h"
#include "test.h"

static void test_consists_of(void)
{
    g_assert_true(sb_form_consists_of("ab", "abc", 1, 2));
    g_assert_true(sb_form_consists_of("", "abc", 0, 2));
    g_assert_false(sb_form_consists_of("", "abc", 1, 2));
    g_assert_false(sb_form_consists_of("abc", "abc", 1, 2));
    g_assert_false(sb_form_consists_of("ad", "abc", 1, 2));
    g_assert_false(sb_form_consists_of("a\n", "abc", 1, 2));
}

static void test_is_time(void)
{
    static const char *const good[] = {"2024-01-31T12:30:45Z", "2024-02-29T00:00:00.125Z"};
    static const char *const bad[] = {"",
                                      "Z",
                                      "2024-01-31T12:30:45",
                                      "2024-01-31T12:30:45+00Z",
                                      "2024-01-31 12:30:45Z",
                                      "2024-13-31T12:30:45Z",
                                      "2024-01-31T12:30:45Z\n",
                                      "2024-01-31T12:30:45.000000000000000Z"};
    for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(sb_form_is_time(good[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(sb_form_is_time(bad[i]));
}

static void test_is_sha256(void)
{
    g_autofree char *good = g_strnfill(64, 'f');
    g_autofree char *upper = g_strnfill(64, 'F');
    g_assert_true(sb_form_is_sha256(good));
    g_assert_false(sb_form_is_sha256(good + 1));
    g_assert_false(sb_form_is_sha256(upper));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/forms/consists-of", test_consists_of);
    g_test_add_func("/forms/is-time", test_is_time);
    g_test_add_func("/forms/is-sha256", test_is_sha256);
    return g_test_run();
}
