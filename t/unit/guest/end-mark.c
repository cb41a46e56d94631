/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/end-mark.h"

#include "test.h"

#include <string.h>

static void test_find(void)
{
    static const struct {
        const char *bytes;
        gsize before;
        gboolean is_whole;
    } cases[] = {
        {"", 0, FALSE},        {"out", 3, FALSE},   {"abab end", 0, TRUE},   {"xabab end", 1, TRUE},
        {"x\nabab", 2, FALSE}, {"xaba", 1, FALSE},  {"xab", 1, FALSE},       {"xa", 1, FALSE},
        {"xabaab", 4, FALSE},  {"xabax", 5, FALSE}, {"ababab end", 2, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean is_whole;
        g_assert_cmpuint(
            sb_end_mark_find(cases[i].bytes, strlen(cases[i].bytes), "abab end", &is_whole), ==,
            cases[i].before);
        g_assert_cmpint(is_whole, ==, cases[i].is_whole);
    }
}

/* Output is not text. */
static void test_zero_bytes(void)
{
    gboolean is_whole;
    g_assert_cmpuint(sb_end_mark_find("a\0b\0end", 7, "end", &is_whole), ==, 4);
    g_assert_true(is_whole);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/end-mark/find", test_find);
    g_test_add_func("/end-mark/zero-bytes", test_zero_bytes);
    return g_test_run();
}
