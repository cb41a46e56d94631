/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-judge.h"
#include "test.h"

#include <string.h>

static void on_event(const SbTapEvent *event, gpointer data)
{
    sb_tap_judge_event(data, event);
}

static SbTapJudge *judge_text(const char *text, int exit_status)
{
    SbTapJudge *judge = sb_tap_judge_new();
    g_autoptr(SbTapParser) parser = sb_tap_parser_new(on_event, judge);
    sb_tap_parser_push(parser, text, strlen(text));
    sb_tap_parser_end(parser);
    sb_tap_judge_end(judge, exit_status);
    return judge;
}

/* "VERDICT", and on lines of their own "LINE KIND: TEXT" of each problem. */
static char *describe(const SbTapJudge *judge)
{
    GString *text = g_string_new(sb_tap_verdict_name(sb_tap_judge_verdict(judge)));
    const GPtrArray *problems = sb_tap_judge_problems(judge);
    for (guint i = 0; i < problems->len; i++) {
        const SbTapProblem *problem = g_ptr_array_index(problems, i);
        g_string_append_printf(text, "\n%" G_GUINT64_FORMAT " %s: %s", problem->line_number,
                               sb_tap_problem_name(problem->kind), problem->text);
    }
    return g_string_free(text, FALSE);
}

static void test_problems(void)
{
    static const struct {
        const char *text;
        int exit_status;
        const char *judgement;
    } cases[] = {
        {"1..1\nok 1\n", 0, "passed"},
        {"1..1\nok 1\n", -1, "passed"},
        {"1..0 # SKIP x\n", 0, "skipped"},
        {"1..2\nok 1\nnot ok 2\n", 1, "failed"},
        {"1..2\nok 1\nnot ok 2\n", 0, "failed"},
        {"", 0, "untrusted\n0 empty: there are no tests and no plan"},
        {"ok 1\n", 0,
         "untrusted\n0 no-plan: there is no plan, so nobody knows whether all tests were run"},
        {"1..1\nok 1\n1..1\n", 0, "untrusted\n3 two-plans: there is more than one plan"},
        {"ok 1\n1..2\nok 2\n", 0,
         "untrusted\n3 plan-in-middle: the plan stands between tests: it must come before or after "
         "all of them"},
        {"ok 1\n1..1\nok 2\nok 3\n", 0,
         "untrusted\n3 tests-after-plan: there are tests after the plan, which came last\n"
         "0 too-many: 1 tests were planned, but 3 were run"},
        {"1..3\nok 1\n", 0,
         "untrusted\n0 too-few: 3 tests were planned, but 1 were run: number 2 is the first that "
         "is missing"},
        {"1..0\nok 1\n", 0, "untrusted\n0 not-skipped: the plan skips all tests, but 1 were run"},
        {"TAP version 14\n1..2\nok 2\nok 2\n", 0,
         "untrusted\n4 number-twice: test number 2 was used before"},
        {"1..1\nok 0\n", 0,
         "untrusted\n2 number-out-of-range: test number 0 is out of range: they begin with 1"},
        {"TAP version 14\n1..2\nok 1\nok 9\n", 0,
         "untrusted\n4 number-out-of-range: test number 9 is out of range: the plan ends with 2"},
        {"1..2\nok 2\nok 1\n", 0,
         "untrusted\n2 number-out-of-order: test number 2 is out of order: 1 is expected (only TAP "
         "14 allows any order)\n3 number-out-of-order: test number 1 is out of order: 3 is "
         "expected (only TAP 14 allows any order)"},
        {"TAP version 9\n1..1\nok 1\n", 0,
         "untrusted\n1 version-old: the version line says 9: it must be 13 or more"},
        {"TAP version 15\n1..1\nok 1\n", 0,
         "untrusted\n1 version-unknown: TAP version 15 is not known here: 14 is the newest"},
        {"1..1\nok 1\nTAP version 13\n", 0,
         "untrusted\n3 version-late: a version line must be the first line, and the only one"},
        {"1..9\nok 1\nBail out! no\033[1m disk\n", 0,
         "untrusted\n3 bail-out: Bail out! no\\x1b[1m disk"},
        {"Bail out!\n", 0, "untrusted\n1 bail-out: Bail out!"},
        {"TAP version 13\npragma +strict\nx\n1..1\nok 1\n", 0,
         "untrusted\n3 forbidden-junk: 'x' is no TAP, and 'pragma +strict' forbids it"},
        {"TAP version 13\n1..1\nok 1\n  ---\n", 0,
         "untrusted\n4 open-yaml: the block of YAML has no end ('...', indented as its '---')"},
        {"TAP version 14\n1..1\n    1..2\n    ok 1\n    not ok 2\nok 1\n", 0,
         "untrusted\n6 subtest-failed: the test point says 'ok', but 1 of 2 tests of its subtest "
         "failed"},
        {"TAP version 14\n1..1\n    not ok 1\nok 1\n", 0,
         "untrusted\n4 subtest-broken: the test point says 'ok', but in its subtest (line 3) there "
         "is no plan, so nobody knows whether all tests were run, and tests failed"},
        {"TAP version 14\n1..1\n    1..2\n    ok 1\n    ok 1\nok 1\n", 0,
         "untrusted\n6 subtest-broken: the test point says 'ok', but in its subtest (line 5) test "
         "number 1 was used before"},
        {"TAP version 14\n1..1\n# Subtest: a\n    1..1\n    ok 1\nok 1 - b\n", 0,
         "untrusted\n6 subtest-name: the subtest 'a' ends with the test point of another, 'b'"},
        {"1..1\nok 1\n", 3,
         "untrusted\n0 exit-status: no test failed, but the command exited with 3"},
        {"1..1\nok 1\n", 137,
         "untrusted\n0 exit-status: no test failed, but the command exited with 137: killed by "
         "signal 9, Killed"},
        {"1..0\n", 126,
         "untrusted\n0 exit-status: no test failed, but the command exited with 126: a command was "
         "found, and cannot be executed: 'chmod +x' is missing, or it is for another architecture"},
        {"1..0\n", 127,
         "untrusted\n0 exit-status: no test failed, but the command exited with 127: a command, or "
         "the interpreter that it names, was not found"},
        {"1..0\n", 1, "untrusted\n0 exit-status: no test failed, but the command exited with 1"},
        {"1..1\nnot ok 1 # TODO x\n", 1,
         "untrusted\n0 exit-status: no test failed, but the command exited with 1"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbTapJudge) judge = judge_text(cases[i].text, cases[i].exit_status);
        g_autofree char *judgement = describe(judge);
        g_assert_cmpstr(judgement, ==, cases[i].judgement);
    }
}

