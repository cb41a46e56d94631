/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Tests that both passed and failed in repetitions of the same run.
 *
 * Room: tap.
 * Threads: every function is pure.
 */
#pragma once

#include "tap/report.h"

/**
 * Marks the flaky tests among suites with the same `repeats`.
 *
 * A failed test that passed in another repetition gets a line in its diagnostics. A bad suite that
 * was good in another repetition gets a note. The report gets a property with the number of both.
 *
 * @return how many tests, and suites without a failed test, are flaky
 */
guint sb_report_mark_flaky(SbReport *report);

/** Takes back what sb_report_mark_flaky() added to the suites, also in another process. */
void sb_report_unmark_flaky(SbReport *report);
