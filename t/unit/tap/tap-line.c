/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-line.h"
#include "test.h"

#include <string.h>

static const char *const kinds[] = {
    [SB_TAP_LINE_JUNK] = "junk",       [SB_TAP_LINE_BLANK] = "blank",
    [SB_TAP_LINE_VERSION] = "version", [SB_TAP_LINE_PLAN] = "plan",
    [SB_TAP_LINE_TEST] = "test",       [SB_TAP_LINE_COMMENT] = "comment",
    [SB_TAP_LINE_PRAGMA] = "pragma",   [SB_TAP_LINE_BAIL_OUT] = "bail-out",
    [SB_TAP_LINE_YAML] = "yaml",
};
static const char *const directives[] = {
    [SB_TAP_DIRECTIVE_NONE] = "none",
    [SB_TAP_DIRECTIVE_TODO] = "todo",
    [SB_TAP_DIRECTIVE_SKIP] = "skip",
    [SB_TAP_DIRECTIVE_XFAIL] = "xfail",
};

/* A line as text: its kind, and for a test "ok/not NUMBER <description> directive <reason>". */
static char *describe(const SbTapLine *line)
{
    GString *text = g_string_new(kinds[line->kind]);
    if (line->indent > 0)
        g_string_append_printf(text, " +%" G_GSIZE_FORMAT, line->indent);
    if (line->kind == SB_TAP_LINE_TEST)
        g_string_append(text, line->ok ? " ok" : " not");
    if (line->kind == SB_TAP_LINE_VERSION || line->kind == SB_TAP_LINE_PLAN || line->has_number)
        g_string_append_printf(text, " %" G_GUINT64_FORMAT, line->number);
    if (line->kind != SB_TAP_LINE_VERSION && line->kind != SB_TAP_LINE_YAML &&
        line->kind != SB_TAP_LINE_BLANK)
        g_string_append_printf(text, " <%.*s>", (int)line->text.length, line->text.at);
    if (line->directive != SB_TAP_DIRECTIVE_NONE)
        g_string_append_printf(text, " %s <%.*s>", directives[line->directive],
                               (int)line->reason.length, line->reason.at);
    return g_string_free(text, FALSE);
}

typedef struct {
    const char *line;
    const char *description;
} Case;

static void check(const Case *cases, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        /* Just the bytes, so that sanitizers see a read too far. */
        gsize length = strlen(cases[i].line);
        g_autofree char *exact = g_memdup2(cases[i].line, MAX(length, 1));
        SbTapLine line;
        sb_tap_line_read(exact, length, &line);
        g_autofree char *description = describe(&line);
        g_assert_cmpstr(description, ==, cases[i].description);
    }
}

