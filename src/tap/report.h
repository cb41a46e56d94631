/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Reports of what suites gave: as TAP 14, JUnit XML, JSON, HTML, or text for people.
 *
 * A report is a list of suites (one TAP file, or one step on one machine) and of properties that
 * say how the run can be repeated. Each report shows the same result: what is bad in one is bad in
 * all.
 *
 * Room: tap.
 * Threads: every function is pure.
 */
#pragma once

#include "tap/suite.h"

#include <json-glib/json-glib.h>
#include <libxml/tree.h>

#define SB_REPORT_ERROR (sb_report_error_quark())
GQuark sb_report_error_quark(void);

typedef enum {
    SB_REPORT_ERROR_INVALID, /**< a file is not a whole report in JSON, or contradicts itself */
    SB_REPORT_ERROR_OTHER,   /**< reports that do not belong together */
} SbReportError;

/** No report in JSON is larger: a report with a thousand suites has some hundred megabytes. */
#define SB_REPORT_MAX_BYTES ((gsize)1024 * 1024 * 1024)

/** What a machine did beside the suites: a part of its boot. */
typedef struct {
    char *host; /**< the machine */
    char *lane; /**< such as "boot": spans of one lane do not overlap */
    char *name;
    gint64 from_ms, to_ms; /**< since 1970 */
} SbReportSpan;

typedef struct {
    GPtrArray *properties; /**< of char *, in pairs: name, value */
    GPtrArray *suites;     /**< of SbSuite */
    GPtrArray *spans;      /**< of SbReportSpan; only the page shows them */
} SbReport;

/** A report without suites. (transfer full) */
SbReport *sb_report_new(void);

/** Frees REPORT and all that it has. */
void sb_report_free(SbReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbReport, sb_report_free)

/** Adds a fact about the run, such as "image" and its digest; VALUE is sanitised. */
void sb_report_add_property(SbReport *report, const char *name, const char *value);

/** The value of the first property NAME; NULL: there is none. (transfer none) */
const char *sb_report_property(const SbReport *report, const char *name);

/** Adds a copy of SPAN; its texts are sanitised. */
void sb_report_add_span(SbReport *report, const SbReportSpan *span);

/** Adds SUITE (transfer full). */
void sb_report_add_suite(SbReport *report, SbSuite *suite);

/** Whether any suite is bad. */
gboolean sb_report_is_bad(const SbReport *report);

/** Whether the infrastructure failed in any suite, so that it did not run to its end. */
gboolean sb_report_is_broken(const SbReport *report);

/** The word for the result: "passed", "failed" or "broken". */
const char *sb_report_result(const SbReport *report);

/**
 * TAP 14, with a subtest for each suite. `prove` and any other TAP consumer reach the same verdict
 * as this report. Tests are numbered anew.
 *
 * @return (transfer full)
 */
char *sb_report_to_tap(const SbReport *report);

/**
 * JUnit XML in the form of Ant and Maven: `testsuites` with the totals, `testsuite`, `testcase`
 * with `failure`, `error` or `skipped`; t/data/junit.xsd is its schema.
 *
 * A test that failed as expected counts as skipped. Each problem of a suite is a `testcase` of its
 * own with an `error`.
 *
 * @return (transfer full)
 */
xmlDoc *sb_report_to_junit(const SbReport *report);

/** The report as a JSON object; seedbed-json(5) describes its members. (transfer full) */
JsonNode *sb_report_to_json(const SbReport *report);

/**
 * Reads what sb_report_to_json() wrote. Every text is sanitised again: the file may come from
 * anywhere. A report whose result contradicts its suites, or a suite whose result contradicts its
 * tests, is refused.
 *
 * @return (transfer full) or NULL with SB_REPORT_ERROR_INVALID
 */
SbReport *sb_report_from_json(const char *text, gsize length,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    SB_REPORT_ALL,
    SB_REPORT_BAD,     /**< without suites that are not bad */
    SB_REPORT_DETAILS, /**< without the line for each suite: somebody has read it already */
} SbReportText;

/**
 * For people: the failures of each suite with their diagnostics, its problems and notes, then one
 * line for each suite and, of several, one with the totals. No part of it is a command to a
 * terminal or a CI system.
 *
 * @return (transfer full)
 */
char *sb_report_to_text(const SbReport *report, SbReportText part);

/** The numbers of suites and tests, such as "2 suites: 1 passed, 1 FAILED; 9 tests, 8 passed, 1
 * failed". (transfer full) */
char *sb_report_totals(const SbReport *report);

/**
 * One page of HTML that needs nothing else: what is wrong, when each suite ran on which machine,
 * and all suites with their tests and output. It can hide all but the failures, and has no script.
 *
 * @return (transfer full)
 */
char *sb_report_to_html(const SbReport *report);
