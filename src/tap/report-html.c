/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/resources.h"
#include "base/units.h"
#include "base/xml.h"
#include "tap/report.h"

#include <libxml/xmlsave.h>
#include <string.h>

/* The page needs nothing from elsewhere, and nothing in it can run or load: what a guest wrote is
 * text, and if it were not, the policy would stop it. */
static const char policy[] = "default-src 'none'; style-src 'unsafe-inline'";

/* An element with the class CLASS_NAME and TEXT (nullable). */
static xmlNode *add(xmlNode *parent, const char *element, const char *class_name, const char *text)
{
    xmlNode *node =
        text ? sb_xml_add_text(parent, element, text) : sb_xml_add(parent, element, NULL);
    xmlNewProp(node, BAD_CAST "class", BAD_CAST class_name);
    return node;
}

static void add_head(xmlNode *root, const char *title)
{
    g_autoptr(GBytes) style = sb_resource("src/tap/report.css");
    xmlNode *head = sb_xml_add(root, "head", NULL);
    sb_xml_add(head, "meta", "charset", "UTF-8", NULL);
    sb_xml_add(head, "meta", "http-equiv", "Content-Security-Policy", "content", policy, NULL);
    sb_xml_add(head, "meta", "name", "viewport", "content", "width=device-width", NULL);
    sb_xml_add_text(head, "title", title);
    sb_xml_add_text(head, "style", g_bytes_get_data(style, NULL));
}

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

/* The times are in milliseconds since 1970. */
typedef struct {
    gint64 from, to;
} Span;

/* FALSE: SUITE did not run on a machine, or nobody knows when. */
static gboolean span_of(const SbSuite *suite, Span *span_out)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) started =
        suite->started ? g_date_time_new_from_iso8601(suite->started, utc) : NULL;
    if (!started || !suite->host || suite->duration_ms < 0)
        return FALSE;
    span_out->from = g_date_time_to_unix(started) * 1000;
    span_out->to = span_out->from + suite->duration_ms;
    return TRUE;
}

static gint compare_hosts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The hosts in the order of their names, and the time of all suites. (transfer full) of char * */
static GPtrArray *find_hosts(const SbReport *report, Span *all_out)
{
    GPtrArray *hosts = g_ptr_array_new();
    *all_out = (Span){G_MAXINT64, 0};
    SB_EACH(const SbSuite, suite, report->suites) {
        Span span;
        if (!span_of(suite, &span))
            continue;
        all_out->from = MIN(all_out->from, span.from);
        all_out->to = MAX(all_out->to, span.to);
        if (!g_ptr_array_find_with_equal_func(hosts, suite->host, g_str_equal, NULL))
            g_ptr_array_add(hosts, suite->host);
    }
    g_ptr_array_sort(hosts, compare_hosts);
    return hosts;
}

