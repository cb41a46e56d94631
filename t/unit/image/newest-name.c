/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/newest-name.h"
#include "test.h"

#include <string.h>

static void finds(const char *text, const char *pattern, const char *word)
{
    gsize length = strlen(text);
    /* Without the NUL: sanitizers see a read too far. */
    g_autofree char *exact = g_memdup2(text, length);
    g_autofree char *found = sb_newest_name_find(exact, length, pattern);
    g_assert_cmpstr(found, ==, word);
}

/* The listing of a web server: names are in links and in text, and the text can be cut. */
static void test_listing(void)
{
    static const char listing[] =
        "<a href=\"a-3.9.0-x86_64-r0.qcow2\">a-3.9.0-x86_64..&gt;</a> 2026-01-01\n"
        "<a href=\"a-3.9.10-x86_64-r0.qcow2\">a-3.9.10-x86_6..&gt;</a>\n"
        "<a href=\"a-3.9.10-x86_64-r0.qcow2.sha512\">a-3.9.10-x86_6..&gt;</a>\n"
        "<a href=\"a-3.9.11-x86_64-metal-r0.qcow2\">a</a>\n"
        "<a href=\"ba-3.9.12-x86_64-r0.qcow2\">a</a>\n"
        "<a href='./a-3.9.2-x86_64-r0.qcow2'>a</a>";
    finds(listing, "a-3.9.*-x86_64-r0.qcow2", "10");
    finds(listing, "a-*-x86_64-r0.qcow2", "3.9.10");
    finds(listing, "a-3.8.*-x86_64-r0.qcow2", NULL);
}

static void test_lists(void)
{
    finds("0123  k-2023.9.20260101.0-arm64.qcow2\n4567  k-2023.10.20260101.0-arm64.qcow2",
          "k-*-arm64.qcow2", "2023.10.20260101.0");
    finds("# ts=1\n20261004T164559Z/di-20261004T164559Z.qcow2 1501626368\n", "di-*.qcow2",
          "20261004T164559Z");
    finds("", "x-*", NULL);
    finds("x-", "x-*", NULL);
    finds("x-1", "x-*", "1");
    finds("x-../../1", "x-*", "..");
}

static void test_long(void)
{
    g_autofree char *digits = g_strnfill(300, '1');
    g_autofree char *name = g_strconcat("x-", digits, NULL);
    finds(name, "x-*", NULL);
}

static void test_put(void)
{
    g_autofree char *put = sb_newest_name_put("https://x/a-*.qcow2", "1.2");
    g_assert_cmpstr(put, ==, "https://x/a-1.2.qcow2");
    g_autofree char *same = sb_newest_name_put("https://x/a.qcow2", NULL);
    g_assert_cmpstr(same, ==, "https://x/a.qcow2");
    g_assert_null(sb_newest_name_put(NULL, "1"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/newest-name/listing", test_listing);
    g_test_add_func("/newest-name/lists", test_lists);
    g_test_add_func("/newest-name/long", test_long);
    g_test_add_func("/newest-name/put", test_put);
    return g_test_run();
}
