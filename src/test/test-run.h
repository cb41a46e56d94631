/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The runs of a test plan on machines that are ready: what model/test-schedule.h decides is done,
 * and machines that crash, stop or reboot are heard of.
 *
 * Room: test.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "guest/access.h"
#include "model/test-plan.h"
#include "tap/report.h"
#include "test/step-run.h"

typedef struct {
    guint jobs;            /**< how many machines may work at once; 0: all */
    const char *artifacts; /**< (nullable) the folder for what steps want to keep */
    gboolean is_emulated;  /**< guests are slow */
} SbTestRunOptions;

/** All are called in the calling thread; all must be set. */
typedef struct {
    /** RUN begins on MACHINE; PROGRESS lives until it is finished. */
    void (*started)(const SbTestRun *run, const char *machine, const SbStepRun *progress,
                    gpointer data);
    /** MACHINE (nullable: it was not run at all) has finished RUN. */
    void (*finished)(const SbTestRun *run, const char *machine, const SbSuite *suite,
                     gpointer data);
    void (*note)(const char *text, gpointer data);
} SbTestRunCallbacks;

/** What there is to do, and with what. */
typedef struct {
    const GPtrArray *runs; /**< of SbTestRun, whose inputs come from sb_test_sources_find() */
    const SbAccess *access;
    const GPtrArray *domains; /**< of SbDomain */
} SbTestWork;

/**
 * Does WORK, and adds a suite for each run to REPORT, in the order of the runs.
 *
 * @param cancellable  stops what runs, still fetches artifacts, and runs nothing more
 * @return FALSE if it could not even begin
 */
gboolean sb_test_run_all(SbHost *host, const SbTestWork *work, const SbTestRunOptions *options,
                         const SbTestRunCallbacks *callbacks, gpointer data,
                         GCancellable *cancellable, SbReport *report, GError **error);
