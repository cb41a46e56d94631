/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/job-phase.h"
#include "test.h"

#define INPUTS (SB_JOB_IS_GONE + 1)
#define SAME SB_JOB_PHASES

/* All transitions: a row for each phase, a column for each input. */
static const SbJobPhase expected[SB_JOB_PHASES][INPUTS] = {
    /*                 made         released        ready         fails         for good gone */
    [SB_JOB_MAKING] = {SB_JOB_MADE, SAME, SAME, SB_JOB_FAILED, SAME, SAME},
    [SB_JOB_MADE] = {SAME, SB_JOB_WAITING, SAME, SAME, SAME, SAME},
    [SB_JOB_WAITING] = {SAME, SAME, SB_JOB_READY, SB_JOB_FAILED, SB_JOB_UNDOING, SAME},
    [SB_JOB_UNDOING] = {SAME, SAME, SAME, SAME, SAME, SB_JOB_UNDONE},
    [SB_JOB_READY] = {SAME, SAME, SAME, SAME, SAME, SAME},
    [SB_JOB_FAILED] = {SAME, SAME, SAME, SAME, SAME, SAME},
    [SB_JOB_UNDONE] = {SAME, SAME, SAME, SAME, SAME, SAME},
};

static void test_transitions(void)
{
    for (SbJobPhase phase = 0; phase < SB_JOB_PHASES; phase++) {
        for (SbJobInput input = 0; input < INPUTS; input++) {
            SbJobPhase next = expected[phase][input];
            g_assert_cmpint(sb_job_next(phase, input), ==, next == SAME ? phase : next);
        }
    }
}

/* The wait for all machines ends when each is over, and no worker has one. */
static void test_ends(void)
{
    for (SbJobPhase phase = 0; phase < SB_JOB_PHASES; phase++) {
        gboolean is_end = phase == SB_JOB_READY || phase == SB_JOB_FAILED || phase == SB_JOB_UNDONE;
        gboolean is_worked = phase == SB_JOB_MAKING || phase == SB_JOB_UNDOING;
        g_assert_cmpint(sb_job_is_over(phase), ==, is_end);
        g_assert_cmpint(sb_job_is_in_worker(phase), ==, is_worked);
        g_assert_cmpint(sb_job_is_being_made(phase), ==, phase == SB_JOB_MAKING);
        for (SbJobInput input = 0; is_end && input < INPUTS; input++)
            g_assert_cmpint(sb_job_next(phase, input), ==, phase);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/job-phase/transitions", test_transitions);
    g_test_add_func("/job-phase/ends", test_ends);
    return g_test_run();
}
