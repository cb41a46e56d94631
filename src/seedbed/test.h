/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The tests of a fleet file, and their report.
 *
 * Room: seedbed.
 * Threads: any, one call at a time with the same host; a report is only read.
 */
#pragma once

#include "seedbed/fleet.h"

G_BEGIN_DECLS

/**
 * @addtogroup seedbed
 * @{
 */

/** What the tests gave. */
typedef struct SeedbedReport SeedbedReport;

/** The result of all tests together. */
typedef enum {
    SEEDBED_RESULT_PASSED = 0, /**< all steps passed, or were skipped */
    SEEDBED_RESULT_FAILED = 1, /**< tests failed, or what they printed proves nothing */
    SEEDBED_RESULT_BROKEN = 2, /**< a machine or its host failed, or the run was cancelled */
} SeedbedResult;

/** The forms of a report. */
typedef enum {
    SEEDBED_REPORT_TAP = 0,   /**< TAP 14, with a subtest for each suite */
    SEEDBED_REPORT_JUNIT = 1, /**< JUnit XML */
    SEEDBED_REPORT_JSON = 2,  /**< as seedbed(1) describes it */
    SEEDBED_REPORT_HTML = 3,  /**< one page that needs nothing else */
    SEEDBED_REPORT_TEXT = 4,  /**< for people */
} SeedbedReportForm;

/** How seedbed_test() works: values can be combined with `|`, 0 is none of them. */
typedef enum {
    SEEDBED_TEST_KEEP_FAILED = 1 << 0,  /**< machines stay if a test failed */
    SEEDBED_TEST_KEEP = 1 << 1,         /**< machines stay */
    SEEDBED_TEST_WAIT_FOR_RUN = 1 << 2, /**< wait until another run of the fleet is over */
} SeedbedTestFlags;

/**
 * Brings FLEET up, runs the steps of its file, and removes the machines that it made.
 *
 * Tells what seedbed_up() tells, and SEEDBED_EVENT_TEST_STARTED, _TEST_PROGRESS, _TEST_ENDED,
 * _TESTED and _REMOVED.
 *
 * @param only         (nullable) names of steps, NULL-terminated: other steps run only if these
 * need them
 * @param flags        of SeedbedTestFlags
 * @param cancellable  (nullable) stops the tests in order; the report has what came until then
 * @param error        #SEEDBED_ERROR_INPUT, _UNREACHABLE or another that came before any test
 * @return (transfer full) free with seedbed_report_free(). NULL if nothing could be run; failed
 * tests are no error
 */
SeedbedReport *seedbed_test(SeedbedHost *host, const SeedbedFleet *fleet, const char *const *only,
                            guint flags, GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees REPORT. */
void seedbed_report_free(SeedbedReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeedbedReport, seedbed_report_free)

/** The result. */
SeedbedResult seedbed_report_get_result(const SeedbedReport *report);

/** What failed beside the tests, such as the removal of a machine; NULL if nothing did. (transfer
 * none) */
const char *seedbed_report_get_message(const SeedbedReport *report);

/** REPORT as a text in FORM. (transfer full) free with g_free() */
char *seedbed_report_to_string(const SeedbedReport *report, SeedbedReportForm form);

/** @} */

G_END_DECLS
