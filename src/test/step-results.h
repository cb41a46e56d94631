/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The output of a step on one machine, as it comes, and the suite that it becomes.
 *
 * Room: test.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/suite.h"
#include "test/test-plan.h"

typedef struct SbStepResults SbStepResults;

/** No results yet, of RUN (which must live longer) on MACHINE; its time begins now. (transfer full)
 */
SbStepResults *sb_step_results_new(const SbTestRun *run, const char *machine);

/** Frees them. (nullable) */
void sb_step_results_free(SbStepResults *results);

/** The command begins now: its duration counts from here. */
void sb_step_results_begin(SbStepResults *results);

/** The command has ended now, for the first call of this. */
void sb_step_results_end(SbStepResults *results);

/** Adds LENGTH bytes of results. With AS_COMMENT they are words beside the results, not TAP. */
void sb_step_results_add(SbStepResults *results, gboolean as_comment, const char *bytes,
                         gsize length);

/** Whether all tests of the plan have come. */
gboolean sb_step_results_are_complete(const SbStepResults *results);

/** The number of tests that have come so far with OUTCOME; 0 for a step without TAP. */
guint64 sb_step_results_count(const SbStepResults *results, SbTapOutcome outcome);

/**
 * Makes the suite; called once, when no more results come.
 *
 * @param status   the command's exit status; -1: it has none
 * @param failure  (nullable) why the command did not end by itself
 * @param broken   (nullable) how the infrastructure failed
 * @return (transfer full)
 */
SbSuite *sb_step_results_finish(SbStepResults *results, int status, const GError *failure,
                                const char *broken);

/** The failure of STEP whose time is over, with a results channel. HAS_RESULTS: something came
 * through it. (transfer full) */
GError *sb_step_results_late(const SbTestStep *step, gboolean has_results);

/** Notes in SUITE the NAMES (nullable) of the processes that the command left behind. */
void sb_step_results_note_leftovers(SbSuite *suite, const char *names);

/** The note for a results channel that is still written to when all results are there. */
extern const char sb_step_results_written_on[];

/**
 * The suite of RUN, which did not start.
 *
 * @param is_skipped  something before it failed; else the infrastructure did
 * @param reason      why
 * @return (transfer full)
 */
SbSuite *sb_step_results_not_run(const SbTestRun *run, gboolean is_skipped, const char *reason);

/** SUITE in one line, such as "f-m-1/suite: passed, 12 tests (3.0 s)". (transfer full) */
char *sb_step_results_line(const SbSuite *suite);
