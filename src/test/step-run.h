/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One step on one machine: its files are copied in, its command runs, its results are read, and its
 * artifacts are fetched. Whatever happens, there is a suite for the report.
 *
 * Room: test.
 * Threads: the main loop's; a thread of its own writes archives.
 */
#pragma once

#include "guest/access.h"
#include "guest/kept-shell.h"
#include "tap/suite-reader.h"
#include "test/test-plan.h"
#include "wait/machine-watch.h"

#include <gio/gio.h>

typedef struct SbStepRun SbStepRun;

typedef struct {
    const SbAccess *access;
    const char *machine;
    const SbTestRun *run;
    gboolean is_copied;          /**< the step's files are in the machine already */
    char *artifacts;             /**< (nullable) (transfer full) the folder for the artifacts */
    gint64 connect_ms;           /**< how long it may take to reach the machine */
    const SbMachineWatch *watch; /**< for the results channel */
    SbKeptShell *kept;           /**< (nullable) of the machine: runs the command */
} SbStepRunRequest;

typedef struct {
    /** The command begins; BOOT_ID is the guest's. */
    void (*began)(const char *boot_id, gpointer data);
    /**
     * The end; it may free the run. Called once.
     *
     * @param suite      (transfer full)
     * @param is_copied  the step's files are in the machine
     * @param is_lost    the machine cannot be reached any more
     */
    void (*finished)(SbSuite *suite, gboolean is_copied, gboolean is_lost, gpointer data);
} SbStepRunCallbacks;

/** Starts the step. The callbacks come from the main loop. (transfer full) */
SbStepRun *sb_step_run_start(const SbStepRunRequest *request, const SbStepRunCallbacks *callbacks,
                             gpointer data);

/** Frees the run, also in the middle: then the command is ended. (nullable) */
void sb_step_run_free(SbStepRun *run);

/** The number of tests that have come so far with OUTCOME; 0 when the step has ended. */
guint64 sb_step_run_count(const SbStepRun *run, SbTapOutcome outcome);

/**
 * Ends the step with REASON, because the infrastructure failed.
 *
 * @param fetches  whether artifacts can still be fetched, in a short time
 */
void sb_step_run_break(SbStepRun *run, const char *reason, gboolean fetches);

/** Tells the step that libvirtd is away. A step over ssh goes on; a results channel waits. */
void sb_step_run_lose_libvirt(SbStepRun *run);
