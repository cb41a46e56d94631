/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `test`: a fleet comes up, the steps of its file run in its machines, all that happened is in one
 * report, and the machines that this made are removed.
 *
 * Room: test.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "base/diagnostics.h"
#include "fleet-file/fleet-file.h"
#include "libvirt/operation.h"
#include "tap/report.h"
#include "test/test-plan.h"

/** When the machines that a test made stay. */
typedef enum { SB_KEEP_NEVER, SB_KEEP_ON_FAILURE, SB_KEEP_ALWAYS } SbKeep;

/** What a test runs: known, and checked, before anything is touched. */
typedef struct {
    SbTestSelection selection; /**< its `only` belongs to the caller */
    GPtrArray *inputs;         /**< of SbStepInput */
    GPtrArray *runs;           /**< of SbTestRun */
} SbTestWork;

/**
 * Finds what the steps of FILE copy, and plans the runs of SELECTION.
 *
 * @param diagnostics  gets an error for each file that is missing
 * @return (transfer full) or NULL: after errors in DIAGNOSTICS, or with an SbTestPlanError
 */
SbTestWork *sb_test_work_new(const SbFleetFile *file, const SbTestSelection *selection,
                             SbDiagnostics *diagnostics, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees the work. (nullable) */
void sb_test_work_free(SbTestWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTestWork, sb_test_work_free)

typedef struct {
    const char *pool_name;
    gboolean wait_for_run; /**< as in SbBringUpOptions */
    SbKeep keep;
    guint jobs;            /**< how many machines may work at the same time; 0: all */
    const char *artifacts; /**< (nullable) the folder for the steps' artifacts, which exists */
} SbTestOptions;

typedef enum {
    SB_TEST_PASSED, /**< all steps passed, or were skipped */
    SB_TEST_FAILED, /**< the tests themselves failed, or prove nothing */
    SB_TEST_BROKEN, /**< the infrastructure failed, or the fleet cannot be made as asked */
} SbTestResult;

/**
 * Does the whole of `seedbed test`: brings FLEET up, runs WORK, and takes down what it made.
 *
 * REPORT gets a suite for each run and the facts that describe the run, also where the fleet does
 * not come up: then each suite says that it was not run, and why. Tells what sb_up() and
 * sb_test_run_all() tell; SB_EVENT_TESTED when the report is whole, unless the input was bad; then
 * SB_EVENT_REMOVED for each machine (from any thread), or SB_EVENT_NOTE if the machines stay.
 *
 * @return SB_TEST_BROKEN with an error if there is one beside those in the report
 */
SbTestResult sb_test(const SbOperation *operation, const SbFleetFile *fleet, const SbTestWork *work,
                     const SbTestOptions *options, SbReport *report,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
