/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/step-results.h"

#include "guest/guest-command.h"

#include "test.h"

#include <string.h>

static SbTestStep tap_step = {.name = (char *)"s", .results = SB_RESULTS_TAP};
static SbTestStep exit_step = {.name = (char *)"s", .results = SB_RESULTS_EXIT};

/* The suite of STEP after OUTPUT. */
static SbSuite *suite_of(const SbTestStep *step, const char *output, int status,
                         const GError *failure, const char *broken)
{
    static SbTestRun run = {.label = (char *)"s[i] #2"};
    run.step = step;
    SbStepResults *results = sb_step_results_new(&run, "f-m-1");
    sb_step_results_begin(results);
    sb_step_results_add(results, FALSE, output, strlen(output));
    SbSuite *suite = sb_step_results_finish(results, status, failure, broken);
    sb_step_results_free(results);
    return suite;
}

/* LINE without the time at its end. */
static void assert_line(const SbSuite *suite, const char *expected)
{
    g_autofree char *line = sb_step_results_line(suite);
    char *time = g_str_has_suffix(line, " ms)") ? strrchr(line, '(') - 1 : NULL;
    if (time)
        *time = '\0';
    g_assert_cmpstr(line, ==, expected);
}

static void test_tap(void)
{
    g_autoptr(SbSuite) suite = suite_of(&tap_step, "1..2\nok 1\nnot ok 2\n", 0, NULL, NULL);
    assert_line(suite, "f-m-1/s[i] #2: failed, 2 tests, 1 failed");
    g_assert_cmpstr(suite->host, ==, "f-m-1");
    g_assert_cmpint(suite->exit_status, ==, 0);
    g_assert_cmpint(suite->duration_ms, >=, 0);
    g_assert_cmpint(suite->duration_ms, <, 1000);
}

static void test_exit_status(void)
{
    g_autoptr(SbSuite) good = suite_of(&exit_step, "said\n", 0, NULL, NULL);
    g_autoptr(SbSuite) bad = suite_of(&exit_step, "said\n", 3, NULL, NULL);
    assert_line(good, "f-m-1/s[i] #2: passed, 1 test");
    assert_line(bad, "f-m-1/s[i] #2: failed, 1 test, 1 failed");
    g_assert_cmpstr(bad->output, ==, "said\n");
}

/* The results are kept, and the exit status of the killed command is not held against them. */
static void test_timeout(void)
{
    g_autoptr(GError) late = g_error_new_literal(
        SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT, "it did not end within 1 s");
    g_autoptr(SbSuite) tap = suite_of(&tap_step, "1..1\nok 1\n", 143, late, NULL);
    g_autoptr(SbSuite) status = suite_of(&exit_step, "said\n", -1, late, NULL);
    assert_line(tap, "f-m-1/s[i] #2: untrusted: it did not end within 1 s, 1 test");
    g_assert_cmpuint(tap->problems->len, ==, 1);
    g_autoptr(SbSuite) asks = suite_of(&tap_step, "1..1\nOverwrite? [y/N] ", 143, late, NULL);
    const SbSuiteProblem *problem = asks->problems->pdata[0];
    g_assert_nonnull(strstr(problem->text, "ends within a line, as a question does"));
    g_assert_true(sb_suite_is_bad(status));
    g_assert_null(status->broken);
}

static void test_broken(void)
{
    g_autoptr(GError) lost = g_error_new_literal(SB_GUEST_COMMAND_ERROR,
                                                 SB_GUEST_COMMAND_ERROR_LOST, "it broke\nreally");
    g_autoptr(SbSuite) tap = suite_of(&tap_step, "1..2\nok 1\n", -1, lost, NULL);
    g_autoptr(SbSuite) status = suite_of(&exit_step, "", -1, lost, NULL);
    g_autoptr(SbSuite) told = suite_of(&tap_step, "1..2\nok 1\n", -1, lost, "the kernel panicked");
    assert_line(tap, "f-m-1/s[i] #2: broken: it broke, 1 test");
    g_assert_cmpstr(status->broken, ==, "it broke\nreally");
    /* The first cause wins. */
    g_assert_cmpstr(told->broken, ==, "the kernel panicked");
}

static void test_count(void)
{
    SbTestRun run = {.step = &tap_step, .label = (char *)"s"};
    SbStepResults *results = sb_step_results_new(&run, "f-m-1");
    sb_step_results_add(results, FALSE, "1..2\nok 1\n", 10);
    sb_step_results_add(results, TRUE, "ok 2\n", 5);
    g_assert_cmpuint(sb_step_results_count(results, SB_TAP_PASSED), ==, 1);
    g_assert_false(sb_step_results_are_complete(results));
    sb_step_results_add(results, FALSE, "not ok 2\n", 9);
    g_assert_cmpuint(sb_step_results_count(results, SB_TAP_FAILED), ==, 1);
    g_assert_true(sb_step_results_are_complete(results));
    sb_step_results_free(results);
}

static void test_leftovers(void)
{
    SbTestRun run = {.step = &tap_step, .label = (char *)"s"};
    g_autoptr(SbSuite) suite = sb_step_results_not_run(&run, FALSE, "x");
    guint before = suite->notes->len;
    sb_step_results_note_leftovers(suite, NULL);
    g_assert_cmpuint(suite->notes->len, ==, before);
    sb_step_results_note_leftovers(suite, "yes (312)");
    g_assert_nonnull(strstr(g_ptr_array_index(suite->notes, before), ": yes (312); "));
}

static void test_not_run(void)
{
    SbTestRun one = {.step = &tap_step, .label = (char *)"s", .machine = (char *)"f-m-2"};
    SbTestRun any = {.step = &tap_step, .label = (char *)"s"};
    g_autoptr(SbSuite) skipped = sb_step_results_not_run(&one, TRUE, "it needs 'a', which failed");
    g_autoptr(SbSuite) broken = sb_step_results_not_run(&any, FALSE, "not run: x\ny");
    assert_line(skipped, "f-m-2/s: skipped: it needs 'a', which failed");
    assert_line(broken, "any/s: broken: not run: x");
    g_assert_cmpstr(skipped->host, ==, "f-m-2");
    g_assert_null(broken->host);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/step-results/tap", test_tap);
    g_test_add_func("/step-results/exit-status", test_exit_status);
    g_test_add_func("/step-results/timeout", test_timeout);
    g_test_add_func("/step-results/broken", test_broken);
    g_test_add_func("/step-results/count", test_count);
    g_test_add_func("/step-results/leftovers", test_leftovers);
    g_test_add_func("/step-results/not-run", test_not_run);
    return g_test_run();
}
