/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/wait-phase.h"

#include "guest/login.h"
#include "local/ssh.h"
#include "test.h"

#define PHASES (SB_WAIT_FAILED + 1)
#define INPUTS (SB_WAIT_GIVEN_UP + 1)

/* All transitions: a row for each phase. An input that is not named changes nothing. */
static const struct {
    SbWaitPhase phase;
    SbWaitInput input;
    SbWaitPhase next;
} expected[] = {
    {SB_WAIT_PAUSE, SB_WAIT_PAUSE_OVER, SB_WAIT_ADDRESS},
    {SB_WAIT_PAUSE, SB_WAIT_GIVEN_UP, SB_WAIT_FAILED},
    {SB_WAIT_ADDRESS, SB_WAIT_ADDRESS_UNKNOWN, SB_WAIT_PAUSE},
    {SB_WAIT_ADDRESS, SB_WAIT_ADDRESS_KNOWN, SB_WAIT_PORT},
    {SB_WAIT_ADDRESS, SB_WAIT_ADDRESS_FOR_SSH, SB_WAIT_LOGIN},
    {SB_WAIT_ADDRESS, SB_WAIT_GIVEN_UP, SB_WAIT_FAILED},
    {SB_WAIT_PORT, SB_WAIT_PORT_SILENT, SB_WAIT_PAUSE},
    {SB_WAIT_PORT, SB_WAIT_PORT_ANSWERS, SB_WAIT_LOGIN},
    {SB_WAIT_PORT, SB_WAIT_GIVEN_UP, SB_WAIT_FAILED},
    {SB_WAIT_LOGIN, SB_WAIT_LOGIN_FAILED, SB_WAIT_PAUSE},
    {SB_WAIT_LOGIN, SB_WAIT_LOGIN_DONE, SB_WAIT_PROVISION},
    {SB_WAIT_LOGIN, SB_WAIT_SETTLED, SB_WAIT_READY},
    {SB_WAIT_PROVISION, SB_WAIT_PROVISIONED, SB_WAIT_READY},
    {SB_WAIT_PROVISION, SB_WAIT_GIVEN_UP, SB_WAIT_FAILED},
    {SB_WAIT_LOGIN, SB_WAIT_GIVEN_UP, SB_WAIT_FAILED},
};

static SbWaitPhase expect(SbWaitPhase phase, SbWaitInput input)
{
    for (gsize i = 0; i < G_N_ELEMENTS(expected); i++)
        if (expected[i].phase == phase && expected[i].input == input)
            return expected[i].next;
    return phase;
}

static void test_transitions(void)
{
    for (SbWaitPhase phase = 0; phase < PHASES; phase++)
        for (SbWaitInput input = 0; input < INPUTS; input++)
            g_assert_cmpint(sb_wait_next(phase, input), ==, expect(phase, input));
}

/* Nothing happens after an end, whatever comes late. */
static void test_ends(void)
{
    for (SbWaitPhase phase = 0; phase < PHASES; phase++)
        g_assert_cmpint(sb_wait_is_over(phase), ==,
                        phase == SB_WAIT_READY || phase == SB_WAIT_FAILED);
    for (SbWaitInput input = 0; input < INPUTS; input++) {
        g_assert_cmpint(sb_wait_next(SB_WAIT_READY, input), ==, SB_WAIT_READY);
        g_assert_cmpint(sb_wait_next(SB_WAIT_FAILED, input), ==, SB_WAIT_FAILED);
    }
}

/* What leads to the pause has one, so that no look follows another without an end. */
static void test_pauses(void)
{
    for (SbWaitPhase phase = 0; phase < PHASES; phase++)
        for (SbWaitInput input = 0; input < INPUTS; input++)
            if (phase != SB_WAIT_PAUSE && sb_wait_next(phase, input) == SB_WAIT_PAUSE)
                g_assert_cmpuint(sb_wait_pause_ms(input), >=, 500);
    g_assert_cmpuint(sb_wait_pause_ms(SB_WAIT_PORT_ANSWERS), ==, 0);
    g_assert_cmpuint(sb_wait_pause_ms(SB_WAIT_GIVEN_UP), ==, 0);
}

static void check_login(GQuark domain, int code, guint nonsense, int final_code)
{
    g_autoptr(GError) error = g_error_new_literal(domain, code, "refused");
    SbLoginMeaning meaning = sb_wait_judge_login(error, nonsense);
    g_assert_cmpint(meaning.is_final, ==, final_code >= 0);
    if (meaning.is_final)
        g_assert_cmpint(meaning.code, ==, final_code);
}

static void test_logins(void)
{
    /* A guest without an account yet, or one that reboots. */
    check_login(SB_SSH_ERROR, SB_SSH_ERROR_DENIED, 0, -1);
    /* Somebody else answers: it never becomes the machine. */
    check_login(SB_SSH_ERROR, SB_SSH_ERROR_HOST_KEY, 0, SB_WAIT_ERROR_HOST_KEY);
    check_login(SB_SSH_ERROR, SB_SSH_ERROR_PROXY, 0, SB_WAIT_ERROR_STUCK);
    /* An answer may be cut off by a reboot, but not five in a row. */
    check_login(SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL, 4, -1);
    check_login(SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL, 5, SB_WAIT_ERROR_STUCK);
    check_login(SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS, 1, -1);
    check_login(SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS, 4, -1);
    check_login(SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS, 5, SB_WAIT_ERROR_CLOUD_INIT);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/wait-phase/transitions", test_transitions);
    g_test_add_func("/wait-phase/ends", test_ends);
    g_test_add_func("/wait-phase/pauses", test_pauses);
    g_test_add_func("/wait-phase/logins", test_logins);
    return g_test_run();
}
