/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/lines.h"

#include "test.h"

#include <string.h>

static void add(const char *line, gsize length, gpointer data)
{
    g_autofree char *text = g_strndup(line, length);
    g_ptr_array_add(data, g_steal_pointer(&text));
}

/* What comes of the pieces, with "|" behind each line. */
static void assert_lines(const char *const *pieces, const char *expected)
{
    g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(SbLines) lines = sb_lines_new(add, got);
    for (gsize i = 0; pieces[i]; i++)
        sb_lines_push(lines, pieces[i], strlen(pieces[i]));
    sb_lines_flush(lines);
    sb_lines_flush(lines);
    g_ptr_array_add(got, NULL);
    g_autofree char *text = g_strjoinv("|", (char **)got->pdata);
    g_assert_cmpstr(text, ==, expected);
}

static void test_lines(void)
{
    assert_lines((const char *const[]){NULL}, "");
    assert_lines((const char *const[]){"a\nb\n", NULL}, "a\n|b\n");
    assert_lines((const char *const[]){"a", "b\n\nc", NULL}, "ab\n|\n|c");
}

static void test_long_line(void)
{
    g_autofree char *half = g_strnfill(64 * 1024 - 1, 'x');
    g_autofree char *expected = g_strconcat(half, "yz|\n|end", NULL);
    assert_lines((const char *const[]){half, "yz", "\nend", NULL}, expected);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/lines/pieces", test_lines);
    g_test_add_func("/lines/too-long", test_long_line);
    return g_test_run();
}
