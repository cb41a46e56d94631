/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/capped-text.h"
#include "test.h"

#include <string.h>

static void assert_text(const SbCappedText *text, const char *expected)
{
    GString *all = sb_capped_text_get(text);
    g_assert_cmpstr(all->str, ==, expected);
    g_string_free(all, TRUE);
}

static void add(SbCappedText *text, const char *bytes)
{
    sb_capped_text_add(text, bytes, strlen(bytes));
}

static void test_short(void)
{
    g_autoptr(SbCappedText) text = sb_capped_text_new(4, 3);
    g_assert_true(sb_capped_text_is_empty(text));
    assert_text(text, "");
    add(text, "ab");
    assert_text(text, "ab");
    add(text, "cdefg");
    g_assert_false(sb_capped_text_is_empty(text));
    assert_text(text, "abcdefg");
}

static void test_long(void)
{
    g_autoptr(SbCappedText) text = sb_capped_text_new(4, 3);
    add(text, "abcdefgh");
    assert_text(text, "abcd\n[… 1 bytes are left out here …]\nfgh");
    for (const char *c = "ijklmnopqrstuvwxyz"; *c; c++)
        sb_capped_text_add(text, c, 1);
    assert_text(text, "abcd\n[… 19 bytes are left out here …]\nxyz");
    sb_capped_text_clear(text);
    g_assert_true(sb_capped_text_is_empty(text));
    add(text, "x");
    assert_text(text, "x");
}

/* The pieces do not matter: the same bytes are kept. */
static void test_pieces(void)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";
    for (gsize size = 1; size <= strlen(alphabet); size++) {
        g_autoptr(SbCappedText) text = sb_capped_text_new(5, 5);
        for (gsize i = 0; i < strlen(alphabet); i += size)
            sb_capped_text_add(text, alphabet + i, MIN(size, strlen(alphabet) - i));
        assert_text(text, "abcde\n[… 16 bytes are left out here …]\nvwxyz");
    }
}

static void test_nothing_kept(void)
{
    g_autoptr(SbCappedText) text = sb_capped_text_new(0, 0);
    add(text, "abc");
    assert_text(text, "\n[… 3 bytes are left out here …]\n");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/capped-text/short", test_short);
    g_test_add_func("/capped-text/long", test_long);
    g_test_add_func("/capped-text/pieces", test_pieces);
    g_test_add_func("/capped-text/nothing-kept", test_nothing_kept);
    return g_test_run();
}
