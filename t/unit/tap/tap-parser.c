/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-parser.h"
#include "tap-corpus.h"

#include <string.h>

static const char *const kinds[] = {
    [SB_TAP_EVENT_VERSION] = "version",
    [SB_TAP_EVENT_PLAN] = "plan",
    [SB_TAP_EVENT_TEST] = "test",
    [SB_TAP_EVENT_YAML] = "yaml",
    [SB_TAP_EVENT_SUBTEST_BEGIN] = "{",
    [SB_TAP_EVENT_SUBTEST_END] = "}",
    [SB_TAP_EVENT_SUBTEST_MISSING] = "missing",
    [SB_TAP_EVENT_COMMENT] = "#",
    [SB_TAP_EVENT_PRAGMA] = "pragma",
    [SB_TAP_EVENT_BAIL_OUT] = "bail",
    [SB_TAP_EVENT_JUNK] = "junk",
};

static const char *const hidden[] = {
    [SB_TAP_HIDDEN_NOTHING] = "",
    [SB_TAP_HIDDEN_FAILURE] = " hides-failure",
    [SB_TAP_HIDDEN_NOT] = " hides-not",
};

/* One line for each event: "LINE@DEPTH KIND what it says". */
static void trace(const SbTapEvent *event, gpointer data)
{
    GString *text = data;
    g_string_append_printf(text, "%" G_GUINT64_FORMAT "@%u %s", event->line_number, event->depth,
                           kinds[event->kind]);
    switch (event->kind) {
    case SB_TAP_EVENT_TEST:
        g_string_append_printf(text, "%s%s", event->line.ok ? " ok" : " not",
                               event->ends_subtest ? "}" : "");
        if (event->line.has_number)
            g_string_append_printf(text, " %" G_GUINT64_FORMAT, event->line.number);
        if (event->line.directive != SB_TAP_DIRECTIVE_NONE)
            g_string_append_printf(text, " directive %d", event->line.directive);
        break;
    case SB_TAP_EVENT_VERSION:
    case SB_TAP_EVENT_PLAN:
        g_string_append_printf(text, " %" G_GUINT64_FORMAT, event->line.number);
        break;
    case SB_TAP_EVENT_SUBTEST_END:
        g_string_append(text, event->is_complete ? "" : " open");
        break;
    case SB_TAP_EVENT_YAML:
        g_string_append(text, event->is_complete ? "" : " open");
        g_string_append(text, hidden[event->hides]);
        break;
    case SB_TAP_EVENT_JUNK:
        g_string_append(text, event->is_forbidden ? " forbidden" : "");
        g_string_append(text, hidden[event->hides]);
        break;
    default:
        break;
    }
    if (event->text.length > 0 && event->kind != SB_TAP_EVENT_VERSION) {
        g_autofree char *what = g_strndup(event->text.at, event->text.length);
        g_autofree char *escaped = g_strescape(what, NULL);
        g_string_append_printf(text, " <%s>", escaped);
    }
    g_string_append_c(text, '\n');
}

/* The trace of TEXT, pushed in pieces of SIZE bytes. */
static char *trace_of(const char *text, gsize length, gsize size)
{
    GString *events = g_string_new(NULL);
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(trace, events);
    for (gsize i = 0; i < length; i += size) {
        gsize piece = MIN(size, length - i);
        g_autofree char *exact = g_memdup2(text + i, piece);
        sb_tap_parser_push(parser, exact, piece);
    }
    sb_tap_parser_end(parser);
    return g_string_free(events, FALSE);
}

static void assert_trace(const char *text, const char *expected)
{
    g_autofree char *events = trace_of(text, strlen(text), 1 << 20);
    g_assert_cmpstr(events, ==, expected);
}

static void test_plain(void)
{
    assert_trace("TAP version 14\n1..2\nok 1 - a\n# why\n\nwhat\nnot ok 2 # TODO b\n",
                 "1@0 version 14\n2@0 plan 2\n3@0 test ok 1 <a>\n4@0 # <why>\n6@0 junk <what>\n"
                 "7@0 test not 2 directive 1\n");
    assert_trace("", "");
    assert_trace("ok", "1@0 test ok\n");
    assert_trace("Bail out! x\n", "1@0 bail <x>\n");
}

static void test_line_ends(void)
{
    assert_trace("ok 1\r\nok 2\rok 3\n\rok 4\r\n\r\nok 5",
                 "1@0 test ok 1\n2@0 test ok 2\n3@0 test ok 3\n5@0 test ok 4\n7@0 test ok 5\n");
}

