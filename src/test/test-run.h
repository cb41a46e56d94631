/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The runs of a test plan on machines that are ready: what test/test-schedule.h decides is done,
 * and machines that crash, stop or reboot are heard of.
 *
 * Room: test.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "guest/access.h"
#include "libvirt/operation.h"
#include "tap/report.h"
#include "test/test-plan.h"

/** What there is to do, with what, and how. */
typedef struct {
    const GPtrArray *runs;    /**< of SbTestRun, whose inputs come from sb_test_sources_find() */
    SbAccess *access;         /**< also gets fresh machines */
    GHashTable *shells;       /**< of SbKeptShell: what the machines have already */
    const SbFleetFile *fleet; /**< for fresh machines, as `pool_name` */
    const char *pool_name;    /**< (nullable) */
    const GPtrArray *domains; /**< of SbDomain */
    guint jobs;               /**< how many machines may work at the same time; 0: all */
    const char *artifacts;    /**< (nullable) the folder for what steps want to keep */
    gboolean is_emulated;     /**< guests are slow */
} SbTestRunRequest;

/**
 * Runs it all, and adds a suite for each run to REPORT, in the order of the runs.
 *
 * Tells SB_EVENT_TEST_STARTED, _PROGRESS (twice a second) and _ENDED, and SB_EVENT_NOTE. A cancel
 * stops the commands, still fetches artifacts, and starts nothing more.
 *
 * @return FALSE with an SbLibvirtError if it could not even begin
 */
gboolean sb_test_run_all(const SbOperation *operation, const SbTestRunRequest *request,
                         SbReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Tells that a run was passed over: SUITE says why. */
void sb_test_run_tell_not_run(const SbOperation *operation, const SbSuite *suite);
