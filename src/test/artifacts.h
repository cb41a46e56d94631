/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files of a guest that a step wants to keep, fetched into a folder of this machine.
 *
 * Room: test.
 * Threads: the main loop's.
 */
#pragma once

#include "fleet-file/test-step.h"
#include "guest/copy-out.h"

/** The folders of MACHINE/STEP: another user may have put links into the folder above them. */
enum { SB_ARTIFACTS_OWN_FOLDERS = 2 };

typedef struct {
    const SbTestStep *step; /**< with the globs */
    const SbAccess *access; /**< must live longer */
    const char *machine;
    const char *folder; /**< of this machine: gets the files */
    gboolean is_quick;  /**< give up after seconds, not minutes */
} SbArtifactsRequest;

/** Starts to fetch the files that the step's globs match. DONE is called once, from the main loop;
 * it may free the copying. (transfer full) */
SbCopyOut *sb_artifacts_fetch(const SbArtifactsRequest *request, SbCopyOutFunc done, gpointer data);

/** What a report says about that end. (transfer full) (nullable) NULL: nothing, because all files
 * are there */
char *sb_artifacts_describe(guint files, guint skipped, const GError *failure);
