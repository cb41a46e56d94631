/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What cloud-init's verdict means for a machine: whether it can be used, and what to tell the user.
 *
 * Room: wait.
 * Threads: any.
 */
#pragma once

#include "cloud-init/cloud-init-verdict.h"
#include "libvirt/domain.h"

/** What the cloud-init of a machine must be, besides not having failed. */
typedef enum {
    SB_DEMAND_NO_WARNINGS = 1 << 0, /**< degraded is a failure, not a note */
    SB_DEMAND_CLOUD_INIT = 1 << 1,  /**< an absent or disabled cloud-init is a failure */
} SbDemands;

/** Whose verdict it is. */
typedef struct {
    const SbDomain *domain;
    const char *directory; /**< where its logs are kept if it failed */
    gboolean stays;        /**< it is not taken back if it fails */
    gboolean is_local;     /**< the libvirt host is this machine */
} SbJudged;

/**
 * Judges VERDICT, and whether the kernel of the fleet file runs. If cloud-init failed, its logs are
 * saved.
 *
 * @param hint_out  (transfer full) NULL: the machine can be used; else what to try
 * @return (transfer full) (nullable) what to tell the user
 */
char *sb_verdict_judge(const SbCloudInitVerdict *verdict, SbDemands demands,
                       const SbJudged *machine, char **hint_out);
