/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"

#include "test.h"

static GPtrArray *make(guint length)
{
    static const char *const words[] = {"a", "b", "c", "d"};
    GPtrArray *array = g_ptr_array_new();
    for (guint i = 0; i < length; i++)
        g_ptr_array_add(array, (gpointer)words[i]);
    return array;
}

static void test_all(void)
{
    g_autoptr(GPtrArray) array = make(3);
    g_autoptr(GString) seen = g_string_new(NULL);
    SB_EACH(const char, word, array)
        g_string_append(seen, word);
    g_assert_cmpstr(seen->str, ==, "abc");
}

static void test_empty(void)
{
    g_autoptr(GPtrArray) array = make(0);
    const GPtrArray *none = NULL;
    SB_EACH(const char, word, array)
        g_assert_cmpstr(word, ==, "no element");
    SB_EACH(const char, word, none)
        g_assert_cmpstr(word, ==, "no element");
}

static void test_break(void)
{
    g_autoptr(GPtrArray) array = make(4);
    g_autoptr(GString) seen = g_string_new(NULL);
    SB_EACH(const char, word, array) {
        if (*word == 'c')
            break;
        g_string_append(seen, word);
    }
    g_assert_cmpstr(seen->str, ==, "ab");
}

static void test_continue(void)
{
    g_autoptr(GPtrArray) array = make(4);
    g_autoptr(GString) seen = g_string_new(NULL);
    SB_EACH(const char, word, array) {
        if (*word == 'b')
            continue;
        g_string_append(seen, word);
    }
    g_assert_cmpstr(seen->str, ==, "acd");
}

static void test_nested(void)
{
    g_autoptr(GPtrArray) array = make(2);
    g_autoptr(GString) seen = g_string_new(NULL);
    SB_EACH(const char, one, array)
        SB_EACH(const char, two, array)
            g_string_append_printf(seen, "%s%s ", one, two);
    g_assert_cmpstr(seen->str, ==, "aa ab ba bb ");
}

static void test_growing(void)
{
    g_autoptr(GPtrArray) array = make(1);
    guint count = 0;
    SB_EACH(const char, word, array) {
        if (++count < 100)
            g_ptr_array_add(array, (gpointer)word);
    }
    g_assert_cmpuint(count, ==, 100);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/array/all", test_all);
    g_test_add_func("/array/empty", test_empty);
    g_test_add_func("/array/break", test_break);
    g_test_add_func("/array/continue", test_continue);
    g_test_add_func("/array/nested", test_nested);
    g_test_add_func("/array/growing", test_growing);
    return g_test_run();
}
