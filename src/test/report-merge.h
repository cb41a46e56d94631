/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One report of many: of the parts (shards) of a test, and of repetitions.
 *
 * A part whose report is missing makes the merged report fail: its tests may have failed, and
 * nobody knows.
 *
 * Room: test.
 * Threads: every function is pure.
 */
#pragma once

#include "tap/report.h"

/** A report, and the file that it was read from. */
typedef struct {
    const char *file;
    SbReport *report;
    guint shard, shards; /**< filled in: its part, from 1; 0 of 0: it has all tests */
} SbReportPart;

/**
 * Makes one report of PARTS, which give their suites away.
 *
 * The suites are in the order of the shards. A property has the values of all reports. A suite
 * whose name is already there gets the name of its part as an addition. Each shard without a report
 * gets a suite that is not trusted. Tests that passed in one report and failed in another, or in
 * another repetition, are marked as flaky.
 *
 * @param parts  at least one
 * @return (transfer full) or NULL with SB_REPORT_ERROR_OTHER: the reports are of different fleet
 *   files, of different versions of seedbed, or of different numbers of shards
 */
SbReport *sb_report_merge(SbReportPart *parts, guint n_parts,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * How long each test of REPORT took: of several machines and repetitions the slowest counts. Suites
 * that did not run to their end are left out.
 *
 * @return (transfer full) from the test's name (SbTestRun.test) to the seconds (gdouble *)
 */
GHashTable *sb_report_durations(const SbReport *report);