static void test_tests(void)
{
    static const Case cases[] = {
        {"ok", "test ok <>"},
        {"not ok", "test not <>"},
        {"ok 1", "test ok 1 <>"},
        {"not ok 12 - it works", "test not 12 <it works>"},
        {"ok 12 it works", "test ok 12 <it works>"},
        {"ok - it works", "test ok <it works>"},
        {"ok it works", "test ok <it works>"},
        {"ok  3  -  it works  ", "test ok 3 <it works>"},
        {"ok\t3\t-\tit", "test ok 3 <it>"},
        {"ok 3 -it", "test ok 3 <-it>"},
        {"ok 3 -", "test ok 3 <>"},
        {"ok 3 - - x", "test ok 3 <- x>"},
        {"ok 3: it", "test ok 3 <: it>"},
        {"ok 3rd time", "test ok <3rd time>"},
        {"ok 3_x", "test ok <3_x>"},
        {"ok 007", "test ok 7 <>"},
        {"ok 18446744073709551615", "test ok 18446744073709551615 <>"},
        {"ok 18446744073709551616", "test ok 18446744073709551615 <>"},
        {"ok 99999999999999999999999", "test ok 18446744073709551615 <>"},
        {"ok:1", "test ok <:1>"},
        {"ok-1", "test ok <-1>"},
        {"    ok 1 - sub", "test +4 ok 1 <sub>"},
        {"okay", "junk <okay>"},
        {"ok1", "junk <ok1>"},
        {"ok\303\251", "junk <ok\303\251>"},
        {"o", "junk <o>"},
        {"OK 1", "junk <OK 1>"},
        {"not okay", "junk <not okay>"},
        {"not  ok", "junk <not  ok>"},
        {"not", "junk <not>"},
        {"notok", "junk <notok>"},
        {"Not ok", "junk <Not ok>"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_directives(void)
{
    static const Case cases[] = {
        {"ok 1 # SKIP", "test ok 1 <> skip <>"},
        {"ok 1 - a # skip b", "test ok 1 <a> skip <b>"},
        {"ok 1 - a # SkIp b", "test ok 1 <a> skip <b>"},
        {"ok 1 - a #skip b", "test ok 1 <a> skip <b>"},
        {"ok 1 - a #  skip  b ", "test ok 1 <a> skip <b>"},
        {"ok 1 - a # Skipped: b c", "test ok 1 <a> skip <b c>"},
        {"ok 1 #TODO", "test ok 1 <> todo <>"},
        {"not ok 1 - a # TODO b # c", "test not 1 <a> todo <b # c>"},
        {"not ok 1 - a # todo b \\# c", "test not 1 <a> todo <b \\# c>"},
        {"not ok 1 - a # XFAIL b", "test not 1 <a> xfail <b>"},
        {"not ok # TODO b", "test not <> todo <b>"},
        {"ok 1 - a# skip b", "test ok 1 <a# skip b>"},
        {"ok 1 - a \\# skip b", "test ok 1 <a \\# skip b>"},
        {"ok 1 - a \\\\# skip b", "test ok 1 <a \\\\# skip b>"},
        {"ok 1 - a \\\\ # skip b", "test ok 1 <a \\\\> skip <b>"},
        {"ok 1 - a \\\\\\# skip b", "test ok 1 <a \\\\\\# skip b>"},
        {"ok 1 - a # b # skip c", "test ok 1 <a # b # skip c>"},
        {"ok 1 - a #b # skip c", "test ok 1 <a #b> skip <c>"},
        {"ok 1 - a #", "test ok 1 <a #>"},
        {"ok 1 - a # ", "test ok 1 <a #>"},
        {"ok 1 - a \\", "test ok 1 <a \\>"},
        {"ok 1 - a # time=5ms", "test ok 1 <a # time=5ms>"},
        {"ok 1 - http://x/#skip y", "test ok 1 <http://x/#skip y>"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_others(void)
{
    static const Case cases[] = {
        {"", "blank"},
        {" \t ", "blank +3"},
        {"TAP version 13", "version 13"},
        {"tap  VERSION\t14  ", "version 14"},
        {"KTAP version 1", "version 1"},
        {"TAP version", "junk <TAP version>"},
        {"TAP version 13a", "junk <TAP version 13a>"},
        {"TAPversion 13", "junk <TAPversion 13>"},
        {"TAP version13", "junk <TAP version13>"},
        {"1..5", "plan 5 <>"},
        {"1..5  ", "plan 5 <>"},
        {"1..0 # SKIP no net", "plan 0 <no net>"},
        {"1..0 # Skipped: no net", "plan 0 <no net>"},
        {"1..0 # no net", "plan 0 <no net>"},
        {"1..0# no net", "plan 0 <no net>"},
        {"1..0 no net", "plan 0 <no net>"},
        {"1..5 # five", "plan 5 <five>"},
        {"1..5 five", "junk <1..5 five>"},
        {"1..5x", "junk <1..5x>"},
        {"1..", "junk <1..>"},
        {"1..-2", "junk <1..-2>"},
        {"1.", "junk <1.>"},
        {"2..5", "junk <2..5>"},
        {"# a", "comment <a>"},
        {"#a ", "comment <a>"},
        {"#   a", "comment <  a>"},
        {"#", "comment <>"},
        {"  # a", "comment +2 <a>"},
        {"pragma +strict", "pragma <+strict>"},
        {"pragma\t-a-b_c9", "pragma <-a-b_c9>"},
        {"pragma +a, -b +c", "pragma <+a, -b +c>"},
        {"pragma strict", "junk <pragma strict>"},
        {"pragma +strict # x", "junk <pragma +strict # x>"},
        {"pragma +", "junk <pragma +>"},
        {"pragma +a,", "junk <pragma +a,>"},
        {"pragma", "junk <pragma>"},
        {"pragmatic +x", "junk <pragmatic +x>"},
        {"Bail out!", "bail-out <>"},
        {"BAIL OUT! why ", "bail-out <why>"},
        {"Bail out!why", "bail-out <why>"},
        {"Bail out", "junk <Bail out>"},
        {"  ---", "yaml +2"},
        {"--- x", "yaml"},
        {"----", "junk <---->"},
        {"--", "junk <-->"},
        {"make: *** [all] Error", "junk <make: *** [all] Error>"},
    };
    check(cases, G_N_ELEMENTS(cases));
}

static void test_exact(void)
{
    SbTapLine line;
    sb_tap_line_read("bail out!", 9, &line);
    g_assert_false(line.is_exact);
    sb_tap_line_read("Bail out!", 9, &line);
    g_assert_true(line.is_exact);
    sb_tap_line_read("1..0 x", 6, &line);
    g_assert_false(line.is_exact);
    sb_tap_line_read("1..0 # x", 8, &line);
    g_assert_true(line.is_exact);
    sb_tap_line_read("KTAP version 1", 14, &line);
    g_assert_true(line.is_ktap);
    sb_tap_line_read("\tok", 3, &line);
    g_assert_true(line.has_tabs);
    sb_tap_line_read("a\0b", 3, &line);
    g_assert_cmpmem(line.text.at, line.text.length, "a\0b", 3);
}

static void test_unescape(void)
{
    static const struct {
        const char *text;
        gsize max_bytes;
        const char *plain;
    } cases[] = {
        {"", 9, ""},           {"a \\# b", 9, "a # b"}, {"\\\\", 9, "\\"},
        {"\\\\\\#", 9, "\\#"}, {"\\n \\", 9, "\\n \\"}, {"abcdef", 3, "abc"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize length;
        g_autofree char *plain = sb_tap_text_unescape(
            (SbTapText){cases[i].text, strlen(cases[i].text)}, cases[i].max_bytes, &length);
        g_assert_cmpstr(plain, ==, cases[i].plain);
        g_assert_cmpuint(length, ==, strlen(plain));
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/tap-line/tests", test_tests);
    g_test_add_func("/tap-line/directives", test_directives);
    g_test_add_func("/tap-line/others", test_others);
    g_test_add_func("/tap-line/exact", test_exact);
    g_test_add_func("/tap-line/unescape", test_unescape);
    return g_test_run();
}