static void add_bar(xmlNode *track, const SbSuite *suite, guint number, const Span *all)
{
    Span span;
    if (!span_of(suite, &span))
        return;
    gdouble whole = (gdouble)MAX(all->to - all->from, 1);
    char left[G_ASCII_DTOSTR_BUF_SIZE], width[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(left, sizeof left, "%.3f", 100 * (gdouble)(span.from - all->from) / whole);
    g_ascii_formatd(width, sizeof width, "%.3f", 100 * (gdouble)(span.to - span.from) / whole);
    g_autofree char *style = g_strdup_printf("left:%s%%;width:%s%%", left, width);
    g_autofree char *class_name = g_strdup_printf("bar %s", sb_suite_result(suite));
    g_autofree char *target = g_strdup_printf("#suite-%u", number);
    g_autofree char *duration = sb_duration_format(suite->duration_ms);
    g_autofree char *title =
        g_strdup_printf("%s: %s (%s)", suite->name, sb_suite_result(suite), duration);
    sb_xml_add(track, "a", "class", class_name, "style", style, "href", target, "title", title,
               NULL);
}

static void add_timeline(xmlNode *body, const SbReport *report)
{
    Span all;
    g_autoptr(GPtrArray) hosts = find_hosts(report, &all);
    if (hosts->len == 0)
        return;
    sb_xml_add_text(body, "h2", "Timeline");
    xmlNode *timeline = add(body, "div", "timeline", NULL);
    SB_EACH(const char, host, hosts) {
        xmlNode *row = add(timeline, "div", "row", NULL);
        add(row, "span", "host", host);
        xmlNode *track = add(row, "div", "track", NULL);
        for (guint i = 0; i < report->suites->len; i++) {
            const SbSuite *suite = g_ptr_array_index(report->suites, i);
            if (g_strcmp0(suite->host, host) == 0)
                add_bar(track, suite, i + 1, &all);
        }
    }
    g_autofree char *length = sb_duration_format(all.to - all.from);
    add(timeline, "p", "faint", length);
}

/* ---- suites ---- */

static void add_test(xmlNode *table, const SbSuite *suite, const SbTest *test)
{
    g_autofree char *path = sb_suite_test_path(suite, test);
    g_autofree char *number = g_strdup_printf("%" G_GUINT64_FORMAT, test->number);
    g_autofree char *class_name = g_strconcat(sb_tap_outcome_name(test->outcome),
                                              test->is_overruled ? " overruled" : NULL, NULL);
    xmlNode *row = add(table, "tr", class_name, NULL);
    add(row, "td", "number faint", number);
    xmlNode *outcome = sb_xml_add(row, "td", NULL);
    add(outcome, "span", "word", sb_tap_outcome_name(test->outcome));
    xmlNode *name = sb_xml_add_text(row, "td", path);
    if (test->is_flaky)
        add(name, "span", "faint", " (flaky)");
    if (test->reason && *test->reason) {
        g_autofree char *reason = g_strdup_printf(" (%s)", test->reason);
        add(name, "span", "faint", reason);
    }
    if (test->diagnostics)
        sb_xml_add_text(name, "pre", test->diagnostics);
    g_autofree char *duration =
        test->duration_s >= 0 ? sb_duration_format((gint64)(test->duration_s * 1000)) : NULL;
    add(row, "td", "time", duration);
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
        add(node, "p", "faint", note);
    if (suite->skip_reason && *suite->skip_reason)
        add(node, "p", "faint", suite->skip_reason);
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
    xmlNode *summary = add(details, "summary", sb_suite_result(suite), NULL);
    add(summary, "span", "word", sb_suite_result_words(suite));
    g_autofree char *name = g_strdup_printf(" %s", suite->name);
    sb_xml_add_text(summary, "span", name);
    g_autofree char *duration =
        suite->duration_ms >= 0 ? sb_duration_format(suite->duration_ms) : NULL;
    guint64 run = sb_suite_run(suite);
    g_autofree char *facts =
        g_strdup_printf(" %" G_GUINT64_FORMAT " test%s%s%s", run, run == 1 ? "" : "s",
                        duration ? ", " : "", duration ? duration : "");
    add(summary, "span", "faint", facts);
    add_problems(details, suite);
    xmlNode *table = sb_xml_add(details, "table", NULL);
    SB_EACH(const SbTest, test, suite->tests)
        if (!sb_test_is_repetition(test))
            add_test(table, suite, test);
    if (!*suite->output)
        return;
    xmlNode *output = sb_xml_add(details, "details", NULL);
    sb_xml_add_text(output, "summary", "Output");
    sb_xml_add_text(output, "pre", suite->output);
}

static void add_properties(xmlNode *body, const SbReport *report)
{
    if (report->properties->len == 0)
        return;
    xmlNode *details = sb_xml_add(body, "details", NULL);
    sb_xml_add_text(details, "summary", "How to repeat it");
    xmlNode *table = sb_xml_add(details, "table", NULL);
    for (guint i = 0; i + 1 < report->properties->len; i += 2) {
        xmlNode *row = sb_xml_add(table, "tr", NULL);
        sb_xml_add_text(row, "td", g_ptr_array_index(report->properties, i));
        sb_xml_add_text(row, "td", g_ptr_array_index(report->properties, i + 1));
    }
}

/* The whole page. (transfer full) */
static char *to_text(xmlDoc *document)
{
    xmlBuffer *buffer = xmlBufferCreate();
    xmlSaveCtxt *save = xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_AS_HTML | XML_SAVE_NO_DECL);
    xmlSaveTree(save, xmlDocGetRootElement(document));
    xmlSaveClose(save);
    char *page =
        g_strconcat("<!DOCTYPE html>\n", (const char *)xmlBufferContent(buffer), "\n", NULL);
    xmlBufferFree(buffer);
    return page;
}

char *sb_report_to_html(const SbReport *report)
{
    g_autoptr(xmlDoc) document = sb_xml_new("html");
    xmlNode *root = xmlDocGetRootElement(document);
    xmlNewProp(root, BAD_CAST "lang", BAD_CAST "en");
    const char *fleet = sb_report_property(report, "fleet");
    g_autofree char *title =
        g_strdup_printf("%s: %s", fleet ? fleet : "Tests", sb_report_result(report));
    add_head(root, title);
    xmlNode *body = sb_xml_add(root, "body", NULL);
    xmlNode *heading = add(body, "h1", sb_report_result(report), NULL);
    add(heading, "span", "word", title);
    g_autofree char *totals = sb_report_totals(report);
    add(body, "p", "totals", totals);
    add_findings(body, report);
    add_timeline(body, report);
    sb_xml_add_text(body, "h2", "Suites");
    sb_xml_add(body, "input", "type", "checkbox", "id", "only-bad", NULL);
    xmlNode *label = sb_xml_add_text(body, "label", " only failures");
    xmlNewProp(label, BAD_CAST "for", BAD_CAST "only-bad");
    xmlNode *suites = add(body, "div", "suites", NULL);
    for (guint i = 0; i < report->suites->len; i++)
        add_suite(suites, g_ptr_array_index(report->suites, i), i + 1);
    add_properties(body, report);
    return to_text(document);
}
