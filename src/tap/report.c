/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/report.h"

#include <string.h>

static void span_free(gpointer data)
{
    SbReportSpan *span = data;
    g_free(span->host);
    g_free(span->lane);
    g_free(span->name);
    g_free(span);
}

SbReport *sb_report_new(void)
{
    SbReport *report = g_new0(SbReport, 1);
    report->properties = g_ptr_array_new_with_free_func(g_free);
    report->suites = g_ptr_array_new_with_free_func((GDestroyNotify)sb_suite_free);
    report->spans = g_ptr_array_new_with_free_func(span_free);
    return report;
}

void sb_report_free(SbReport *report)
{
    if (!report)
        return;
    g_ptr_array_unref(report->properties);
    g_ptr_array_unref(report->suites);
    g_ptr_array_unref(report->spans);
    g_free(report);
}

void sb_report_add_property(SbReport *report, const char *name, const char *value)
{
    g_ptr_array_add(report->properties, g_strdup(name));
    g_ptr_array_add(report->properties, sb_suite_safe_text(value, strlen(value)));
}

void sb_report_add_span(SbReport *report, const SbReportSpan *span)
{
    SbReportSpan *copy = g_memdup2(span, sizeof *span);
    copy->host = sb_suite_safe_text(span->host, strlen(span->host));
    copy->lane = sb_suite_safe_text(span->lane, strlen(span->lane));
    copy->name = sb_suite_safe_text(span->name, strlen(span->name));
    g_ptr_array_add(report->spans, copy);
}

void sb_report_add_suite(SbReport *report, SbSuite *suite)
{
    g_ptr_array_add(report->suites, suite);
}

gboolean sb_report_is_bad(const SbReport *report)
{
    for (guint i = 0; i < report->suites->len; i++)
        if (sb_suite_is_bad(g_ptr_array_index(report->suites, i)))
            return TRUE;
    return FALSE;
}

gboolean sb_report_is_broken(const SbReport *report)
{
    for (guint i = 0; i < report->suites->len; i++)
        if (((SbSuite *)g_ptr_array_index(report->suites, i))->broken)
            return TRUE;
    return FALSE;
}

const char *sb_report_result(const SbReport *report)
{
    if (sb_report_is_broken(report))
        return "broken";
    return sb_report_is_bad(report) ? "failed" : "passed";
}

const char *sb_report_property(const SbReport *report, const char *name)
{
    for (guint i = 0; i + 1 < report->properties->len; i += 2)
        if (strcmp(g_ptr_array_index(report->properties, i), name) == 0)
            return g_ptr_array_index(report->properties, i + 1);
    return NULL;
}
