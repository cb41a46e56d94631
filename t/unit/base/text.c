/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/text.h"
#include "test.h"

#include <string.h>

static void assert_sanitized(const char *text, gsize length, const char *expected)
{
    g_autofree char *clean = sb_text_sanitize(text, length);
    g_assert_cmpstr(clean, ==, expected);
}

static void test_sanitize(void)
{
    static const struct {
        const char *text;
        const char *clean;
    } cases[] = {
        {"", ""},
        {"plain\ttext\n", "plain\ttext\n"},
        {"\303\244\342\202\254\360\237\230\200", "\303\244\342\202\254\360\237\230\200"},
        {"a\r\nb\r\n", "a\nb\n"},
        {"bell\a back\b del\177 c1\302\233", "bell back del c1"},
        /* CSI: colour, clear, private modes; unfinished at the end and at a newline. */
        {"\033[1;31mred\033[0m", "red"},
        {"\033[2J\033[?25lx", "x"},
        {"a\033[31", "a"},
        {"a\033[31\nb", "a\nb"},
        {"a\033[\033[31mb", "ab"},
        /* OSC: window title and hyperlink, ended both ways; unfinished takes its line only. */
        {"\033]0;title\ax", "x"},
        {"\033]8;;http://x\033\\link\033]8;;\033\\", "link"},
        {"a\033]0;title\nb", "a\nb"},
        {"a\033]0;t\033[1mb", "ab"},
        /* DCS, SOS, PM, APC. */
        {"\033Pq#0\033\\x\033X1\033\\y\033^2\033\\z\033_3\033\\", "xyz"},
        /* Two bytes, and character sets. */
        {"\033(Bx\033=y\033Mz\033c", "xyz"},
        {"\033", ""},
        {"\033\033[1mx", "x"},
        {"a\033\nb", "a\nb"},
        {"a\033\303\251", "a\303\251"},
        /* Not UTF-8, too long forms, surrogates, half a character. */
        {"a\xff\xfe"
         "b",
         "ab"},
        {"a\300\257b", "ab"},
        {"a\355\240\200b", "ab"},
        {"a\342\202", "a"},
        /* Bidi controls. */
        {"a\342\200\256b\342\200\254\342\201\246c\342\201\251\342\200\216\330\234", "abc"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_sanitized(cases[i].text, strlen(cases[i].text), cases[i].clean);
}

/* A console has NUL bytes. The text after them is evidence, too. */
static void test_sanitize_nul(void)
{
    assert_sanitized("a\0b", 3, "ab");
    assert_sanitized("a\033\0b\n", 5, "ab\n");
    assert_sanitized("ab", 1, "a");
}

/* The cost of one endless line of a guest must not grow faster than its length. */
static void test_sanitize_long(void)
{
    g_autofree char *text = g_strnfill(1 << 20, '\033');
    for (gsize i = 1; i < 1 << 20; i += 2)
        text[i] = ']';
    gint64 start = g_get_monotonic_time();
    assert_sanitized(text, 1 << 20, "");
    g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
}

static void test_one_line(void)
{
    static const struct {
        const char *text;
        const char *line;
    } cases[] = {
        {"", ""},
        {"a b", "a b"},
        {"a\nb\tc", "a\\nb\\tc"},
        {"\033[1m\r\177", "\\x1b[1m\\x0d\\x7f"},
        {"\302\205\330\234\342\200\256", "\\x85\\u061c\\u202e"},
        {"\303\251\303", "\303\251"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = sb_text_one_line(cases[i].text);
        g_assert_cmpstr(line, ==, cases[i].line);
    }
}

static void test_last_lines(void)
{
    static const struct {
        const char *text;
        guint lines;
        const char *last;
    } cases[] = {
        {"", 3, ""},
        {"a\nb\nc\n", 2, "b\nc"},
        {"a\nb\nc", 2, "b\nc"},
        {"a\n\n  \nb \n\n\n", 2, "a\nb"},
        {"  a\nb", 5, "  a\nb"},
        {"a\nb", 0, ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *last = sb_text_last_lines(cases[i].text, cases[i].lines);
        g_assert_cmpstr(last, ==, cases[i].last);
    }
}

static void assert_wrapped(const char *text, guint indent, const char *expected)
{
    g_autofree char *wrapped = sb_text_wrap(text, indent, 10);
    g_assert_cmpstr(wrapped, ==, expected);
}

static void test_wrap(void)
{
    assert_wrapped("", 0, "");
    assert_wrapped("one two th", 2, "one two th");
    assert_wrapped("one two thr four", 2, "one two\n  thr four");
    assert_wrapped("a-very-long-word b", 2, "a-very-long-word\n  b");
    assert_wrapped("one\n  two three", 4, "one\n  two\n    three");
    assert_wrapped("\u00e4\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\u00e4\u00e4 x", 0,
                   "\u00e4\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\u00e4\u00e4\nx");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/text/sanitize", test_sanitize);
    g_test_add_func("/text/sanitize-nul", test_sanitize_nul);
    g_test_add_func("/text/sanitize-long", test_sanitize_long);
    g_test_add_func("/text/one-line", test_one_line);
    g_test_add_func("/text/last-lines", test_last_lines);
    g_test_add_func("/text/wrap", test_wrap);
    return g_test_run();
}