static void test_yaml(void)
{
    assert_trace("ok 1\n  ---\n  a:\n\n    - b\n  ...\nok 2\n",
                 "1@0 test ok 1\n2@0 yaml <a:\\n\\n  - b\\n>\n7@0 test ok 2\n");
    /* Not after something else, not without indentation, not within its own. */
    assert_trace("  ---\n  ...\n", "1@0 junk <--->\n2@0 junk <...>\n");
    assert_trace("ok 1\n---\n", "1@0 test ok 1\n2@0 junk <--->\n");
    assert_trace("ok 1\nx\n  ---\n", "1@0 test ok 1\n2@0 junk <x>\n3@0 junk <--->\n");
    assert_trace("ok 1\n# x\n\n  ---\n  ...\n", "1@0 test ok 1\n2@0 # <x>\n4@0 yaml\n");
    assert_trace("ok 1\n  ---\n  ...\n  ---\n", "1@0 test ok 1\n2@0 yaml\n4@0 junk <--->\n");
    /* Open: at the end, and before a line that is indented less. */
    assert_trace("ok 1\n  ---\n  a\n", "1@0 test ok 1\n2@0 yaml open <a\\n>\n");
    assert_trace("ok 1\n  ---\n  a\nok 2\n",
                 "1@0 test ok 1\n2@0 yaml open <a\\n>\n4@0 test ok 2\n");
    /* What is indented more is content, whatever it says. */
    assert_trace("ok 1\n  ---\n    ...\n  not ok\n  ...\n",
                 "1@0 test ok 1\n2@0 yaml <  ...\\nnot ok\\n>\n");
    assert_trace("    ok 1\n      ---\n      a\n      ...\nok 1\n",
                 "1@1 {\n1@1 test ok 1\n2@1 yaml <a\\n>\n5@1 }\n5@0 test ok} 1\n");
}

static void test_subtests(void)
{
    assert_trace("# Subtest: a\n    1..1\n    ok 1\nok 1 - a\n",
                 "1@0 # <Subtest: a>\n2@1 { <a>\n2@1 plan 1\n3@1 test ok 1\n4@1 }\n"
                 "4@0 test ok} 1 <a>\n");
    assert_trace("        ok 1\n    ok 1\nok 1\n",
                 "1@1 {\n1@2 {\n1@2 test ok 1\n2@2 }\n2@1 test ok} 1\n3@1 }\n3@0 test ok} 1\n");
    /* Only the innermost that a test point follows has ended well. */
    assert_trace("        ok 1\nok 1\n",
                 "1@1 {\n1@2 {\n1@2 test ok 1\n2@2 } open\n2@1 }\n2@0 test ok} 1\n");
    assert_trace("    ok 1\n", "1@1 {\n1@1 test ok 1\n1@1 } open\n");
    /* Comments and junk begin no subtest; nor do other indentations, nor tabs. */
    assert_trace("    # a\n    b\n  ok 1\n     ok 1\n\tok 1\n",
                 "1@0 # <a>\n2@0 junk <b>\n3@0 junk <ok 1>\n4@0 junk <ok 1>\n5@0 junk <ok 1>\n");
    /* A name is for the subtest that comes next, and for no other. */
    assert_trace("# Subtest: a\nok 1\n    ok 1\nok 2\n",
                 "1@0 # <Subtest: a>\n2@0 test ok 1\n3@1 {\n3@1 test ok 1\n4@1 }\n"
                 "4@0 test ok} 2\n");
    assert_trace("# Subtest: a\n    # Subtest: b\n        ok 1\n    ok 1\nok 1\n",
                 "1@0 # <Subtest: a>\n2@0 # <Subtest: b>\n3@1 { <a>\n3@2 { <b>\n3@2 test ok 1\n"
                 "4@2 }\n4@1 test ok} 1\n5@1 }\n5@0 test ok} 1\n");
}

/* TAP 14: what its parent says before a subtest's test point is junk, but an open subtest is none.
 */
