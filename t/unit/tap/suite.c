/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap-corpus.h"
#include "tap/suite-reader.h"

#include <string.h>

static SbSuite *read_suite(const char *text, const SbSuiteLimits *limits)
{
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new("a", limits);
    sb_suite_reader_push(reader, text, strlen(text));
    return sb_suite_reader_finish(reader, -1);
}

/* A line for each test: "NUMBER PATH outcome (reason) [diagnostics]". */
static char *describe(const SbSuite *suite)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < suite->tests->len; i++) {
        const SbTest *test = g_ptr_array_index(suite->tests, i);
        g_autofree char *path = sb_suite_test_path(suite, test);
        g_string_append_printf(text, "%" G_GUINT64_FORMAT " %s: %s", test->number, path,
                               sb_tap_outcome_name(test->outcome));
        if (sb_test_is_repetition(test))
            g_string_append(text, " again");
        if (test->is_overruled)
            g_string_append(text, " overruled");
        if (test->reason)
            g_string_append_printf(text, " (%s)", test->reason);
        if (test->diagnostics) {
            g_autofree char *escaped = g_strescape(test->diagnostics, NULL);
            g_string_append_printf(text, " [%s]", escaped);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void assert_suite(const char *text, const char *expected)
{
    g_autoptr(SbSuite) suite = read_suite(text, &sb_suite_limits_full);
    g_autofree char *description = describe(suite);
    g_assert_cmpstr(description, ==, expected);
}

static void test_tests(void)
{
    assert_suite("1..5\nok 1 - a\nok\nnot ok 3 - c # TODO d\nok 4 # SKIP e\nok 5 - f \\# g\n",
                 "1 a: passed\n2 test 2: passed\n3 c: todo (d)\n4 test 4: skipped (e)\n"
                 "5 f # g: passed\n");
}

/* Comments and other output are about the failed test beside them; in KTAP they come first. */
static void test_diagnostics(void)
{
    assert_suite("1..2\nok 1\nnot ok 2\n#   why\nwhere\n", "1 test 1: passed\n"
                                                           "2 test 2: failed [  why\\nwhere]\n");
    assert_suite("1..2\nok 1\n# why\nnot ok 2\n", "1 test 1: passed\n2 test 2: failed [why]\n");
    assert_suite("1..2\nnot ok 1\n# why\nnot ok 2\n# what\n",
                 "1 test 1: failed [why]\n2 test 2: failed [what]\n");
    assert_suite("KTAP version 1\n1..2\nnot ok 1 x\n# why\nnot ok 2 y\n",
                 "1 x: failed\n2 y: failed [why]\n");
    assert_suite("TAP version 13\n1..2\nnot ok 1\n  ---\n  a: b\n  ...\n# c\nok 2\n# d\n",
                 "1 test 1: failed [a: b\\nc]\n2 test 2: passed\n");
    assert_suite("1..1\n# a\nok 1\n# b\n", "1 test 1: passed\n");
}

static void test_subtests(void)
{
    assert_suite("1..2\n# Subtest: p\n    ok 1 - a\n        not ok 1 - deep\n        1..1\n"
                 "    not ok 2 - b\n    1..2\nnot ok 1 - p\n# Subtest: q\n    ok 1 - c\n    1..1\n"
                 "not ok 2 - q\n",
                 "1 p › a: passed\n1 p › b › deep: failed\n2 p › b: failed again\n"
                 "1 p: failed again\n1 q › c: passed\n2 q: failed\n");
}

/* A TODO decides, with all levels of its subtest. No other point overrules a failure. */
static void test_overruled(void)
{
    assert_suite("1..1\n        not ok 1\n        1..1\n    not ok 1\n    1..1\nnot ok 1 # TODO\n",
                 "1 test 1 › test 1 › test 1: failed overruled\n"
                 "1 test 1 › test 1: failed again overruled\n1 test 1: todo again ()\n");
    assert_suite("TAP version 14\n1..2\n    not ok 1\n    1..1\nnot ok 1 # TODO x\n"
                 "    not ok 1\n    1..1\nok 2\n",
                 "1 test 1 › test 1: failed overruled\n1 test 1: todo again (x)\n"
                 "1 test 2 › test 1: failed\n2 test 2: passed again\n");
    g_autoptr(SbSuite) suite =
        read_suite("1..2\nnot ok 1\n    not ok 1\n    not ok 2\n    1..2\nok 2 # TODO\n",
                   &sb_suite_limits_full);
    g_assert_cmpuint(suite->cases[SB_TAP_FAILED], ==, 1);
    g_assert_cmpuint(suite->cases[SB_TAP_TODO], ==, 2);
    g_autoptr(SbSuite) skipped =
        read_suite("1..1\n    not ok 1\n    1..1\nok 1 # SKIP\n", &sb_suite_limits_full);
    g_assert_cmpuint(skipped->cases[SB_TAP_FAILED], ==, 1);
    g_assert_true(sb_suite_is_bad(skipped));
}

/* A list of failures alone still knows where they are. */
static void test_brief(void)
{
    g_autoptr(SbSuite) suite =
        read_suite("1..2\nok 1\n    ok 1\n    not ok 2 - b\n    1..2\nok 2 - a # TODO\n",
                   &sb_suite_limits_brief);
    g_autofree char *description = describe(suite);
    g_assert_cmpstr(description, ==, "2 a › b: failed overruled\n2 a: bonus again ()\n");
    g_assert_cmpuint(suite->notes->len, ==, 0);
    g_assert_cmpstr(suite->output, ==, "");
}

static void test_cases(void)
{
    g_autoptr(SbSuite) suite =
        read_suite("1..4\nok 1\n    ok 1\n    not ok 2\n    1..2\nnot ok 2\n"
                   "    ok 1\n    1..1\nok 3\n    ok 1\n    1..1\nnot ok 4\n",
                   &sb_suite_limits_full);
    /* 1, 2/1, 3/1, 4/1 passed; 2/2 failed, and 4, of which no part did. */
    g_assert_cmpuint(suite->cases[SB_TAP_PASSED], ==, 4);
    g_assert_cmpuint(suite->cases[SB_TAP_FAILED], ==, 2);
    g_assert_cmpuint(suite->counts[SB_TAP_FAILED], ==, 2);
    g_assert_cmpuint(suite->nested[SB_TAP_FAILED], ==, 1);
    g_assert_cmpuint(sb_suite_run(suite), ==, 4);
}

static void test_safe(void)
{
    assert_suite("1..2\nnot ok 1 - \033[31mred\033[0m \342\200\256x ::a::\n::error::b\n"
                 "# ##[group]c\nnot ok 2 - ::set-output x::\n",
                 "1 red x ::a::: failed [: :error::b\\n# #[group]c]\n"
                 "2 : :set-output x::: failed\n");
    g_autofree char *safe = sb_suite_safe_text("a\xef\xbf\xbe"
                                               "b\xef\xbf\xbf\xef\xbf\xbd",
                                               11);
    g_assert_cmpstr(safe, ==, "ab\xef\xbf\xbd");
    g_autoptr(SbSuiteReader) reader =
        sb_suite_reader_new("::error::\n\033[1mx", &sb_suite_limits_full);
    g_autoptr(SbSuite) suite = sb_suite_reader_finish(reader, -1);
    g_assert_cmpstr(suite->name, ==, ": :error::\\nx");
}

static void test_duration(void)
{
    g_autoptr(SbSuite) suite =
        read_suite("TAP version 13\n1..3\nok 1\n  ---\n  x: 1\n  duration_ms: 1500.5\n  ...\nok 2\n"
                   "  ---\n  duration_ms: -3\n  ...\nok 3\n",
                   &sb_suite_limits_full);
    static const gdouble expected[] = {1.5005, -1, -1};
    for (guint i = 0; i < 3; i++) {
        const SbTest *test = g_ptr_array_index(suite->tests, i);
        g_assert_cmpfloat(test->duration_s, ==, expected[i]);
    }
}

static gboolean has_note(const SbSuite *suite, const char *note)
{
    for (guint i = 0; i < suite->notes->len; i++)
        if (strcmp(g_ptr_array_index(suite->notes, i), note) == 0)
            return TRUE;
    g_test_message("no note '%s'", note);
    return FALSE;
}

/* Whatever the guest prints, what is kept is limited, and the report says so. */
static void test_limits(void)
{
    static const SbSuiteLimits limits = {
        .failures = 10, .others = 5, .text_bytes = 5000, .output_bytes = 400};
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new("a", &limits);
    g_autofree char *comment = g_strnfill(700, 'x');
    sb_suite_reader_push(reader, "TAP version 13\n1..2000\n", 23);
    for (guint i = 1; i <= 1000; i++) {
        g_autofree char *text =
            g_strdup_printf("ok %u\nnot ok %u\n# %s\n", 2 * i - 1, 2 * i, comment);
        sb_suite_reader_push(reader, text, strlen(text));
    }
    g_assert_cmpuint(sb_suite_reader_count(reader, SB_TAP_FAILED), ==, 1000);
    g_autoptr(SbSuite) suite = sb_suite_reader_finish(reader, 1);
    g_assert_cmpint(suite->verdict, ==, SB_TAP_VERDICT_FAILED);
    g_assert_cmpuint(suite->counts[SB_TAP_FAILED], ==, 1000);
    g_assert_cmpuint(suite->tests->len, ==, 15);
    g_assert_true(has_note(suite, "990 more tests that failed are not listed"));
    g_assert_true(has_note(suite, "995 more tests that did not fail are not listed"));
    g_assert_true(has_note(suite, "3 tests have diagnostics that are not shown"));
    g_assert_cmpuint(strlen(suite->output), <, 500);
    g_assert_nonnull(strstr(suite->output, "bytes are left out here"));
    g_assert_true(g_str_has_prefix(suite->output, "TAP version 13\n1..2000\nok 1\n"));
}

static void test_notes(void)
{
    g_autoptr(GString) text = g_string_new("TAP version 14\n1..40\n");
    g_autofree char *line = g_strnfill(SB_TAP_MAX_LINE_BYTES + 1, 'x');
    g_string_append_printf(text, "%s\n%*sok\n    ok\n", line, 80, "");
    for (guint i = 1; i <= 20; i++)
        g_string_append(text, "ok 1\nok 99999999\n");
    g_autoptr(SbSuite) suite = read_suite(text->str, &sb_suite_limits_full);
    g_assert_true(has_note(suite, "1 lines were cut after 64 KiB"));
    g_assert_true(
        has_note(suite, "1 lines of subtests nested more than 16 deep were taken as no TAP"));
    g_assert_true(has_note(suite, "9 more problems 'number-twice' are not listed"));
    g_assert_true(has_note(suite, "20 test numbers were too far ahead of the others to know "
                                  "whether they were used twice"));
}

static void test_exit_status(void)
{
    static const struct {
        int exit_status;
        SbTapVerdict verdict;
        const char *diagnostics;
    } cases[] = {
        {0, SB_TAP_VERDICT_PASSED, NULL},
        {2, SB_TAP_VERDICT_FAILED, "exit status 2\nxy"},
        {137, SB_TAP_VERDICT_FAILED, "exit status 137: killed by signal 9, Killed\nxy"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbSuite) suite =
            sb_suite_from_exit_status("a", cases[i].exit_status, "x\033[1my\n", 7);
        const SbTest *test = g_ptr_array_index(suite->tests, 0);
        g_assert_cmpint(suite->verdict, ==, cases[i].verdict);
        g_assert_cmpint(sb_suite_is_bad(suite), ==, cases[i].exit_status != 0);
        g_assert_cmpstr(test->diagnostics, ==, cases[i].diagnostics);
        g_assert_cmpstr(suite->output, ==, "xy\n");
        g_assert_cmpuint(sb_suite_run(suite), ==, 1);
    }
}

/* The verdict on every stream of the corpus, as t/data/tap/verdicts has it. */
static void check_verdict(const char *name, const char *text, gsize length)
{
    static char *verdicts;
    if (!verdicts)
        verdicts = test_data("tap/verdicts", NULL);
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new(name, &sb_suite_limits_full);
    sb_suite_reader_push(reader, text, length);
    g_autoptr(SbSuite) suite = sb_suite_reader_finish(reader, -1);
    g_autofree char *stem = g_strndup(name, strlen(name) - strlen(".tap"));
    g_autoptr(GString) line = g_string_new(NULL);
    g_string_printf(line, "\n%s %s", stem, sb_suite_result(suite));
    const char *last = NULL;
    for (guint i = 0; i < suite->problems->len; i++) {
        const SbSuiteProblem *problem = g_ptr_array_index(suite->problems, i);
        if (problem->kind != last)
            g_string_append_printf(line, "%c%s", last ? ',' : ' ', problem->kind);
        last = problem->kind;
    }
    g_string_append_c(line, '\n');
    if (!strstr(verdicts, line->str))
        g_error("not in t/data/tap/verdicts: %s", line->str);
}

static void test_corpus(void)
{
    for_each_stream(check_verdict);
}

static void push_at(SbSuiteReader *reader, gint64 seconds, const char *text)
{
    sb_suite_reader_set_time(reader, seconds * G_USEC_PER_SEC);
    sb_suite_reader_push(reader, text, strlen(text));
}

/* Each test lasts since the test before it; a subtest since the test before it at its level. */
static void test_measured(void)
{
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new("s", &sb_suite_limits_full);
    sb_suite_reader_set_time(reader, 0);
    push_at(reader, 1, "TAP version 14\n1..3\n");
    push_at(reader, 3, "ok 1 - a\n# Subtest: b\n    ok 1 - b1");
    push_at(reader, 5, "\n");
    push_at(reader, 9, "    ok 2 - b2\n    1..2\n");
    push_at(reader, 10, "ok 2 - b\n");
    push_at(reader, 12, "ok 3 - c\n  ---\n  duration_ms: 500\n  ...\n");
    g_autoptr(SbSuite) suite = sb_suite_reader_finish(reader, 0);
    static const gdouble expected[] = {3, 2, 4, 7, 0.5}; /* a, b1, b2, b, c */
    g_assert_cmpuint(suite->tests->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < suite->tests->len; i++)
        g_assert_cmpfloat(((SbTest *)suite->tests->pdata[i])->duration_s, ==, expected[i]);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/suite/tests", test_tests);
    g_test_add_func("/suite/diagnostics", test_diagnostics);
    g_test_add_func("/suite/subtests", test_subtests);
    g_test_add_func("/suite/overruled", test_overruled);
    g_test_add_func("/suite/brief", test_brief);
    g_test_add_func("/suite/cases", test_cases);
    g_test_add_func("/suite/safe", test_safe);
    g_test_add_func("/suite/duration", test_duration);
    g_test_add_func("/suite/measured", test_measured);
    g_test_add_func("/suite/limits", test_limits);
    g_test_add_func("/suite/notes", test_notes);
    g_test_add_func("/suite/exit-status", test_exit_status);
    g_test_add_func("/suite/corpus", test_corpus);
    return g_test_run();
}
