/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/stage.h"
#include "test.h"

static void test_rules(void)
{
    static const char *const names[SB_STAGE_COUNT] = {"none",     "defined",   "started",
                                                      "firmware", "kernel",    "address",
                                                      "ssh port", "ssh login", "cloud-init"};
    for (SbStage stage = SB_STAGE_NONE; stage < SB_STAGE_COUNT; stage++) {
        const SbStageRule *rule = sb_stage_rule(stage);
        g_assert_cmpstr(rule->name, ==, names[stage]);
        if (stage == SB_STAGE_NONE)
            continue;
        g_assert_cmpuint(rule->deadline_s, >=, 10);
        g_assert_cmpuint(rule->deadline_s, <=, 600);
    }
}

static void test_deadlines(void)
{
    gint64 native_ms = sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 2, 4);
    g_assert_cmpint(native_ms, ==, (gint64)sb_stage_rule(SB_STAGE_KERNEL)->deadline_s * 1000);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, TRUE, 2, 4), ==, 20 * native_ms);
    /* Only more vCPUs than the host has are shared. */
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 4, 4), ==, native_ms);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 6, 4), ==, native_ms * 3 / 2);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, TRUE, 16, 2), ==, 160 * native_ms);
    /* An unknown number of CPUs does not cause a division by zero; large numbers do not overflow.
     */
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 4, 0), ==, native_ms);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_READY, TRUE, G_MAXUINT, 1), >, 0);
    /* libvirt's own work is not emulated. */
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_STARTED, TRUE, 1, 1), ==,
                    sb_stage_deadline_ms(SB_STAGE_STARTED, FALSE, 1, 1));
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_NONE, TRUE, 1, 1), ==, 0);
}

/* Debian took 215 s to the end of cloud-init, under emulation with 2 vCPUs. A third of the allowed
 * time must be enough for that. */
static void test_deadlines_leave_room(void)
{
    gint64 sum_ms = 0;
    for (SbStage stage = SB_STAGE_FIRMWARE; stage < SB_STAGE_READY; stage++)
        sum_ms += sb_stage_deadline_ms(stage, TRUE, 2, 2);
    g_assert_cmpint(sum_ms, >=, 3 * 215 * 1000);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_FIRMWARE, TRUE, 2, 2), <=, 5 * 60 * 1000);
}

/* A machine that does nothing is told long before its deadline, but a slow one is not. */
static void test_idle(void)
{
    for (SbStage stage = SB_STAGE_FIRMWARE; stage <= SB_STAGE_SSH_PORT; stage++) {
        g_assert_cmpint(sb_stage_idle_ms(stage, FALSE), >=, 30 * 1000);
        g_assert_cmpint(sb_stage_idle_ms(stage, TRUE), >=, 60 * 1000);
        g_assert_cmpint(2 * sb_stage_idle_ms(stage, TRUE), <,
                        sb_stage_deadline_ms(stage, TRUE, 1, 1));
    }
    g_assert_cmpint(sb_stage_idle_ms(SB_STAGE_READY, TRUE), ==, 0);
    g_assert_cmpint(sb_stage_idle_ms(SB_STAGE_STARTED, TRUE), ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/stage/rules", test_rules);
    g_test_add_func("/stage/deadlines", test_deadlines);
    g_test_add_func("/stage/deadlines-leave-room", test_deadlines_leave_room);
    g_test_add_func("/stage/idle", test_idle);
    return g_test_run();
}