static void test_between(void)
{
    assert_trace("TAP version 14\n    ok 1\n1..1\nTAP version 14\npragma +strict\nok 1\n",
                 "1@0 version 14\n2@1 {\n2@1 test ok 1\n4@0 junk <TAP version 14>\n"
                 "5@0 junk <pragma +strict>\n6@1 }\n3@0 junk <1..1>\n6@0 test ok} 1\n");
    assert_trace("TAP version 14\n    ok 1\n1..1 # x\n",
                 "1@0 version 14\n2@1 {\n2@1 test ok 1\n3@1 } open\n3@0 plan 1 <x>\n");
    assert_trace("TAP version 14\n    ok 1\n1..1\n1..2\n",
                 "1@0 version 14\n2@1 {\n2@1 test ok 1\n4@0 junk <1..2>\n4@1 } open\n"
                 "3@0 plan 1\n");
    assert_trace("TAP version 14\n        ok 1\n    1..1\nok 1\n",
                 "1@0 version 14\n2@1 {\n2@2 {\n2@2 test ok 1\n4@2 } open\n3@1 plan 1\n4@1 }\n"
                 "4@0 test ok} 1\n");
    assert_trace("TAP version 13\n    ok 1\n1..1\nok 1\n",
                 "1@0 version 13\n2@1 {\n2@1 test ok 1\n3@0 plan 1\n4@1 }\n4@0 test ok} 1\n");
}

/* A point that ends with "{" comes after its subtest. */
static void test_buffered(void)
{
    assert_trace("ok 1 - a {\n    1..1\n    ok 1\n}\nok 2\n",
                 "2@1 { <a>\n2@1 plan 1\n3@1 test ok 1\n4@1 }\n1@0 test ok} 1 <a>\n"
                 "5@0 test ok 2\n");
    assert_trace("ok 1 - a { # TODO b\n    ok 1\n}\nok 2 # TODO c {\n    ok 1\n}\n",
                 "2@1 { <a>\n2@1 test ok 1\n3@1 }\n1@0 test ok} 1 directive 1 <a>\n"
                 "5@1 {\n5@1 test ok 1\n6@1 }\n4@0 test ok} 2 directive 1\n");
    assert_trace("ok 1 {\n    ok 1 {\n        ok 1\n    }\n}\n",
                 "2@1 {\n3@2 {\n3@2 test ok 1\n4@2 }\n2@1 test ok} 1\n5@1 }\n1@0 test ok} 1\n");
    /* Never closed, by the end or by another point. */
    assert_trace("ok 1 {\n    ok 1\n", "2@1 {\n2@1 test ok 1\n2@1 } open\n1@0 test ok 1\n");
    assert_trace("ok 1 {\n    ok 1\nok 2\n", "2@1 {\n2@1 test ok 1\n3@1 } open\n1@0 test ok 1\n"
                                             "3@0 test ok 2\n");
    assert_trace("ok 1 {\n    ok 1 - a {\n}\n    ok 2 - b {\n",
                 "2@1 {\n2@1 test ok 1 <a {>\n3@1 }\n1@0 test ok} 1\n4@1 {\n4@1 test ok 2 <b {>\n"
                 "4@1 missing <b>\n4@1 } open\n");
    assert_trace(
        "ok 1 {\n    # Subtest: a\n    ok 1 - a\n}\nok 2 {\n    # Subtest: b\n    ok 1 - c\n"
        "ok 3 - b\n",
        "2@0 # <Subtest: a>\n3@1 {\n3@1 test ok 1 <a>\n4@1 }\n1@0 test ok} 1\n"
        "6@0 # <Subtest: b>\n5@0 test ok 2 <{>\n7@1 {\n7@1 test ok 1 <c>\n8@1 }\n"
        "8@0 test ok} 3 <b>\n");
    /* Not followed by a subtest: a description. */
    assert_trace("ok 1 - a {\n  ---\n  b\n  ...\nok 2 - {\n}\nok 3 - a{\nok 4 {\n",
                 "1@0 test ok 1 <a {>\n2@0 yaml <b\\n>\n5@0 test ok 2 <{>\n7@0 test ok 3 <a{>\n"
                 "8@0 test ok 4 <{>\n");
    assert_trace("ok 1 {\n# why\nx\nok 2 {\nBail out!\n",
                 "1@0 test ok 1 <{>\n2@0 # <why>\n3@0 junk <x>\n4@0 test ok 2 <{>\n5@0 bail\n");
    assert_trace("ok 1 {\n    # why\n    x\n    ok 1\n}\n",
                 "2@0 # <why>\n3@0 junk <x>\n4@1 {\n4@1 test ok 1\n5@1 }\n1@0 test ok} 1\n");
    assert_trace("}\n    ok 1\n}\n", "1@0 junk <}>\n2@1 {\n2@1 test ok 1\n3@0 junk <}>\n"
                                     "3@1 } open\n");
}

