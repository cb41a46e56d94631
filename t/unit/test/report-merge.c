/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/report-merge.h"

#include "tap/suite-reader.h"
#include "test.h"

#include <string.h>

/* A suite of the step "s" on a machine of FLEET. */
static void add(SbReport *report, const char *fleet, const char *test, const char *tap)
{
    g_autofree char *host = g_strdup_printf("%s-m-1", fleet);
    g_autofree char *name = g_strdup_printf("%s/%s", host, test);
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new(name, &sb_suite_limits_full);
    sb_suite_reader_push(reader, tap, strlen(tap));
    SbSuite *suite = sb_suite_reader_finish(reader, 0);
    suite->host = g_steal_pointer(&host);
    suite->test = g_strdup(test);
    suite->repeats = g_steal_pointer(&name);
    suite->duration_ms = 1500;
    sb_report_add_suite(report, suite);
}

static const char good[] = "1..1\nok 1 - x\n", bad[] = "1..1\nnot ok 1 - x\n";

/* A report of FLEET, part SHARD (nullable), with the step "set" and the step TEST that gave TAP. */
static SbReportPart part(const char *file, const char *fleet, const char *shard, const char *test,
                         const char *tap)
{
    SbReportPart part = {.file = file, .report = sb_report_new()};
    sb_report_add_property(part.report, "fleet", fleet);
    sb_report_add_property(part.report, "fleet_file_digest", "sha256:00");
    sb_report_add_property(part.report, "seedbed", "1");
    sb_report_add_property(part.report, "host", file);
    if (shard)
        sb_report_add_property(part.report, "shard", shard);
    add(part.report, fleet, "set", good);
    if (test)
        add(part.report, fleet, test, tap);
    return part;
}

/* Merges and frees PARTS. */
static SbReport *merge(SbReportPart *parts, guint n_parts, GError **error)
{
    SbReport *merged = sb_report_merge(parts, n_parts, error);
    for (guint i = 0; i < n_parts; i++)
        sb_report_free(parts[i].report);
    return merged;
}

/* The suites as "NAME=RESULT …". */
static char *suites_text(const SbReport *report)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < report->suites->len; i++) {
        const SbSuite *suite = g_ptr_array_index(report->suites, i);
        g_string_append_printf(text, "%s%s=%s", i ? " " : "", suite->name, sb_suite_result(suite));
    }
    return g_string_free(text, FALSE);
}

static void test_shards(void)
{
    SbReportPart parts[] = {part("b", "f", "2/2", "two", good), part("a", "f", "1/2", "one", good)};
    g_autoptr(GError) error = NULL;
    g_autoptr(SbReport) merged = merge(parts, 2, &error);
    g_assert_no_error(error);
    g_autofree char *text = suites_text(merged);
    g_assert_cmpstr(text, ==,
                    "f-m-1/set=passed f-m-1/one=passed f-m-1/set (part 2/2)=passed "
                    "f-m-1/two=passed");
    g_assert_cmpstr(sb_report_result(merged), ==, "passed");
    g_assert_cmpstr(sb_report_property(merged, "fleet"), ==, "f");
    g_assert_cmpstr(sb_report_property(merged, "host"), ==, "b, a");
    g_assert_cmpstr(sb_report_property(merged, "reports"), ==, "2");
    g_assert_null(sb_report_property(merged, "shard"));
}

/* A lost node is never green. */
static void test_missing(void)
{
    SbReportPart parts[] = {part("a", "f-1", "1/3", "one", good),
                            part("c", "f-3", "3/3", "three", good)};
    g_autoptr(GError) error = NULL;
    g_autoptr(SbReport) merged = merge(parts, 2, &error);
    g_assert_no_error(error);
    g_autofree char *text = suites_text(merged);
    g_assert_cmpstr(text, ==,
                    "f-1-m-1/set=passed f-1-m-1/one=passed part 2/3=untrusted f-3-m-1/set=passed "
                    "f-3-m-1/three=passed");
    g_assert_cmpstr(sb_report_result(merged), ==, "failed");
    const SbSuite *missing = g_ptr_array_index(merged->suites, 2);
    const SbSuiteProblem *problem = g_ptr_array_index(missing->problems, 0);
    g_assert_cmpstr(problem->kind, ==, "missing-part");
    g_assert_cmpstr(problem->text, ==,
                    "there is no report of part 2 of 3: its tests did not run, or their results "
                    "are lost");
}

