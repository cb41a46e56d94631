/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The shell scripts that a step runs in a guest.
 *
 * Room: test.
 * Threads: every function is pure.
 */
#pragma once

#include "test/test-plan.h"

/**
 * The script for the command of RUN on MACHINE: the step's variables, its folder, and its command.
 *
 * The command also gets the variables SEEDBED_MACHINE, SEEDBED_STEP, SEEDBED_ROUND, SEEDBED_ITEM
 * (if the step has a list) and SEEDBED_RESULTS (with a channel).
 *
 * @return (transfer full)
 */
char *sb_step_script(const SbTestRun *run, const char *machine);

/** The script that writes an archive of the files that the globs of STEP match. (transfer full) */
char *sb_step_artifacts_script(const SbTestStep *step);