/* A failure anywhere inside counts, in every version, whether a test point speaks for it or not. */
static void test_hidden_failures(void)
{
    static const struct {
        const char *text;
        const char *judgement;
    } cases[] = {
        {"TAP version 14\n1..1\nok 1 - a\n# Subtest: cleanup\n    1..1\n    not ok 1 - leak\n",
         "untrusted\n5 subtest-failed: 1 of 1 tests failed in a subtest that has no test point of "
         "its own"},
        {"1..1\nok 1\n    1..2\n    ok 1\n    not ok 2\n",
         "untrusted\n3 subtest-failed: 1 of 2 tests failed in a subtest that has no test point of "
         "its own"},
        {"1..1\nok 1\n        not ok 1\n    ok 1\n    1..1\n",
         "untrusted\n4 subtest-broken: in a subtest that has no test point of its own, the test "
         "point says 'ok', but 1 of 1 tests of its subtest failed"},
        {"1..1\nok 1\n    1..1\n    ok 1\n        not ok 1\n",
         "untrusted\n5 subtest-broken: in a subtest that has no test point of its own, 1 of 1 "
         "tests "
         "failed in a subtest that has no test point of its own"},
        {"1..1\nok 1\n    1..3\n    ok 1\n",
         "untrusted\n3 subtest-broken: in a subtest that has no test point of its own, 3 tests "
         "were "
         "planned, but 1 were run: number 2 is the first that is missing"},
        {"1..1\nok 1\n# Subtest: b\n    1..1\n    ok 1\n",
         "untrusted\n4 subtest-open: the subtest 'b' has no end: no test point of its own, and no "
         "'}'"},
        {"KTAP version 1\n1..1\nok 1 a\n  KTAP version 1\n  1..1\n  ok 1 b\n",
         "untrusted\n4 subtest-open: the subtest '' has no end: no test point of its own, and no "
         "'}'"},
        {"1..1\n    not ok 1\n    1..1\nok 1\n",
         "untrusted\n4 subtest-failed: the test point says 'ok', but 1 of 1 tests of its subtest "
         "failed"},
        {"TAP version 14\n1..1\n    not ok 1\n    1..1\nok 1 # SKIP\n",
         "untrusted\n5 subtest-failed: the test point says 'skip', but 1 of 1 tests of its subtest "
         "failed"},
        {"1..1\n        not ok 1\nok 1\n",
         "untrusted\n3 subtest-broken: the test point says 'ok', but in its subtest (line 2) 1 of "
         "1 tests failed in a subtest that has no test point of its own"},
        /* A failure that is expected, in all its parts. */
        {"1..1\n        not ok 1\n    ok 1\n    1..1\nnot ok 1 # TODO\n", "passed"},
        {"TAP version 14\n1..1\n    not ok 1\n    1..1\nok 1 # TODO\n", "passed"},
        /* Rules of form say nothing about what may be any output. */
        {"1..1\n    ok 1\n    ok 1\nok 1\n", "passed"},
        {"1..2\nok 1\n    1..3\n    ok 1\nok 2 # SKIP too slow\n", "passed"},
        /* But about what was announced as a subtest. */
        {"1..1\n# Subtest: a\n    ok 1\nok 1 - a\n",
         "untrusted\n4 subtest-broken: the test point says 'ok', but in its subtest (line 3) there "
         "is no plan, so nobody knows whether all tests were run"},
        {"1..2\nok 1\n# Subtest: b\n    Bail out! no disk\n", "untrusted\n4 bail-out: Bail out! no "
                                                              "disk"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbTapJudge) judge = judge_text(cases[i].text, 0);
        g_autofree char *judgement = describe(judge);
        g_assert_cmpstr(judgement, ==, cases[i].judgement);
    }
}

