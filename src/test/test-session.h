/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `test`: a fleet comes up, the steps of its file run in its machines, all that happened is in one
 * report, and what this made goes again.
 *
 * Room: test.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "machine/bring-up.h"
#include "machine/removal.h"
#include "test/test-run.h"
#include "test/test-sources.h"

typedef struct {
    SbUpOptions up;
    SbTestSelection selection; /**< for the report; the runs are planned with it already */
    SbTestRunOptions run;
} SbTestOptions;

typedef struct SbTestSession SbTestSession;

/** The test of FLEET, which runs RUNS (of SbTestRun). Nothing is touched. (transfer full) */
SbTestSession *sb_test_session_new(SbHost *host, const SbFleetFile *fleet, const GPtrArray *runs);
void sb_test_session_free(SbTestSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTestSession, sb_test_session_free)

/**
 * Brings the fleet up and runs it all.
 *
 * REPORT gets a suite for each run and the facts that describe the run, also where this fails: then
 * each suite says that it was not run, and why.
 *
 * @param event        called with EVENT_DATA while it comes up, as sb_up() tells
 * @param callbacks    called with DATA while the steps run
 * @param cancellable  as sb_up() and sb_test_run_all() take it
 * @return FALSE if the fleet did not come up, or could not be used
 */
gboolean sb_test_session_run(SbTestSession *session, const SbTestOptions *options,
                             SbEventFunc event, gpointer event_data,
                             const SbTestRunCallbacks *callbacks, gpointer data,
                             GCancellable *cancellable, SbReport *report, GError **error);

/** Removes the machines that sb_test_session_run() made, and the fleet with them if it made all of
 * it. */
gboolean sb_test_session_take_down(SbTestSession *session, SbRemovedFunc removed, gpointer data,
                                   GError **error);
