/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/yaml-text.h"
#include "test.h"

#include <string.h>

static void mark_is(SbMark mark, guint line, guint column)
{
    g_assert_cmpuint(mark.line, ==, line);
    g_assert_cmpuint(mark.column, ==, column);
}

static void test_mark(void)
{
    mark_is(sb_yaml_text_mark("", 0), 1, 1);
    mark_is(sb_yaml_text_mark("ab\nc", 2), 1, 3);
    mark_is(sb_yaml_text_mark("ab\nc", 3), 2, 1);
    /* a column is a character, not a byte */
    mark_is(sb_yaml_text_mark("äöü", strlen("äö")), 1, 3);
}

static void test_is_tab(void)
{
    static const char text[] = "ä\tb";
    g_assert_false(sb_yaml_text_is_tab(text, strlen(text), 0));
    g_assert_true(sb_yaml_text_is_tab(text, strlen(text), 1));
    g_assert_false(sb_yaml_text_is_tab(text, strlen(text), 2));
    g_assert_false(sb_yaml_text_is_tab(text, strlen(text), 3));
    g_assert_false(sb_yaml_text_is_tab(text, 2, 1));
}

/* QUOTED: where scalars that are quoted begin and end, ended by 0. */
static gboolean find_tab(const char *text, const gsize *quoted, SbMark *mark_out)
{
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(gsize));
    for (; quoted[1]; quoted += 2)
        g_array_append_vals(pairs, quoted, 2);
    return sb_yaml_text_find_tab(text, strlen(text), pairs, mark_out);
}

static void test_find_tab(void)
{
    static const gsize none[] = {0, 0}, first[] = {0, 4, 0, 0}, both[] = {0, 4, 5, 9, 0, 0};
    SbMark mark;
    g_assert_true(find_tab("a:\n  ä\tb\n", none, &mark));
    mark_is(mark, 2, 4);
    g_assert_false(find_tab("a: b # c\td\n# \te\n", none, &mark));
    /* no comment without a blank before it */
    g_assert_true(find_tab("a: b#c\td\n", none, &mark));
    mark_is(mark, 1, 7);
    g_assert_true(find_tab("'\t#' '\t '", first, &mark));
    mark_is(mark, 1, 7);
    g_assert_false(find_tab("'\t#' '\t '", both, &mark));
}

static void test_find_directive(void)
{
    static const char text[] = "%a\n%b\n--- # %\n%c";
    SbMark mark;
    g_assert_true(sb_yaml_text_find_directive(text, strlen(text), 2, &mark));
    mark_is(mark, 4, 1);
    g_assert_false(sb_yaml_text_find_directive(text, strlen(text), 3, &mark));
    g_assert_false(sb_yaml_text_find_directive("", 0, 0, &mark));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/yaml-text/mark", test_mark);
    g_test_add_func("/yaml-text/is-tab", test_is_tab);
    g_test_add_func("/yaml-text/find-tab", test_find_tab);
    g_test_add_func("/yaml-text/find-directive", test_find_directive);
    return g_test_run();
}
