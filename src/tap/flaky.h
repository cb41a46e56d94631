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
 * Marks them, by what suites with the same `repeats` say: a failed test that also passed gets that
 * in its diagnostics, a bad suite that was also good a note, and the report a property with their
 * number.
 *
 * @return how many tests (and suites without a test that failed) are flaky
 */
guint sb_report_mark_flaky(SbReport *report);