static void test_announced(void)
{
    assert_trace("# Subtest: a\n", "1@0 # <Subtest: a>\n1@0 missing <a>\n");
    assert_trace("# Subtest: a\n    # Subtest: b\nok 1 - a\n",
                 "1@0 # <Subtest: a>\n2@0 # <Subtest: b>\n2@0 missing <b>\n3@0 test ok 1 <a>\n");
    assert_trace("# Subtest: a\n# Subtest: b\nok 1 - b\n",
                 "1@0 # <Subtest: a>\n1@0 missing <a>\n2@0 # <Subtest: b>\n3@0 test ok 1 <b>\n");
    assert_trace("# Subtest: a\n    ok 1\n# Subtest: b\n    ok 1\nok 1 - b\n",
                 "1@0 # <Subtest: a>\n2@1 { <a>\n2@1 test ok 1\n3@1 } open\n"
                 "3@0 # <Subtest: b>\n4@1 { <b>\n4@1 test ok 1\n5@1 }\n5@0 test ok} 1 <b>\n");
    /* At the indentation of the subtest: no name, because it may be that of its first test. */
    assert_trace(
        "    # Subtest: a\n    ok 1 - b\n        # Subtest: c\n        1..0\n    ok 2 - c\n"
        "ok 1 - a\n",
        "1@0 # <Subtest: a>\n2@1 {\n2@1 test ok 1 <b>\n3@1 # <Subtest: c>\n4@2 {\n"
        "4@2 plan 0\n5@2 }\n5@1 test ok} 2 <c>\n6@1 }\n6@0 test ok} 1 <a>\n");
    /* Any indentation, but only of lines that are certainly TAP. */
    assert_trace("# Subtest: a\n  ok then\n  ok 1\n  ok\nok 1 - a\n",
                 "1@0 # <Subtest: a>\n2@0 junk <ok then>\n3@1 { <a>\n3@1 test ok 1\n"
                 "4@1 test ok\n5@1 }\n5@0 test ok} 1 <a>\n");
    assert_trace("# Subtest: a\n\tnot ok 1\nok 1 - a\n",
                 "1@0 # <Subtest: a>\n2@1 { <a>\n2@1 test not 1\n3@1 }\n3@0 test ok} 1 <a>\n");
    /* Before TAP 14, a test line without a number begins a subtest only if it was announced. */
    assert_trace("    ok\n# Subtest\n    ok\nok 1\n",
                 "1@0 junk <ok>\n2@0 # <Subtest>\n3@1 {\n3@1 test ok\n4@1 }\n4@0 test ok} 1\n");
}

/* A test line that is no test point, but may hide a failure. */
static void test_hidden(void)
{
    assert_trace("not \nok 1\n", "1@0 junk <not >\n2@0 junk hides-not <ok 1>\n");
    assert_trace("not\n# x\n\n  ok\nnot\nx\nok\n",
                 "1@0 junk <not>\n2@0 # <x>\n4@0 junk hides-not <ok>\n5@0 junk <not>\n"
                 "6@0 junk <x>\n7@0 test ok\n");
    assert_trace("TAP version 14\n  not ok 1\n\tnot ok\n  ok 1\n  not ok 1 # TODO\n",
                 "1@0 version 14\n2@0 junk hides-failure <not ok 1>\n"
                 "3@0 junk hides-failure <not ok>\n4@0 junk <ok 1>\n5@0 junk <not ok 1 # TODO>\n");
    assert_trace("  not ok 1\n    not ok then\n", "1@0 junk <not ok 1>\n2@0 junk <not ok then>\n");
    assert_trace("KTAP version 1\n\tnot ok 1\n\tnot ok\n",
                 "1@0 version 1\n2@0 junk hides-failure <not ok 1>\n3@0 junk <not ok>\n");
    assert_trace("ok 1\n  ---\n  not ok 2\n", "1@0 test ok 1\n2@0 yaml open hides-failure <not ok "
                                              "2\\n>\n");
}

