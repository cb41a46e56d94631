/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "seedbed/test.h"

#include "base/error.h"
#include "base/xml.h"
#include "seedbed/call.h"
#include "seedbed/error.h"
#include "seedbed/public-fleet.h"
#include "test/test-session.h"

struct SeedbedReport {
    SbReport *report;
    SeedbedResult result;
    char *message; /**< (nullable) */
};

/* ---- the test ---- */

typedef struct {
    const SbFleetFile *file;
    SbTestSelection selection;
    SbTestOptions options;
    SeedbedReport *report;
} Work;

/* (transfer full) or NULL with an error that has every finding */
static SbTestWork *plan(const Work *work, GError **error)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(GError) cause = NULL;
    SbTestWork *planned = sb_test_work_new(work->file, &work->selection, diagnostics, &cause);
    if (planned)
        return planned;
    g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
    return sb_error_set_null(error, SEEDBED_ERROR, SEEDBED_ERROR_INPUT, "%s",
                             cause ? cause->message : findings);
}

static gboolean run(const SbOperation *operation, gpointer data, GError **error)
{
    static const SeedbedResult results[] = {[SB_TEST_PASSED] = SEEDBED_RESULT_PASSED,
                                            [SB_TEST_FAILED] = SEEDBED_RESULT_FAILED,
                                            [SB_TEST_BROKEN] = SEEDBED_RESULT_BROKEN};
    Work *work = data;
    SeedbedReport *report = work->report;
    g_autoptr(SbTestWork) planned = plan(work, error);
    if (!planned)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    SbTestResult result =
        sb_test(operation, work->file, planned, &work->options, report->report, &cause);
    if (cause && report->report->suites->len == 0)
        return sb_error_pass(error, &cause);
    report->result = results[result];
    report->message = cause ? g_strdup(cause->message) : NULL;
    return TRUE;
}

SeedbedReport *seedbed_test(SeedbedHost *host, const SeedbedFleet *fleet, const char *const *only,
                            guint flags, GCancellable *cancellable, GError **error)
{
    g_autoptr(SeedbedReport) report = g_new0(SeedbedReport, 1);
    report->report = sb_report_new();
    Work work = {
        .file = sb_public_fleet_file(fleet),
        .selection = {.only = only, .repeat = 1},
        .options = {.pool_name = sb_call_pool(host),
                    .wait_for_run = (flags & SEEDBED_TEST_WAIT_FOR_RUN) != 0,
                    .keep = flags & SEEDBED_TEST_KEEP          ? SB_KEEP_ALWAYS
                            : flags & SEEDBED_TEST_KEEP_FAILED ? SB_KEEP_ON_FAILURE
                                                               : SB_KEEP_NEVER,
                    .artifacts = sb_public_fleet_artifacts(fleet)},
        .report = report,
    };
    return sb_call_run(host, cancellable, run, &work, error) ? g_steal_pointer(&report) : NULL;
}

/* ---- the report ---- */

void seedbed_report_free(SeedbedReport *report)
{
    sb_report_free(report->report);
    g_free(report->message);
    g_free(report);
}

SeedbedResult seedbed_report_get_result(const SeedbedReport *report)
{
    return report->result;
}

const char *seedbed_report_get_message(const SeedbedReport *report)
{
    return report->message;
}

char *seedbed_report_to_string(const SeedbedReport *report, SeedbedReportForm form)
{
    switch (form) {
    case SEEDBED_REPORT_JUNIT: {
        g_autoptr(xmlDoc) document = sb_report_to_junit(report->report);
        return sb_xml_to_string(document);
    }
    case SEEDBED_REPORT_JSON: {
        g_autoptr(JsonNode) json = sb_report_to_json(report->report);
        return json_to_string(json, TRUE);
    }
    case SEEDBED_REPORT_HTML:
        return sb_report_to_html(report->report);
    case SEEDBED_REPORT_TEXT:
        return sb_report_to_text(report->report, SB_REPORT_ALL);
    case SEEDBED_REPORT_TAP:
    default:
        return sb_report_to_tap(report->report);
    }
}
