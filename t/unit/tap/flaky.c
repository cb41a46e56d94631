/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/flaky.h"
#include "tap/suite-reader.h"
#include "test.h"

#include <string.h>

static void add(SbReport *report, const char *repeats, const char *tap)
{
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new(repeats, &sb_suite_limits_full);
    sb_suite_reader_push(reader, tap, strlen(tap));
    SbSuite *suite = sb_suite_reader_finish(reader, 0);
    suite->repeats = g_strdup(repeats);
    sb_report_add_suite(report, suite);
}

static const SbTest *test_of(const SbReport *report, guint suite, guint test)
{
    const SbSuite *from = g_ptr_array_index(report->suites, suite);
    return g_ptr_array_index(from->tests, test);
}

static void test_flaky(void)
{
    g_autoptr(SbReport) report = sb_report_new();
    add(report, "a", "1..3\nok 1 - x\nnot ok 2 - y\nnot ok 3 - z # TODO\n");
    add(report, "a", "1..3\nnot ok 1 - x\n# why\nnot ok 2 - y\nok 3 - z # TODO\n");
    add(report, "a", "1..3\nok 1 - x\nnot ok 2 - y\nok 3 - z\n");
    add(report, "b", "1..1\nok 1 - y\n"); /* of another run */
    g_assert_cmpuint(sb_report_mark_flaky(report), ==, 1);
    const SbTest *x = test_of(report, 1, 0);
    g_assert_true(x->is_flaky);
    g_assert_cmpstr(x->diagnostics, ==, "flaky: failed 1 times of 3\nwhy");
    g_assert_false(test_of(report, 0, 0)->is_flaky); /* where it passed */
    for (guint i = 0; i < 3; i++)
        g_assert_false(test_of(report, i, 1)->is_flaky); /* which always fails */
    g_assert_cmpstr(report->properties->pdata[0], ==, "flaky");
    g_assert_cmpstr(report->properties->pdata[1], ==, "1");
}

/* One that cannot be trusted now and then has no test that failed. */
static void test_flaky_suite(void)
{
    g_autoptr(SbReport) report = sb_report_new();
    add(report, "a", "1..2\nok 1 - x\n");
    add(report, "a", "1..1\nok 1 - x\n");
    g_assert_cmpuint(sb_report_mark_flaky(report), ==, 1);
    const SbSuite *suite = g_ptr_array_index(report->suites, 0);
    g_assert_cmpstr(suite->notes->pdata[0], ==, "flaky: failed 1 times of 2");
}

static void test_none(void)
{
    g_autoptr(SbReport) report = sb_report_new();
    add(report, "a", "1..1\nok 1 - x\n");
    add(report, "a", "1..1\nok 1 - x\n");
    g_assert_cmpuint(sb_report_mark_flaky(report), ==, 0);
    g_assert_cmpuint(report->properties->len, ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/flaky/tests", test_flaky);
    g_test_add_func("/flaky/suite", test_flaky_suite);
    g_test_add_func("/flaky/none", test_none);
    return g_test_run();
}
