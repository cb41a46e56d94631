/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Whether new machines of a group start from memory, and from which warm image.
 *
 * Room: creation.
 * Threads: any, with its own connection.
 */
#pragma once

#include "image/image.h"
#include "image/warm-image.h"
#include "libvirt/host.h"
#include "model/platform.h"

typedef struct {
    SbWarmRecipe recipe;
    char *key;          /**< of RECIPE */
    SbWarmImage *image; /**< (nullable) what machines are thawed from; NULL: they boot */
    char *reason;       /**< (nullable) why they boot although a warm image is wanted or is there */
    gboolean can_freeze; /**< there is no warm image yet, and one can be made */
} SbWarmChoice;

/** Releases CHOICE and what it holds. */
void sb_warm_choice_free(SbWarmChoice *choice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbWarmChoice, sb_warm_choice_free)

/** What to tell about a machine that could not be thawed from the image of CHOICE because of WHY,
 * and boots. (transfer full) */
char *sb_warm_choice_describe_failure(const SbWarmChoice *choice, const GError *why);

/**
 * Chooses for machines of SPEC.
 *
 * @param spec      its network is decided
 * @param image     their base image
 * @return (transfer full) or NULL with an SbLibvirtError
 */
SbWarmChoice *sb_warm_choice_new(virConnect *connection, const SbPool *pool,
                                 const SbMachineSpec *spec, const SbImage *image,
                                 const SbPlatform *platform,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