/* A serial console shows the kernel's time before each line. */
static void test_kernel_time(void)
{
    assert_trace("[    0.01] ok 1\n[    0.06] KTAP version 1\n[   12.345678]   KTAP version 1\n"
                 "[12345.1][   T12]   ok 1 a\n<6>[ 1.2][ C0] ok 1 b\n[1.2]\nok 2\n[1.2]ok 3\n",
                 "1@0 junk <[    0.01] ok 1>\n2@0 version 1\n3@1 {\n3@1 version 1\n"
                 "4@1 test ok 1 <a>\n5@1 }\n5@0 test ok} 1 <b>\n7@0 test ok 2\n"
                 "8@0 junk <[1.2]ok 3>\n");
    assert_trace("KTAP version 1\n[ 0.1] ok 1\n", "1@0 version 1\n2@0 test ok 1\n");
    assert_trace("[ 0.1] TAP version 14\n[ 0.1]     ok 1\n[ 0.1] ok 1\n",
                 "1@0 version 14\n2@1 {\n2@1 test ok 1\n3@1 }\n3@0 test ok} 1\n");
    assert_trace("1..1\n[ 0.1] ok 1\n[x] y\n", "1@0 plan 1\n2@0 junk <[ 0.1] ok 1>\n"
                                               "3@0 junk <[x] y>\n");
}

static void test_ktap(void)
{
    assert_trace("KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n    KTAP version 1\n"
                 "    ok 1 a\n  ok 1 b\nok 1 c\n",
                 "1@0 version 1\n2@0 plan 1\n3@1 {\n3@1 version 1\n4@1 plan 1\n5@2 {\n"
                 "5@2 version 1\n6@2 test ok 1 <a>\n7@2 }\n7@1 test ok} 1 <b>\n8@1 }\n"
                 "8@0 test ok} 1 <c>\n");
    /* Any indentation begins a subtest, but not any line. */
    assert_trace("KTAP version 1\n   ok then\n   1..1\n     nothing\nok 1\n",
                 "1@0 version 1\n2@0 junk <ok then>\n3@1 {\n3@1 plan 1\n4@1 junk <nothing>\n"
                 "5@1 }\n5@0 test ok} 1\n");
    assert_trace("KTAP version 1\nnot ok 1 a # XFAIL b\n",
                 "1@0 version 1\n2@0 test not 1 directive 3 <a>\n");
    assert_trace("not ok 1 a # XFAIL b\nnot ok # XFAIL\n",
                 "1@0 test not 1 <a # XFAIL b>\n2@0 test not <# XFAIL>\n");
}

static void test_versions(void)
{
    /* What is TAP depends on the version. */
    assert_trace("pragma -strict\n1..0 x\nbail out!\n",
                 "1@0 pragma <-strict>\n2@0 plan 0 <x>\n3@0 junk <bail out!>\n");
    assert_trace("TAP version 13\npragma -x\n1..0 x\nbail out!\n",
                 "1@0 version 13\n2@0 pragma <-x>\n3@0 junk <1..0 x>\n4@0 junk <bail out!>\n");
    assert_trace("TAP version 14\nbail out!\n", "1@0 version 14\n2@0 bail\n");
}

static void test_strict(void)
{
    assert_trace("TAP version 14\npragma +strict\nx\n    pragma -strict\n    y\nz\nok\n"
                 "pragma -strict\nx\n",
                 "1@0 version 14\n2@0 pragma <+strict>\n3@0 junk forbidden <x>\n4@1 {\n"
                 "4@1 pragma <-strict>\n5@1 junk <y>\n6@0 junk forbidden <z>\n7@1 }\n"
                 "7@0 test ok}\n8@0 pragma <-strict>\n9@0 junk <x>\n");
    assert_trace("pragma +strict\nx\n", "1@0 pragma <+strict>\n2@0 junk forbidden <x>\n");
    assert_trace("TAP version 13\npragma +strict\n    ok 1\n",
                 "1@0 version 13\n2@0 pragma <+strict>\n3@0 junk forbidden <ok 1>\n");
}

static void test_depth(void)
{
    GString *text = g_string_new(NULL);
    for (guint depth = SB_TAP_MAX_DEPTH + 1; depth > 0; depth--)
        g_string_append_printf(text, "%*sok 1\n", (int)depth * 4, "");
    GString *events = g_string_new(NULL);
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(trace, events);
    sb_tap_parser_push(parser, text->str, text->len);
    sb_tap_parser_end(parser);
    g_assert_cmpuint(sb_tap_parser_cuts(parser)->deep_lines, ==, 1);
    g_assert_true(g_str_has_prefix(events->str, "1@0 junk <ok 1>\n2@1 {\n"));
    g_assert_nonnull(strstr(events->str, "\n2@16 test ok 1\n"));
    g_string_free(text, TRUE);
    g_string_free(events, TRUE);
}

typedef struct {
    gsize longest;
    guint count;
} Longest;

static void keep_longest(const SbTapEvent *event, gpointer data)
{
    Longest *longest = data;
    longest->count++;
    longest->longest = MAX(longest->longest, event->text.length);
}

