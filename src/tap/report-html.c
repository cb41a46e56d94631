/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/page.h"
#include "base/units.h"
#include "base/xml.h"
#include "tap/report.h"

#include <string.h>

/* ---- findings ---- */

/* Why SUITE is bad, in one line. (transfer full) */
static char *reason_of(const SbSuite *suite)
{
    const char *text = suite->broken;
    if (!text && suite->problems->len > 0)
        text = ((const SbSuiteProblem *)suite->problems->pdata[0])->text;
    if (text)
        return g_strndup(text, strcspn(text, "\n"));
    return g_strdup_printf("%" G_GUINT64_FORMAT " failed", suite->cases[SB_TAP_FAILED]);
}

static void add_findings(xmlNode *body, const SbReport *report)
{
    if (!sb_report_is_bad(report))
        return;
    sb_xml_add_text(body, "h2", "What is wrong");
    xmlNode *list = sb_xml_add(body, "ul", NULL);
    for (guint i = 0; i < report->suites->len; i++) {
        const SbSuite *suite = g_ptr_array_index(report->suites, i);
        if (!sb_suite_is_bad(suite))
            continue;
        g_autofree char *target = g_strdup_printf("#suite-%u", i + 1);
        g_autofree char *reason = reason_of(suite);
        xmlNode *item = sb_xml_add(list, "li", NULL);
        xmlNode *link = sb_xml_add_text(item, "a", suite->name);
        xmlNewProp(link, BAD_CAST "href", BAD_CAST target);
        g_autofree char *words = g_strdup_printf(": %s", reason);
        xmlNodeAddContent(item, BAD_CAST words);
    }
}

/* ---- the timeline ---- */

/* A bar with texts of its own: ROW, LANE and CLASS_NAME live as long as the report. */
static void add_bar(GPtrArray *bars, const SbPageBar *bar, char *title, char *target)
{
    SbPageBar *copy = g_memdup2(bar, sizeof *bar);
    copy->title = title;
    copy->target = target;
    g_ptr_array_add(bars, copy);
}

static void bar_free(gpointer data)
{
    SbPageBar *bar = data;
    g_free((char *)bar->title);
    g_free((char *)bar->target);
    g_free(bar);
}

/* The tests, which ran one after another. Those of an unknown duration have no bar. */
static void add_tests(GPtrArray *bars, const SbSuite *suite, guint number, gint64 from_ms)
{
    SB_EACH(const SbTest, test, suite->tests) {
        if (test->duration_s < 0 || test->is_subtest)
            continue;
        gint64 took_ms = (gint64)(1000 * test->duration_s);
        g_autofree char *path = sb_suite_test_path(suite, test);
        g_autofree char *duration = sb_duration_format(took_ms);
        const SbPageBar bar = {.row = suite->host,
                               .lane = "tests",
                               .class_name = sb_tap_outcome_name(test->outcome),
                               .from_ms = from_ms,
                               .to_ms = from_ms + took_ms};
        add_bar(bars, &bar, g_strdup_printf("%s (%s)", path, duration),
                g_strdup_printf("suite-%u", number));
        from_ms += took_ms;
    }
}

/* A suite that ran on a machine, at a known time. */
static void add_suite_bars(GPtrArray *bars, const SbSuite *suite, guint number)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) started =
        suite->started ? g_date_time_new_from_iso8601(suite->started, utc) : NULL;
    if (!started || !suite->host || suite->duration_ms < 0)
        return;
    gint64 from_ms = g_date_time_to_unix(started) * 1000;
    g_autofree char *duration = sb_duration_format(suite->duration_ms);
    const SbPageBar bar = {.row = suite->host,
                           .lane = "steps",
                           .class_name = sb_suite_result(suite),
                           .from_ms = from_ms,
                           .to_ms = from_ms + suite->duration_ms};
    add_bar(bars, &bar,
            g_strdup_printf("%s: %s (%s)", suite->name, sb_suite_result(suite), duration),
            g_strdup_printf("suite-%u", number));
    add_tests(bars, suite, number, from_ms);
}

static void add_timeline(xmlNode *body, const SbReport *report)
{
    g_autoptr(GPtrArray) bars = g_ptr_array_new_with_free_func(bar_free);
    SB_EACH(const SbReportSpan, span, report->spans) {
        g_autofree char *duration = sb_duration_format(span->to_ms - span->from_ms);
        const SbPageBar bar = {.row = span->host,
                               .lane = span->lane,
                               .class_name = "boot",
                               .from_ms = span->from_ms,
                               .to_ms = span->to_ms};
        add_bar(bars, &bar, g_strdup_printf("%s: %s (%s)", span->lane, span->name, duration), NULL);
    }
    for (guint i = 0; i < report->suites->len; i++)
        add_suite_bars(bars, g_ptr_array_index(report->suites, i), i + 1);
    if (bars->len > 0)
        sb_xml_add_text(body, "h2", "Timeline");
    sb_page_add_timeline(body, bars);
}

/* ---- suites ---- */

