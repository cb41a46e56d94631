/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The recipe of a warm image: all that decides whether a frozen machine can become a certain new
 * one. Two machines with the same recipe differ only in what belongs to one machine alone: name,
 * UUID, MAC address, keys.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "fleet-file/machine-spec.h"
#include "model/platform.h"

/** The digits of a key. */
#define SB_WARM_KEY_DIGITS 16

/** The facts, in the order in which a difference is looked for. */
typedef enum {
    SB_WARM_IMAGE, /**< the digest of the base image */
    SB_WARM_KERNEL,
    SB_WARM_USER_DATA,
    SB_WARM_VENDOR_DATA,
    SB_WARM_ENV,
    SB_WARM_PROVISION,
    SB_WARM_LOGIN,
    SB_WARM_VCPUS,
    SB_WARM_MEMORY,
    SB_WARM_DISK,
    SB_WARM_NETWORK, /**< for each "user", or "network" if it is made of a device of the host */
    SB_WARM_ARCH,
    SB_WARM_MACHINE,
    SB_WARM_CPU,
    SB_WARM_QEMU,
    SB_WARM_LIBVIRT,
    SB_WARM_SCRIPTS, /**< what seedbed runs in the guest */
    SB_WARM_DEVICES, /**< the digest of the whole domain, but for what belongs to one machine */
    SB_WARM_FACTS,
} SbWarmFact;

typedef struct {
    char *facts[SB_WARM_FACTS]; /**< each one line */
} SbWarmRecipe;

/** Releases what RECIPE holds, but not RECIPE. */
void sb_warm_recipe_clear(SbWarmRecipe *recipe);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbWarmRecipe, sb_warm_recipe_clear)

/** What a recipe is made of. */
typedef struct {
    const SbMachineSpec *spec; /**< its network is decided */
    const SbPlatform *platform;
    const char *image_digest;
    const char *image_format;   /**< "qcow2" or "raw" */
    gulong qemu_version;        /**< as major * 1000000 + minor * 1000 + release */
    gulong libvirt_version;     /**< the same */
    const char *scripts_digest; /**< of what seedbed runs in the guest */
} SbWarmInput;

/** Sets RECIPE, which is not initialized. */
void sb_warm_recipe_init(SbWarmRecipe *recipe, const SbWarmInput *input);

/** The key of RECIPE: SB_WARM_KEY_DIGITS hexadecimal digits. (transfer full) */
char *sb_warm_recipe_key(const SbWarmRecipe *recipe);

/** The name of FACT in records and messages, such as "vcpus". */
const char *sb_warm_fact_name(SbWarmFact fact);

/** The first fact that differs, in words, such as "its machines have vcpus '2', and these need
 * '4'"; NULL: none does. (transfer full) */
char *sb_warm_recipe_difference(const SbWarmRecipe *frozen, const SbWarmRecipe *wanted);

/** Why a machine of SPEC cannot be frozen; NULL: it can be. (transfer none) */
const char *sb_warm_refusal(const SbMachineSpec *spec);
