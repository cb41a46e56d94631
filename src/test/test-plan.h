/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The plan of a test: each step of a fleet file, for each of its items and repetitions, on each of
 * its machines, in the order in which they are tried.
 *
 * Room: test.
 * Threads: a plan belongs to one thread.
 */
#pragma once

#include "fleet-file/fleet-file.h"

#define SB_TEST_PLAN_ERROR (sb_test_plan_error_quark())
GQuark sb_test_plan_error_quark(void);

typedef enum {
    SB_TEST_PLAN_ERROR_EMPTY,   /**< nothing is left to run */
    SB_TEST_PLAN_ERROR_UNKNOWN, /**< no step has that name */
} SbTestPlanError;

/** The part of the steps that is run, and the order. */
typedef struct {
    const char *const *only; /**< (nullable) names of steps, NULL-terminated: other steps run
                                only if these need them */
    guint repeat;            /**< how many times each is run, from 1 */
    gboolean is_shuffled;
    guint32 seed;
    guint shard, shards;   /**< part SHARD of SHARDS, from 1; 0 of 0: all */
    GHashTable *durations; /**< (nullable) as for sb_test_shard_deal() */
} SbTestSelection;

/** A step, with what was found for it beside the fleet file. */
typedef struct {
    const SbTestStep *step;
    GPtrArray *items;  /**< (nullable) of char *: the step's list; NULL: it has none */
    GPtrArray *copies; /**< what is copied, for each of the step's copies; a plan only keeps it */
} SbStepInput;

/** One step, for one item, once, on one machine. */
typedef struct {
    const SbTestStep *step;
    const SbStepInput *input; /**< of the step */
    char *item;               /**< (nullable) of the step's list */
    guint round;              /**< from 1 */
    char *machine;            /**< (nullable) NULL: any of `machines` */
    char **machines;          /**< NULL-terminated: those that it may run on; none: a fresh one */
    char *label;              /**< "suite", "suite[item]", "suite[item] #2" */
    char *test;               /**< the label without the round: what a repetition repeats */
} SbTestRun;

/**
 * Plans the runs.
 *
 * Steps that other steps need, and steps of the phases setup and cleanup, are in every shard. They
 * are not shuffled or repeated.
 *
 * @param inputs  of SbStepInput, one for each step of FILE, in that order; must live longer
 * @return (transfer full) of SbTestRun, or NULL with an SbTestPlanError
 */
GPtrArray *sb_test_plan(const SbFleetFile *file, const GPtrArray *inputs,
                        const SbTestSelection *selection, GError **error) G_GNUC_WARN_UNUSED_RESULT;
