/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/wait-phase.h"

#include "base/error.h"
#include "guest/login.h"
#include "local/ssh.h"

SB_DEFINE_ERROR(sb_wait_error, SB_ERRORS_NONE)

enum {
    ADDRESS_PAUSE_MS = 2000, /**< libvirt has no event for an address */
    PORT_PAUSE_MS = 500,
    LOGIN_PAUSE_MS = 2000,
    MAX_NONSENSE = 5, /**< answers in a row */
};

static const struct {
    SbWaitPhase phase;
    SbWaitInput input;
    SbWaitPhase next;
    guint pause_ms;
} transitions[] = {
    {SB_WAIT_PAUSE, SB_WAIT_PAUSE_OVER, SB_WAIT_ADDRESS, 0},
    {SB_WAIT_ADDRESS, SB_WAIT_ADDRESS_UNKNOWN, SB_WAIT_PAUSE, ADDRESS_PAUSE_MS},
    {SB_WAIT_ADDRESS, SB_WAIT_ADDRESS_KNOWN, SB_WAIT_PORT, 0},
    {SB_WAIT_ADDRESS, SB_WAIT_ADDRESS_FOR_SSH, SB_WAIT_LOGIN, 0},
    {SB_WAIT_PORT, SB_WAIT_PORT_SILENT, SB_WAIT_PAUSE, PORT_PAUSE_MS},
    {SB_WAIT_PORT, SB_WAIT_PORT_ANSWERS, SB_WAIT_LOGIN, 0},
    {SB_WAIT_LOGIN, SB_WAIT_LOGIN_FAILED, SB_WAIT_PAUSE, LOGIN_PAUSE_MS},
    {SB_WAIT_LOGIN, SB_WAIT_LOGIN_DONE, SB_WAIT_PROVISION, 0},
    {SB_WAIT_LOGIN, SB_WAIT_SETTLED, SB_WAIT_READY, 0},
    {SB_WAIT_PROVISION, SB_WAIT_PROVISIONED, SB_WAIT_READY, 0},
};

gboolean sb_wait_is_over(SbWaitPhase phase)
{
    return phase == SB_WAIT_READY || phase == SB_WAIT_FAILED;
}

gboolean sb_wait_had_login(const GError *error)
{
    return g_error_matches(error, SB_WAIT_ERROR, SB_WAIT_ERROR_CLOUD_INIT) ||
           g_error_matches(error, SB_WAIT_ERROR, SB_WAIT_ERROR_PROVISION);
}

SbWaitPhase sb_wait_next(SbWaitPhase phase, SbWaitInput input)
{
    if (input == SB_WAIT_GIVEN_UP && !sb_wait_is_over(phase))
        return SB_WAIT_FAILED;
    for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].phase == phase && transitions[i].input == input)
            return transitions[i].next;
    return phase;
}

guint sb_wait_pause_ms(SbWaitInput input)
{
    for (gsize i = 0; i < G_N_ELEMENTS(transitions); i++)
        if (transitions[i].input == input)
            return transitions[i].pause_ms;
    return 0;
}

SbLoginMeaning sb_wait_judge_login(const GError *error, guint nonsense)
{
    gboolean is_shell = g_error_matches(error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL);
    if (nonsense >= MAX_NONSENSE && is_shell)
        return (SbLoginMeaning){TRUE, SB_WAIT_ERROR_STUCK};
    if (nonsense >= MAX_NONSENSE)
        return (SbLoginMeaning){TRUE, SB_WAIT_ERROR_CLOUD_INIT};
    if (g_error_matches(error, SB_SSH_ERROR, SB_SSH_ERROR_HOST_KEY))
        return (SbLoginMeaning){TRUE, SB_WAIT_ERROR_HOST_KEY};
    if (g_error_matches(error, SB_SSH_ERROR, SB_SSH_ERROR_PROXY))
        return (SbLoginMeaning){TRUE, SB_WAIT_ERROR_STUCK};
    /* No account yet, or the guest reboots: the deadline of the stage says when to give up. */
    return (SbLoginMeaning){FALSE, 0};
}
