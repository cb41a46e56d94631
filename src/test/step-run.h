/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One step on one machine: its files are copied in, its command runs, its results are read, its
 * artifacts are fetched; and all that came of it is a suite for the report, whatever happened.
 *
 * Room: test.
 * Threads: the main loop's; a thread of its own writes archives.
 */
#pragma once

#include "guest/access.h"
#include "machine/machine-watch.h"
#include "model/test-plan.h"
#include "tap/suite-reader.h"

#include <gio/gio.h>

typedef struct SbStepRun SbStepRun;

typedef struct {
    const SbAccess *access;
    const char *machine;
    const SbTestRun *run;
    gboolean is_copied;          /**< they are in the machine already */
    char *artifacts;             /**< (nullable) (transfer full) the folder for what is fetched */
    gint64 connect_ms;           /**< how long it may take to reach the machine */
    const SbMachineWatch *watch; /**< for the results channel */
} SbStepRunRequest;

typedef struct {
    /** The command begins; BOOT_ID is the guest's. */
    void (*began)(const char *boot_id, gpointer data);
    /**
     * The end.
     *
     * @param suite      (transfer full)
     * @param is_copied  the step's files are in the machine
     * @param is_lost    the machine cannot be reached any more
     */
    void (*finished)(SbSuite *suite, gboolean is_copied, gboolean is_lost, gpointer data);
} SbStepRunCallbacks;

/** Starts it. (transfer full) */
SbStepRun *sb_step_run_start(const SbStepRunRequest *request, const SbStepRunCallbacks *callbacks,
                             gpointer data);
void sb_step_run_free(SbStepRun *run);

/** Of the tests that have come so far. */
guint64 sb_step_run_count(const SbStepRun *run, SbTapOutcome outcome);

/**
 * The infrastructure failed under it: it ends now, with REASON.
 *
 * @param fetches  whether artifacts can still be fetched, in a short time
 */
void sb_step_run_break(SbStepRun *run, const char *reason, gboolean fetches);

/** libvirtd is away. */
void sb_step_run_lose_libvirt(SbStepRun *run);
