/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/port-shell.h"
#include "test.h"

#include <string.h>

static void check_fine(const char *text, gboolean is_whole_wanted)
{
    g_autoptr(GString) answer = g_string_new(text);
    g_autoptr(GError) error = NULL;
    gboolean is_whole = !is_whole_wanted;
    g_assert_true(sb_port_shell_judge(answer, &is_whole, &error));
    g_assert_no_error(error);
    g_assert_cmpint(is_whole, ==, is_whole_wanted);
}

static void check_failed(const char *text, const char *words)
{
    g_autoptr(GString) answer = g_string_new(text);
    g_autoptr(GError) error = NULL;
    gboolean is_whole = FALSE;
    g_assert_false(sb_port_shell_judge(answer, &is_whole, &error));
    g_assert_error(error, SB_PORT_SHELL_ERROR, SB_PORT_SHELL_ERROR_FAILED);
    g_assert_cmpstr(error->message, ==, words);
    g_assert_true(is_whole);
}

static void test_request(void)
{
    g_autofree char *request = sb_port_shell_request("echo\n");
    g_assert_cmpstr(request, ==, "echo\n@@run\n");
}

static void test_answers(void)
{
    check_fine("", FALSE);
    check_fine("some words\n", FALSE);
    check_fine("\n@@exit 0", FALSE);
    check_fine("\n@@exit 0\n", TRUE);
    check_fine("words\n@@exit 1\nmore words\n@@exit 0\n", TRUE);
    check_failed("no NIC\n\n@@exit 1\n", "no NIC");
    check_failed("\n@@exit 2\n", "a script failed, without a word");
    check_failed("\n@@exit \n", "a script failed, without a word");
    /* A guest can say anything. */
    check_failed("\033[31mred\n@@exit 00\n", "red");
}

static void test_long_answer(void)
{
    g_autofree char *words = g_strnfill(5000, 'x');
    g_autofree char *text = g_strconcat(words, "last\n@@exit 1\n", NULL);
    g_autoptr(GString) answer = g_string_new(text);
    g_autoptr(GError) error = NULL;
    gboolean is_whole;
    g_assert_false(sb_port_shell_judge(answer, &is_whole, &error));
    g_assert_cmpuint(strlen(error->message), <=, 1000);
    g_assert_true(g_str_has_suffix(error->message, "last"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/port-shell/request", test_request);
    g_test_add_func("/port-shell/answers", test_answers);
    g_test_add_func("/port-shell/long", test_long_answer);
    return g_test_run();
}