static void test_counts(void)
{
    g_autoptr(SbTapJudge) judge =
        judge_text("1..6\nok 1\nnot ok 2\nnot ok 3 # TODO\nok 4 # TODO\nok 5 # SKIP\n"
                   "    ok 1\n    not ok 2\n    1..2\nnot ok 6 # SKIP\n",
                   -1);
    static const guint64 expected[SB_TAP_N_OUTCOMES] = {1, 1, 1, 1, 2};
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        g_assert_cmpuint(sb_tap_judge_count(judge, i), ==, expected[i]);
    g_assert_cmpuint(sb_tap_judge_nested_count(judge, SB_TAP_PASSED), ==, 1);
    g_assert_cmpuint(sb_tap_judge_nested_count(judge, SB_TAP_FAILED), ==, 1);
    guint64 planned;
    g_assert_true(sb_tap_judge_planned(judge, &planned));
    g_assert_cmpuint(planned, ==, 6);
    g_assert_null(sb_tap_judge_skip_reason(judge));
    g_assert_true(sb_tap_judge_point(judge)->ends_subtest);
    g_assert_true(sb_tap_judge_point(judge)->subtest_failed);
    g_assert_cmpuint(sb_tap_judge_point(judge)->number, ==, 6);
}

static void test_skip_reason(void)
{
    g_autoptr(SbTapJudge) judge = judge_text("1..0 # SKIP no \\# here\n", 0);
    g_assert_cmpstr(sb_tap_judge_skip_reason(judge), ==, "no # here");
    g_autoptr(SbTapJudge) silent = judge_text("1..0\n", 0);
    g_assert_cmpstr(sb_tap_judge_skip_reason(silent), ==, "");
}

/* What is looked past is counted. */
static void test_looked_past(void)
{
    g_autoptr(SbTapJudge) judge = judge_text("1..1\nok 1\n    ok 1\n", 0);
    g_assert_cmpint(sb_tap_judge_verdict(judge), ==, SB_TAP_VERDICT_PASSED);
    g_assert_cmpuint(sb_tap_judge_open_subtests(judge), ==, 1);
    g_autoptr(SbTapJudge) far = judge_text("TAP version 14\n1..2\nok 99999999\nok 99999998\n", 0);
    g_assert_cmpuint(sb_tap_judge_untracked(far), ==, 2);
}

/* Endless problems take no endless memory. */
static void test_many_problems(void)
{
    GString *text = g_string_new("TAP version 14\n1..5000\n");
    for (guint i = 0; i < 5000; i++)
        g_string_append(text, "ok 1\n");
    g_autoptr(SbTapJudge) judge = judge_text(text->str, 0);
    g_assert_cmpuint(sb_tap_judge_problem_count(judge, SB_TAP_PROBLEM_NUMBER_TWICE), ==, 4999);
    g_assert_cmpuint(sb_tap_judge_problems(judge)->len, ==, SB_TAP_MAX_PROBLEMS_OF_KIND);
    g_string_free(text, TRUE);
}

/* A description of any length is quoted in a line of some length. */
static void test_long_quote(void)
{
    g_autofree char *reason = g_strnfill(60000, 'x');
    g_autofree char *text = g_strconcat("Bail out! ", reason, "\n", NULL);
    g_autoptr(SbTapJudge) judge = judge_text(text, 0);
    const SbTapProblem *problem = g_ptr_array_index(sb_tap_judge_problems(judge), 0);
    g_assert_cmpuint(strlen(problem->text), <, 300);
}

static void test_names(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < SB_TAP_N_PROBLEMS; i++)
        g_assert_true(g_hash_table_add(seen, (gpointer)sb_tap_problem_name(i)));
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        g_assert_true(g_hash_table_add(seen, (gpointer)sb_tap_outcome_name(i)));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/tap-judge/problems", test_problems);
    g_test_add_func("/tap-judge/hidden-failures", test_hidden_failures);
    g_test_add_func("/tap-judge/counts", test_counts);
    g_test_add_func("/tap-judge/skip-reason", test_skip_reason);
    g_test_add_func("/tap-judge/looked-past", test_looked_past);
    g_test_add_func("/tap-judge/many-problems", test_many_problems);
    g_test_add_func("/tap-judge/long-quote", test_long_quote);
    g_test_add_func("/tap-judge/names", test_names);
    return g_test_run();
}
