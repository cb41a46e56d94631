/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/xml.h"
#include "tap/report.h"

/* This follows Ant's schema, the strictest in use, with the totals in `testsuites` that Jenkins,
 * GitLab and pytest have beside it: each `testsuite` has id, package, hostname, timestamp, time,
 * `properties`, `system-out` and `system-err`, even if nothing is known. */
static const char unknown_time[] = "1970-01-01T00:00:00";

static void add_property(xmlNode *properties, const char *name, const char *value)
{
    sb_xml_add(properties, "property", "name", name, "value", value, NULL);
}

static void add_properties(xmlNode *node, const SbReport *report, const SbSuite *suite)
{
    xmlNode *properties = sb_xml_add(node, "properties", NULL);
    for (guint i = 0; i + 1 < report->properties->len; i += 2)
        add_property(properties, g_ptr_array_index(report->properties, i),
                     g_ptr_array_index(report->properties, i + 1));
    add_property(properties, "seedbed.result", sb_suite_result(suite));
    if (suite->skip_reason && *suite->skip_reason)
        add_property(properties, "seedbed.skipped", suite->skip_reason);
    for (guint i = 0; i < suite->notes->len; i++)
        add_property(properties, "seedbed.note", g_ptr_array_index(suite->notes, i));
}

static char *seconds(gdouble value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(number, sizeof number, "%.3f", MAX(value, 0)));
}

static xmlNode *add_case(xmlNode *node, const char *class_name, const char *name, gdouble duration)
{
    g_autofree char *time = seconds(duration);
    return sb_xml_add(node, "testcase", "name", name, "classname", class_name, "time", time, NULL);
}

/* A child of TESTCASE that says why the test did not simply pass. */
static void add_result(xmlNode *testcase, const char *element, const char *type,
                       const char *message, const char *text)
{
    xmlNode *result = sb_xml_add_text(testcase, element, text ? text : "");
    xmlNewProp(result, BAD_CAST "type", BAD_CAST type);
    xmlNewProp(result, BAD_CAST "message", BAD_CAST message);
}

static void add_skipped(xmlNode *testcase, const char *word, const char *reason)
{
    g_autofree char *message =
        g_strconcat(word, reason && *reason ? ": " : "", reason ? reason : "", NULL);
    sb_xml_add(testcase, "skipped", "message", message, NULL);
}

static void add_test(xmlNode *node, const SbSuite *suite, const SbTest *test)
{
    g_autofree char *path = sb_suite_test_path(suite, test);
    xmlNode *testcase = add_case(node, suite->name, path, test->duration_s);
    switch (test->outcome) {
    case SB_TAP_FAILED:
        if (test->is_overruled)
            add_skipped(testcase, "TODO", "the test point of its subtest overrules it");
        else
            add_result(testcase, "failure", "failed", path, test->diagnostics);
        break;
    case SB_TAP_SKIPPED:
        add_skipped(testcase, "SKIP", test->reason);
        break;
    case SB_TAP_TODO:
        add_skipped(testcase, "TODO", test->reason);
        break;
    default:
        break;
    }
}

static void add_error(xmlNode *node, const SbSuite *suite, const char *kind, guint64 line_number,
                      const char *text)
{
    g_autofree char *message =
        line_number > 0 ? g_strdup_printf("line %" G_GUINT64_FORMAT ": %s", line_number, text)
                        : g_strdup(text);
    add_result(add_case(node, suite->name, kind, 0), "error", kind, message, message);
}

static void add_count(xmlNode *node, const char *name, guint64 count)
{
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, count);
    xmlNewProp(node, BAD_CAST name, BAD_CAST text);
}

/* The numbers of one suite or of all. They count all tests, including those that are not listed. */
typedef struct {
    guint64 tests, failures, errors, skipped;
    gint64 duration_ms;
} Counts;

static Counts counts_of(const SbSuite *suite)
{
    Counts counts = {.failures = suite->cases[SB_TAP_FAILED],
                     .errors = suite->problems->len + (suite->broken != NULL),
                     .skipped = suite->cases[SB_TAP_SKIPPED] + suite->cases[SB_TAP_TODO],
                     .duration_ms = MAX(suite->duration_ms, 0)};
    counts.tests = counts.errors;
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        counts.tests += suite->cases[i];
    return counts;
}

static void add_counts(xmlNode *node, const Counts *counts)
{
    add_count(node, "tests", counts->tests);
    add_count(node, "failures", counts->failures);
    add_count(node, "errors", counts->errors);
    add_count(node, "skipped", counts->skipped);
}

static void add_suite(xmlNode *root, const SbReport *report, guint index, const SbSuite *suite)
{
    g_autofree char *id = g_strdup_printf("%u", index);
    g_autofree char *time = seconds((gdouble)suite->duration_ms / 1000);
    xmlNode *node =
        sb_xml_add(root, "testsuite", "id", id, "name", suite->name, "package", suite->name,
                   "hostname", suite->host ? suite->host : "localhost", "timestamp",
                   suite->started ? suite->started : unknown_time, "time", time, NULL);
    const Counts counts = counts_of(suite);
    add_counts(node, &counts);
    add_properties(node, report, suite);
    for (guint i = 0; i < suite->tests->len; i++)
        if (!sb_test_is_repetition(g_ptr_array_index(suite->tests, i)))
            add_test(node, suite, g_ptr_array_index(suite->tests, i));
    SB_EACH(const SbSuiteProblem, problem, suite->problems)
        add_error(node, suite, problem->kind, problem->line_number, problem->text);
    if (suite->broken)
        add_error(node, suite, "broken", 0, suite->broken);
    sb_xml_add_text(node, "system-out", suite->output);
    sb_xml_add(node, "system-err", NULL);
}

/* The time is the sum over all suites, as JUnit's tools have it, also if they ran side by side. */
static void add_totals(xmlNode *root, const SbReport *report)
{
    Counts totals = {0};
    SB_EACH(const SbSuite, suite, report->suites) {
        const Counts counts = counts_of(suite);
        totals.tests += counts.tests;
        totals.failures += counts.failures;
        totals.errors += counts.errors;
        totals.skipped += counts.skipped;
        totals.duration_ms += counts.duration_ms;
    }
    add_counts(root, &totals);
    g_autofree char *time = seconds((gdouble)totals.duration_ms / 1000);
    xmlNewProp(root, BAD_CAST "time", BAD_CAST time);
}

xmlDoc *sb_report_to_junit(const SbReport *report)
{
    xmlDoc *document = sb_xml_new("testsuites");
    add_totals(xmlDocGetRootElement(document), report);
    for (guint i = 0; i < report->suites->len; i++)
        add_suite(xmlDocGetRootElement(document), report, i, g_ptr_array_index(report->suites, i));
    return document;
}
