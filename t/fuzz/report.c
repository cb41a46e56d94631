/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: any text is refused, or it is a report whose reports agree: what is bad in one is
 * bad in all, and none has text that is not safe to show. See main.c for how to run it.
 */
#include "tap/report.h"
#include "base/text.h"
#include "base/xml.h"
#include "fuzz.h"
#include "tap/flaky.h"
#include "tap/suite-reader.h"

#include <string.h>

/* A TAP consumer must not call a report good that is bad. */
static void check_tap(const SbReport *report)
{
    g_autofree char *tap = sb_report_to_tap(report);
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new("again", &sb_suite_limits_brief);
    sb_suite_reader_push(reader, tap, strlen(tap));
    g_autoptr(SbSuite) suite = sb_suite_reader_finish(reader, -1);
    g_assert_true(!sb_report_is_bad(report) || sb_suite_is_bad(suite));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbReport) report = sb_report_from_json((const char *)data, size, &error);
    if (!report) {
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    check_tap(report);
    g_autofree char *text = sb_report_to_text(report, FALSE);
    g_autofree char *clean = sb_text_sanitize(text, strlen(text));
    g_assert_cmpstr(text, ==, clean);
    g_autoptr(xmlDoc) junit = sb_report_to_junit(report);
    g_assert_nonnull(junit);
    g_autoptr(JsonNode) json = sb_report_to_json(report);
    g_autofree char *written = json_to_string(json, TRUE);
    g_autoptr(SbReport) again = sb_report_from_json(written, strlen(written), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(sb_report_result(again), ==, sb_report_result(report));
    sb_report_unmark_flaky(report);
    sb_report_mark_flaky(report);
    return 0;
}
