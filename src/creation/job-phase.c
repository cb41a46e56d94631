/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/job-phase.h"

static const struct {
    SbJobPhase phase;
    SbJobInput input;
    SbJobPhase next;
} transitions[] = {
    {SB_JOB_MAKING, SB_JOB_IS_MADE, SB_JOB_MADE},
    {SB_JOB_MAKING, SB_JOB_FAILS, SB_JOB_FAILED},
    {SB_JOB_MADE, SB_JOB_IS_RELEASED, SB_JOB_WAITING},
    {SB_JOB_WAITING, SB_JOB_IS_READY, SB_JOB_READY},
    {SB_JOB_WAITING, SB_JOB_FAILS, SB_JOB_FAILED},
    {SB_JOB_WAITING, SB_JOB_FAILS_FOR_GOOD, SB_JOB_UNDOING},
    {SB_JOB_UNDOING, SB_JOB_IS_GONE, SB_JOB_UNDONE},
};

SbJobPhase sb_job_next(SbJobPhase phase, SbJobInput input)
{
    for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].phase == phase && transitions[i].input == input)
            return transitions[i].next;
    return phase;
}

gboolean sb_job_is_being_made(SbJobPhase phase)
{
    return phase == SB_JOB_MAKING;
}

gboolean sb_job_is_in_worker(SbJobPhase phase)
{
    return phase == SB_JOB_MAKING || phase == SB_JOB_UNDOING;
}

gboolean sb_job_is_over(SbJobPhase phase)
{
    return phase == SB_JOB_READY || phase == SB_JOB_FAILED || phase == SB_JOB_UNDONE;
}