static void add_test(xmlNode *table, const SbSuite *suite, const SbTest *test)
{
    g_autofree char *path = sb_suite_test_path(suite, test);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, test->number);
    g_autofree char *class_name = g_strconcat(sb_tap_outcome_name(test->outcome),
                                              test->is_overruled ? " overruled" : NULL, NULL);
    xmlNode *row = sb_page_add(table, "tr", class_name, NULL);
    sb_page_add(row, "td", "number faint", number);
    xmlNode *outcome = sb_xml_add(row, "td", NULL);
    sb_page_add(outcome, "span", "word", sb_tap_outcome_name(test->outcome));
    xmlNode *name = sb_xml_add_text(row, "td", path);
    if (test->is_flaky)
        sb_page_add(name, "span", "faint", " (flaky)");
    if (test->reason && *test->reason) {
        g_autofree char *reason = g_strdup_printf(" (%s)", test->reason);
        sb_page_add(name, "span", "faint", reason);
    }
    if (test->diagnostics)
        sb_xml_add_text(name, "pre", test->diagnostics);
    g_autofree char *duration =
        test->duration_s >= 0 ? sb_duration_format((gint64)(test->duration_s * 1000)) : NULL;
    sb_page_add(row, "td", "time", duration);
}

static void add_problems(xmlNode *node, const SbSuite *suite)
{
    if (suite->broken)
        sb_xml_add_text(node, "pre", suite->broken);
    SB_EACH(const SbSuiteProblem, problem, suite->problems) {
        g_autofree char *line = problem->line_number > 0
                                    ? g_strdup_printf("line %" G_GUINT64_FORMAT ": %s",
                                                      problem->line_number, problem->text)
                                    : g_strdup(problem->text);
        sb_xml_add_text(node, "p", line);
    }
    SB_EACH(const char, note, suite->notes)
        sb_page_add(node, "p", "faint", note);
    if (suite->skip_reason && *suite->skip_reason)
        sb_page_add(node, "p", "faint", suite->skip_reason);
}

/* Suites that are bad are open. */
static void add_suite(xmlNode *parent, const SbSuite *suite, guint number)
{
    gboolean is_bad = sb_suite_is_bad(suite);
    g_autofree char *id = g_strdup_printf("suite-%u", number);
    g_autofree char *class_name =
        g_strdup_printf("suite %s%s", sb_suite_result(suite), is_bad ? " bad" : "");
    xmlNode *details = sb_xml_add(parent, "details", "class", class_name, "id", id, NULL);
    if (is_bad)
        xmlNewProp(details, BAD_CAST "open", BAD_CAST "open");
    xmlNode *summary = sb_page_add(details, "summary", sb_suite_result(suite), NULL);
    sb_page_add(summary, "span", "word", sb_suite_result_words(suite));
    g_autofree char *name = g_strdup_printf(" %s", suite->name);
    sb_xml_add_text(summary, "span", name);
    g_autofree char *duration =
        suite->duration_ms >= 0 ? sb_duration_format(suite->duration_ms) : NULL;
    guint64 run = sb_suite_run(suite);
    g_autofree char *facts =
        g_strdup_printf(" %" G_GUINT64_FORMAT " test%s%s%s", run, run == 1 ? "" : "s",
                        duration ? ", " : "", duration ? duration : "");
    sb_page_add(summary, "span", "faint", facts);
    add_problems(details, suite);
    xmlNode *table = sb_xml_add(details, "table", NULL);
    SB_EACH(const SbTest, test, suite->tests)
        if (!sb_test_is_repetition(test))
            add_test(table, suite, test);
    if (!*suite->output)
        return;
    sb_xml_add_text(sb_page_add_folded(details, FALSE, "Output"), "pre", suite->output);
}

static void add_properties(xmlNode *body, const SbReport *report)
{
    if (report->properties->len == 0)
        return;
    xmlNode *details = sb_page_add_folded(body, FALSE, "How to repeat it");
    xmlNode *table = sb_xml_add(details, "table", NULL);
    for (guint i = 0; i + 1 < report->properties->len; i += 2) {
        xmlNode *row = sb_xml_add(table, "tr", NULL);
        sb_xml_add_text(row, "td", g_ptr_array_index(report->properties, i));
        sb_xml_add_text(row, "td", g_ptr_array_index(report->properties, i + 1));
    }
}

char *sb_report_to_html(const SbReport *report)
{
    const char *fleet = sb_report_property(report, "fleet");
    g_autofree char *title =
        g_strdup_printf("%s: %s", fleet ? fleet : "Tests", sb_report_result(report));
    xmlNode *body;
    g_autoptr(xmlDoc) page = sb_page_new(title, &body);
    xmlNode *heading = sb_page_add(body, "h1", sb_report_result(report), NULL);
    sb_page_add(heading, "span", "word", title);
    g_autofree char *totals = sb_report_totals(report);
    sb_page_add(body, "p", "totals", totals);
    add_findings(body, report);
    add_timeline(body, report);
    sb_xml_add_text(body, "h2", "Suites");
    sb_xml_add(body, "input", "type", "checkbox", "id", "only-bad", NULL);
    xmlNode *label = sb_xml_add_text(body, "label", " only failures");
    xmlNewProp(label, BAD_CAST "for", BAD_CAST "only-bad");
    xmlNode *suites = sb_page_add(body, "div", "suites", NULL);
    for (guint i = 0; i < report->suites->len; i++)
        add_suite(suites, g_ptr_array_index(report->suites, i), i + 1);
    add_properties(body, report);
    return sb_page_to_text(page);
}
