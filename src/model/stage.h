/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The stages of a machine until it is ready: for each one its name and how long it may take. What a
 * console shows of them, and what it means if one is not reached, is in rules/.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_STAGE_NONE,
    SB_STAGE_DEFINED,
    SB_STAGE_STARTED,
    SB_STAGE_FIRMWARE,
    SB_STAGE_KERNEL,
    SB_STAGE_ADDRESS,
    SB_STAGE_SSH_PORT,
    SB_STAGE_SSH_LOGIN,
    SB_STAGE_READY, /**< cloud-init is done */
    SB_STAGE_COUNT,
} SbStage;

typedef struct {
    const char *name; /**< for people: "firmware", "ssh login"… */
    guint deadline_s; /**< from the stage before, on hardware virtualisation and an idle host */
} SbStageRule;

/** The rule of STAGE, which is not SB_STAGE_COUNT. (transfer none) */
const SbStageRule *sb_stage_rule(SbStage stage);

/**
 * How long STAGE may take, in ms. An emulated guest gets 20 times as long, from the firmware on:
 * the stages before are libvirt's work. Guests with more vCPUs than the host has CPUs share them.
 *
 * @param vcpus_started  of all machines that boot at the same time
 * @param host_cpus      0 if not known
 */
gint64 sb_stage_deadline_ms(SbStage stage, gboolean is_emulated, guint vcpus_started,
                            guint host_cpus);

/**
 * How long a machine may do nothing, neither use its CPU nor print, while STAGE is awaited, in ms;
 * 0: as long as the stage may take.
 */
gint64 sb_stage_idle_ms(SbStage stage, gboolean is_emulated);