/* A line without an end, in pieces or at once, is cut, and counted once. */
static void test_long_line(void)
{
    g_autofree char *line = g_strnfill(1 << 20, 'x');
    for (gsize size = 1000; size <= 1 << 20; size *= 10) {
        Longest longest = {0};
        g_autoptr(SbTapParser) parser = sb_tap_parser_new(keep_longest, &longest);
        for (gsize i = 0; i < 1 << 20; i += size)
            sb_tap_parser_push(parser, line + i, MIN(size, (1 << 20) - i));
        sb_tap_parser_push(parser, "\nok 1\n", 6);
        sb_tap_parser_end(parser);
        g_assert_cmpuint(longest.count, ==, 2);
        g_assert_cmpuint(longest.longest, ==, SB_TAP_MAX_LINE_BYTES);
        g_assert_cmpuint(sb_tap_parser_cuts(parser)->long_lines, ==, 1);
    }
    Longest longest = {0};
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(keep_longest, &longest);
    sb_tap_parser_push(parser, line, SB_TAP_MAX_LINE_BYTES);
    sb_tap_parser_push(parser, "\n", 1);
    g_assert_cmpuint(longest.longest, ==, SB_TAP_MAX_LINE_BYTES);
    g_assert_cmpuint(sb_tap_parser_cuts(parser)->long_lines, ==, 0);
}

static void test_long_yaml(void)
{
    Longest longest = {0};
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(keep_longest, &longest);
    sb_tap_parser_push(parser, "ok 1\n  ---\n", 11);
    for (guint i = 0; i < 100000; i++)
        sb_tap_parser_push(parser, "  a line\n", 9);
    sb_tap_parser_push(parser, "  ...\n", 6);
    g_assert_cmpuint(longest.longest, <=, SB_TAP_MAX_YAML_BYTES);
    g_assert_cmpuint(longest.longest, >, SB_TAP_MAX_YAML_BYTES - 100);
    g_assert_cmpuint(sb_tap_parser_cuts(parser)->long_yaml, ==, 1);
}

/* A stream of CRs must not be searched for a newline again and again. */
static void test_many_cr(void)
{
    gsize length = 4 << 20;
    g_autofree char *text = g_strnfill(length, '\r');
    GString *events = g_string_new(NULL);
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(trace, events);
    gint64 start = g_get_monotonic_time();
    sb_tap_parser_push(parser, text, length);
    g_assert_cmpint(g_get_monotonic_time() - start, <, 10 * G_USEC_PER_SEC);
    /* Each of them is a line. */
    sb_tap_parser_push(parser, "ok 1\n", 5);
    g_autofree char *last = g_strdup_printf("%" G_GSIZE_FORMAT "@0 test ok 1", length + 1);
    g_assert_nonnull(strstr(events->str, last));
    g_string_free(events, TRUE);
}

/* How the bytes arrive makes no difference. */
static void check_pieces(const char *name, const char *text, gsize length)
{
    g_autofree char *whole = trace_of(text, length, MAX(length, 1));
    static const gsize sizes[] = {1, 2, 3, 7, 64};
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *pieces = trace_of(text, length, sizes[i]);
        g_assert_cmpstr(pieces, ==, whole);
    }
}

static void test_pieces(void)
{
    for_each_stream(check_pieces);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/tap-parser/plain", test_plain);
    g_test_add_func("/tap-parser/line-ends", test_line_ends);
    g_test_add_func("/tap-parser/yaml", test_yaml);
    g_test_add_func("/tap-parser/subtests", test_subtests);
    g_test_add_func("/tap-parser/between", test_between);
    g_test_add_func("/tap-parser/buffered", test_buffered);
    g_test_add_func("/tap-parser/announced", test_announced);
    g_test_add_func("/tap-parser/hidden", test_hidden);
    g_test_add_func("/tap-parser/kernel-time", test_kernel_time);
    g_test_add_func("/tap-parser/ktap", test_ktap);
    g_test_add_func("/tap-parser/versions", test_versions);
    g_test_add_func("/tap-parser/strict", test_strict);
    g_test_add_func("/tap-parser/depth", test_depth);
    g_test_add_func("/tap-parser/long-line", test_long_line);
    g_test_add_func("/tap-parser/long-yaml", test_long_yaml);
    g_test_add_func("/tap-parser/many-cr", test_many_cr);
    g_test_add_func("/tap-parser/pieces", test_pieces);
    return g_test_run();
}
