/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files of a guest that a step wants to keep, fetched into a folder of this host.
 *
 * What comes is from a guest: see sb_tar_unpack().
 *
 * Room: test.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "model/test-step.h"

typedef struct SbArtifacts SbArtifacts;

/** FILES are there, SKIPPED were left out; or FAILURE. */
typedef void (*SbArtifactsFunc)(guint files, guint skipped, const GError *failure, gpointer data);

/**
 * Fetches what the globs of STEP match in MACHINE into FOLDER; DONE comes from the main loop, once.
 * (transfer full)
 *
 * @param is_quick  give up after seconds, not minutes
 */
SbArtifacts *sb_artifacts_fetch(const SbAccess *access, const char *machine, const SbTestStep *step,
                                const char *folder, gboolean is_quick, SbArtifactsFunc done,
                                gpointer data);

/** Removes FOLDER with all that is in it, links as links: what an earlier run has fetched. */
void sb_artifacts_clear(const char *folder);

/** DONE does not come any more. (nullable) */
void sb_artifacts_free(SbArtifacts *artifacts);
