/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The schedule of a test plan: which run starts next and where, and which runs are passed over.
 *
 * A machine does one run at a time, and machines work side by side. The phases setup, test and
 * cleanup come one after the other. A run waits for the steps that its step needs. If one of them
 * fails, or a setup step, the run is skipped. A run whose machines are all lost is not run.
 *
 * A run of a step with `fresh` has a machine of its own. The caller makes as many of them as the
 * schedule lacks, adds each when it is ready, and removes it after its run.
 *
 * The schedule only decides. Its caller does what the decisions say, and tells what came of it.
 *
 * Room: test.
 * Threads: a schedule belongs to one thread.
 */
#pragma once

#include "test/test-plan.h"

typedef struct SbTestSchedule SbTestSchedule;

typedef enum {
    SB_TEST_START,   /**< the run starts now, on `machine` */
    SB_TEST_SKIP,    /**< the run is skipped, because something before it failed */
    SB_TEST_NOT_RUN, /**< the run cannot start any more: its machines are lost, or all is stopped */
} SbTestAction;

/** One decision. Its strings live until the next call of sb_test_schedule_next(). */
typedef struct {
    SbTestAction action;
    guint run;           /**< the place of the run in the list of runs */
    const char *machine; /**< of SB_TEST_START */
    const char *reason;  /**< of SB_TEST_SKIP and SB_TEST_NOT_RUN */
} SbTestDecision;

/**
 * Makes the schedule; nothing has started.
 *
 * @param runs      of SbTestRun, in the order in which they are tried; must live longer
 * @param machines  the names of the machines that are there, NULL-terminated
 * @param jobs      how many machines may work at the same time; 0: all
 * @return (transfer full)
 */
SbTestSchedule *sb_test_schedule_new(const GPtrArray *runs, const char *const *machines,
                                     guint jobs);

/** Frees the schedule. (nullable) */
void sb_test_schedule_free(SbTestSchedule *schedule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTestSchedule, sb_test_schedule_free)

/**
 * Makes the next decision. From now on the run counts as started or passed over.
 *
 * @return FALSE if there is nothing to decide until a run has finished
 */
gboolean sb_test_schedule_next(SbTestSchedule *schedule,
                               SbTestDecision *decision_out) G_GNUC_WARN_UNUSED_RESULT;

/** How many fresh machines of GROUP could be used now, besides those that were added and are idle.
 */
guint sb_test_schedule_lacks(const SbTestSchedule *schedule, const char *group);

/** A fresh MACHINE of GROUP is ready, for one run. Its name may be that of one that was used. */
void sb_test_schedule_add_fresh(SbTestSchedule *schedule, const char *machine, const char *group);

/** No fresh machine of GROUP can be made, because of WHY: the runs that wait for one are not run.
 */
void sb_test_schedule_give_up_fresh(SbTestSchedule *schedule, const char *group, const char *why);

/** The run in place RUN has finished, so that its machine is free. IS_BAD: it did not pass. */
void sb_test_schedule_finish(SbTestSchedule *schedule, guint run, gboolean is_bad);

/** MACHINE cannot be used any more, because of WHY. Its run, if it has one, still has to finish.
 * For a machine that was lost before, the first WHY stays. */
void sb_test_schedule_lose(SbTestSchedule *schedule, const char *machine, const char *why);

/** Nothing starts any more. Runs that have started still have to finish. */
void sb_test_schedule_stop(SbTestSchedule *schedule);

/** Whether a run has started and not finished. If there is none, and no decision, all is over. */
gboolean sb_test_schedule_is_busy(const SbTestSchedule *schedule);
