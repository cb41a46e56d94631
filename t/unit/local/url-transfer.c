/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/url-transfer.h"

#include "test.h"

static void test_check(void)
{
    g_assert_true(sb_url_check("https://a/x", FALSE, NULL));
    g_assert_true(sb_url_check("file:///x", FALSE, NULL));
    g_assert_true(sb_url_check("http://a/x", TRUE, NULL));
    static const char *const refused[] = {"http://a/x", "ftp://a/x", "x", "", "javascript:x"};
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(sb_url_check(refused[i], FALSE, &error));
        g_assert_error(error, SB_URL_TRANSFER_ERROR, SB_URL_TRANSFER_ERROR_URL);
    }
}

static void test_basename(void)
{
    static const char *const pairs[][2] = {
        {"https://a/b/x.qcow2", "x.qcow2"},   {"https://a/x?y=/z", "x"}, {"https://a/x#y/z", "x"},
        {"https://a/a%20b.img", "a b.img"},   {"https://a/b/", ""},      {"x", "x"},
        {"https://a/a%2Fb.img", "a%2Fb.img"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *base = sb_url_basename(pairs[i][0]);
        g_assert_cmpstr(base, ==, pairs[i][1]);
    }
}

static void test_is_file(void)
{
    g_assert_true(sb_url_is_file("file:///x"));
    g_assert_true(sb_url_is_file("FILE:///x"));
    g_assert_false(sb_url_is_file("https://file:/x"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/url-transfer/check", test_check);
    g_test_add_func("/url-transfer/basename", test_basename);
    g_test_add_func("/url-transfer/is-file", test_is_file);
    return g_test_run();
}
