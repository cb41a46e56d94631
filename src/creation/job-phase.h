/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The phases of one machine on its way up, as a pure function.
 *
 *     phase    what happens                              next
 *     MAKING   a worker has made or started it           MADE
 *              it could not be made                      FAILED: creation took it back
 *     MADE     all machines are made, so it may run      WAITING
 *              it is thawed, and runs already            WAITING
 *     WAITING  it is ready, or nobody waits for more     READY
 *              it fails                                  FAILED: it stays
 *              it fails, and this run made it            UNDOING
 *     UNDOING  a worker has taken it back                UNDONE
 *
 * Room: creation.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_JOB_MAKING,  /**< a worker makes it, or starts it, with its CPUs stopped */
    SB_JOB_MADE,    /**< its CPUs wait for the other machines to be made, unless it is thawed */
    SB_JOB_WAITING, /**< its CPUs run, and it is waited for */
    SB_JOB_UNDOING, /**< a worker takes it back */
    SB_JOB_READY,   /**< the end */
    SB_JOB_FAILED,  /**< the end: it is there as it was found, as it failed, or not at all */
    SB_JOB_UNDONE,  /**< the end: it failed, and is gone */
    SB_JOB_PHASES,
} SbJobPhase;

typedef enum {
    SB_JOB_IS_MADE,
    SB_JOB_IS_RELEASED,
    SB_JOB_IS_READY,
    SB_JOB_FAILS,          /**< and nothing of it is to be taken back */
    SB_JOB_FAILS_FOR_GOOD, /**< and it is to be taken back */
    SB_JOB_IS_GONE,
} SbJobInput;

/** The phase after INPUT. An input that PHASE does not wait for changes nothing. */
SbJobPhase sb_job_next(SbJobPhase phase, SbJobInput input);

/** Whether a machine in PHASE is still to be made. */
gboolean sb_job_is_being_made(SbJobPhase phase);

/** Whether a worker has the machine in PHASE. */
gboolean sb_job_is_in_worker(SbJobPhase phase);

/** Whether PHASE is an end: nothing happens after it. */
gboolean sb_job_is_over(SbJobPhase phase);
