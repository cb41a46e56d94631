/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files of a guest that a step wants to keep, fetched into a folder of this machine.
 *
 * A guest is not trusted: sb_tar_unpack() says how its archive is read.
 *
 * Room: test.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "model/test-step.h"

typedef struct SbArtifacts SbArtifacts;

typedef struct {
    const SbTestStep *step; /**< with the globs; must live longer, as must `access` */
    const SbAccess *access;
    const char *machine;
    const char *folder; /**< of this machine: gets the files */
    gboolean is_quick;  /**< give up after seconds, not minutes */
} SbArtifactsRequest;

/** Takes the end: FILES are there, SKIPPED were left out. FAILURE (nullable): some are missing. */
typedef void (*SbArtifactsFunc)(guint files, guint skipped, const GError *failure, gpointer data);

/** Starts to fetch the files that the step's globs match. DONE is called once, from the main loop;
 * it may free the artifacts. (transfer full) */
SbArtifacts *sb_artifacts_fetch(const SbArtifactsRequest *request, SbArtifactsFunc done,
                                gpointer data);

/** What a report says about that end. (transfer full) (nullable) NULL: nothing, because all files
 * are there */
char *sb_artifacts_describe(guint files, guint skipped, const GError *failure);

/** Removes FOLDER, which an earlier run may have filled, with all that is in it. Links are not
 * followed. */
void sb_artifacts_clear(const char *folder);

/** Ends the fetching; DONE is not called any more. (nullable) */
void sb_artifacts_free(SbArtifacts *artifacts);
