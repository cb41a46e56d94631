/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Reports of what suites gave: as TAP 14, JUnit XML, JSON, or text for people.
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

typedef struct {
    GPtrArray *properties; /**< of char *, in pairs: name, value */
    GPtrArray *suites;     /**< of SbSuite */
} SbReport;

/** A report without suites. (transfer full) */
SbReport *sb_report_new(void);

/** Frees REPORT and all that it has. */
void sb_report_free(SbReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbReport, sb_report_free)

/** Adds a fact about the run, such as "image" and its digest; VALUE is sanitised. */
void sb_report_add_property(SbReport *report, const char *name, const char *value);

/** Adds SUITE (transfer full). */
void sb_report_add_suite(SbReport *report, SbSuite *suite);

/** Whether any suite is bad. */
gboolean sb_report_is_bad(const SbReport *report);

/** Whether the infrastructure failed in any suite, so that it did not run to its end. */
gboolean sb_report_is_broken(const SbReport *report);

/**
 * TAP 14, with a subtest for each suite. `prove` and any other TAP consumer reach the same verdict
 * as this report. Tests are numbered anew.
 *
 * @return (transfer full)
 */
char *sb_report_to_tap(const SbReport *report);

/**
 * JUnit XML in the form of Ant and Maven: `testsuites`, `testsuite`, `testcase` with `failure`,
 * `error` or `skipped`; t/data/junit.xsd is its schema.
 *
 * A test that failed as expected counts as skipped. Each problem of a suite is a `testcase` of its
 * own with an `error`.
 *
 * @return (transfer full)
 */
xmlDoc *sb_report_to_junit(const SbReport *report);

/** The report as a JSON object; seedbed(1) describes its members. (transfer full) */
JsonNode *sb_report_to_json(const SbReport *report);

/**
 * For people: the failures of each suite with their diagnostics, its problems and notes, then one
 * line for each suite. No part of it is a command to a terminal or a CI system.
 *
 * @param only_bad  leave out suites that are not bad
 * @return (transfer full)
 */
char *sb_report_to_text(const SbReport *report, gboolean only_bad);
