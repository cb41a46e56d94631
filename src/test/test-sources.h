/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The files that the steps of a fleet file copy into machines. They are looked for before anything
 * is made: a file that is missing is an error in the fleet file.
 *
 * Room: test.
 * Threads: every call is independent.
 */
#pragma once

#include "base/diagnostics.h"
#include "test/test-plan.h"

/**
 * Looks for the files that the steps of FILE copy, and for their lists.
 *
 * @param diagnostics  gets an error for each file that is missing, and each list that is empty
 * @return (transfer full) of SbStepInput, one for each step, in the order of FILE, whose `copies`
 *   are of SbSourceFiles; NULL after errors
 */
GPtrArray *sb_test_sources_find(const SbFleetFile *file,
                                SbDiagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
