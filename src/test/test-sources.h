/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the steps of a fleet file copy into machines, found before anything is made: so that what is
 * missing is an error in the fleet file.
 *
 * Room: test.
 * Threads: every call is independent.
 */
#pragma once

#include "base/diagnostics.h"
#include "model/fleet-file.h"

typedef struct {
    GPtrArray *sources; /**< for each step: of SbSourceFiles, one for each of its copies */
    GPtrArray *items;   /**< for each step: of char *, its list (matrix or files); NULL: none */
} SbTestSources;

void sb_test_sources_free(SbTestSources *sources);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTestSources, sb_test_sources_free)

/** Looks for what FILE names. (transfer full) or NULL after DIAGNOSTICS got errors */
SbTestSources *sb_test_sources_find(const SbFleetFile *file, SbDiagnostics *diagnostics);
