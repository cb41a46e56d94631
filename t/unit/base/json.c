/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"
#include "test.h"

#include <string.h>

/* The member "a" of TEXT; NULL: TEXT is refused with CODE. */
static char *load(const char *text, int code)
{
    g_autoptr(GError) error = NULL;
    /* No NUL behind it: there a read too far would go unnoticed. */
    g_autofree char *exact = g_memdup2(text, strlen(text));
    g_autoptr(JsonNode) root = sb_json_load_object(exact, strlen(text), 1000, &error);
    if (root)
        return g_strdup(sb_json_string(json_node_get_object(root), "a"));
    g_assert_error(error, SB_JSON_ERROR, code);
    return NULL;
}

static void test_bounds(void)
{
    g_autofree char *opening = g_strnfill(SB_JSON_MAX_DEPTH, '[');
    g_autofree char *deep = g_strconcat("{\"a\": ", opening, NULL);
    g_autofree char *in_text = g_strconcat("{\"a\": \"", opening, "\"}", NULL);
    g_autofree char *large = g_strnfill(1001, ' ');
    g_autofree char *text = load(in_text, -1);
    g_assert_cmpstr(text, ==, opening);
    g_assert_null(load(deep, SB_JSON_ERROR_TOO_LARGE));
    g_assert_null(load(large, SB_JSON_ERROR_TOO_LARGE));
}

static void test_not_an_object(void)
{
    static const char *const texts[] = {"", "[]", "1", "{", "{}{}", "1 {}"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_null(load(texts[i], SB_JSON_ERROR_INVALID));
}

/* With ASan, json-glib's leak would also be seen. */
static void test_escapes(void)
{
    static const char *const broken[] = {"{\"a\": \"\\ud800\"}",
                                         "{\"a\": \"\\ud800\\ud800\"}",
                                         "{\"a\": \"\\udc00\\udc00\"}",
                                         "{\"a\": \"\\ud800\\u0041\"}",
                                         "{\"a\": \"\\ud800x\"}",
                                         "{\"a\": \"\\u41\"}",
                                         "{\"a\": \"\\u 041\"}",
                                         "{\"a\": \"\\ud800\\",
                                         "{\"a\": \"\\u",
                                         "{\"a\": \"\\\\\\ude\\u0041\"}"};
    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++)
        g_assert_null(load(broken[i], SB_JSON_ERROR_INVALID));
    g_autofree char *text = load("{\"a\": \"\\\\ud800 \\u0041\\ud83d\\uDE00\\n\"}", -1);
    g_assert_cmpstr(text, ==, "\\ud800 A\360\237\230\200\n");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/size and depth are limited", test_bounds);
    g_test_add_func("/only one object is read", test_not_an_object);
    g_test_add_func("/escapes that are not whole are refused", test_escapes);
    return g_test_run();
}