/* Repetitions under other names of the fleet are repetitions all the same. */
static void test_flaky(void)
{
    SbReportPart parts[] = {part("a", "f-1", NULL, "one", good), part("b", "f-2", NULL, "one", bad),
                            part("c", "f-2", NULL, "one", bad)};
    g_autoptr(GError) error = NULL;
    g_autoptr(SbReport) merged = merge(parts, 3, &error);
    g_assert_no_error(error);
    g_autofree char *text = suites_text(merged);
    g_assert_cmpstr(text, ==,
                    "f-1-m-1/set=passed f-1-m-1/one=passed f-2-m-1/set=passed f-2-m-1/one=failed "
                    "f-2-m-1/set (report 3)=passed f-2-m-1/one (report 3)=failed");
    const SbSuite *suite = g_ptr_array_index(merged->suites, 3);
    const SbTest *test = g_ptr_array_index(suite->tests, 0);
    g_assert_true(test->is_flaky);
    g_assert_cmpstr(test->diagnostics, ==, "flaky: failed 2 times of 3");
    g_assert_cmpstr(sb_report_property(merged, "fleet"), ==, "f-1, f-2");

    /* The merged report with one more: the marks are made anew. */
    SbReportPart again[] = {{.file = "m", .report = g_steal_pointer(&merged)},
                            part("d", "f-4", NULL, "one", good)};
    g_autoptr(SbReport) more = merge(again, 2, &error);
    g_assert_no_error(error);
    const SbSuite *failed = g_ptr_array_index(more->suites, 3);
    test = g_ptr_array_index(failed->tests, 0);
    g_assert_cmpstr(test->diagnostics, ==, "flaky: failed 2 times of 4");
}

static void check_refused(SbReportPart first, SbReportPart second, const char *words)
{
    SbReportPart parts[] = {first, second};
    g_autoptr(GError) error = NULL;
    g_assert_null(merge(parts, 2, &error));
    g_assert_error(error, SB_REPORT_ERROR, SB_REPORT_ERROR_OTHER);
    if (!strstr(error->message, words))
        g_error("%s", error->message);
}

static SbReportPart with(SbReportPart part, const char *name, const char *value)
{
    for (guint i = 0; i + 1 < part.report->properties->len; i += 2) {
        if (strcmp(part.report->properties->pdata[i], name) != 0)
            continue;
        g_free(part.report->properties->pdata[i + 1]);
        part.report->properties->pdata[i + 1] = g_strdup(value);
    }
    return part;
}

static void test_refused(void)
{
    check_refused(part("a", "f", NULL, "one", good),
                  with(part("b", "f", NULL, "one", good), "fleet_file_digest", "sha256:11"),
                  "'b' is of another fleet file than 'a' (fleet_file_digest: 'sha256:11', and "
                  "'sha256:00')");
    check_refused(part("a", "f", NULL, "one", good),
                  with(part("b", "f", NULL, "one", good), "seedbed", "2"),
                  "another version of seedbed");
    check_refused(part("a", "f", "1/2", "one", good), part("b", "f", "2/3", "one", good),
                  "'b' is of a test in 3 parts, and 'a' of one in 2");
    check_refused(part("a", "f", "1/2", "one", good), part("b", "f", NULL, "one", good),
                  "'b' is of a test in 1 parts");
    check_refused(part("a", "f", "1/2", "one", good), part("b", "f", "3/2", "one", good),
                  "'b': its part '3/2' is not K/N");
}

static void test_durations(void)
{
    SbReportPart first = part("a", "f", NULL, "one[x/y]", good);
    add(first.report, "g", "one[x/y]", bad);
    SbSuite *slow = g_ptr_array_index(first.report->suites, 2);
    slow->duration_ms = 2500;
    SbSuite *lost = sb_suite_not_run("f-m-1/lost", FALSE, "gone");
    lost->test = g_strdup("lost");
    sb_report_add_suite(first.report, lost);
    g_autoptr(GHashTable) durations = sb_report_durations(first.report);
    g_assert_cmpuint(g_hash_table_size(durations), ==, 2);
    g_assert_cmpfloat(*(gdouble *)g_hash_table_lookup(durations, "set"), ==, 1.5);
    g_assert_cmpfloat(*(gdouble *)g_hash_table_lookup(durations, "one[x/y]"), ==, 2.5);
    sb_report_free(first.report);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/report-merge/shards", test_shards);
    g_test_add_func("/report-merge/missing", test_missing);
    g_test_add_func("/report-merge/flaky", test_flaky);
    g_test_add_func("/report-merge/refused", test_refused);
    g_test_add_func("/report-merge/durations", test_durations);
    return g_test_run();
}
