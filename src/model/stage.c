/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/stage.h"

/* The factor for a stage of an emulated guest. Measured boots took 10 to 15 times as long under TCG
 * as under KVM. The rest is for a host that is also busy with other work. */
#define EMULATION_FACTOR 20

/* The deadlines are at least three times as long as slow distributions needed, because giving a
 * machine up too early costs more than a longer wait. The tables of rules/ end most boots that
 * will never succeed long before a deadline does. */
/* One in each line: t/tree/manual.t reads them. */
/* clang-format off */
static const SbStageRule stages[SB_STAGE_COUNT] = {
    [SB_STAGE_NONE] = {"none", 0},
    [SB_STAGE_DEFINED] = {"defined", 30},
    [SB_STAGE_STARTED] = {"started", 60},
    [SB_STAGE_FIRMWARE] = {"firmware", 15},
    [SB_STAGE_KERNEL] = {"kernel", 30},
    [SB_STAGE_ADDRESS] = {"address", 45},
    [SB_STAGE_SSH_PORT] = {"ssh port", 45},
    [SB_STAGE_SSH_LOGIN] = {"ssh login", 30},
    [SB_STAGE_READY] = {"cloud-init", 300},
};
/* clang-format on */

const SbStageRule *sb_stage_rule(SbStage stage)
{
    g_return_val_if_fail(stage < SB_STAGE_COUNT, &stages[SB_STAGE_NONE]);
    return &stages[stage];
}

gint64 sb_stage_deadline_ms(SbStage stage, gboolean is_emulated, guint vcpus_started,
                            guint host_cpus)
{
    gint64 deadline_ms = (gint64)sb_stage_rule(stage)->deadline_s * 1000;
    /* The stages before the firmware are libvirt's work, which runs on the host's own CPU. */
    if (is_emulated && stage >= SB_STAGE_FIRMWARE)
        deadline_ms *= EMULATION_FACTOR;
    if (host_cpus > 0 && vcpus_started > host_cpus)
        deadline_ms = deadline_ms * vcpus_started / host_cpus;
    return deadline_ms;
}

gint64 sb_stage_idle_ms(SbStage stage, gboolean is_emulated)
{
    /* Before there is a login, nothing in a guest waits that long for something that comes. */
    enum { LEAST_MS = 30 * 1000, MOST_MS = 120 * 1000 };
    gint64 deadline_ms = sb_stage_deadline_ms(stage, is_emulated, 1, 1);
    return stage < SB_STAGE_FIRMWARE || stage > SB_STAGE_SSH_PORT
               ? 0
               : CLAMP(deadline_ms / 3, LEAST_MS, MOST_MS);
}
