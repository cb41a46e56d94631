/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The recipe of a golden image: one digest of all that it is made from. The same recipe makes the
 * same image, so an image with that recipe need not be made again.
 *
 * Room: build.
 * Threads: every function is pure.
 */
#pragma once

#include "fleet-file/machine-kernel.h"
#include "fleet-file/provision.h"
#include "model/image-record.h"

/** The name of the recipe among the inputs of a record. */
#define SB_BUILD_RECIPE_INPUT "recipe"

typedef struct {
    const char *base_digest; /**< of the image that is built upon */
    const char *arch;
    const char *login; /**< the account that is made for the harness */
    guint64 disk_bytes;
    const char *const *env;        /**< (nullable) of the machine that boots */
    const GPtrArray *provision;    /**< (nullable) of SbProvisionStep */
    const SbMachineKernel *kernel; /**< (nullable) that the machine boots */
    GBytes *user_data;             /**< (nullable), as the next */
    GBytes *vendor_data;           /**< */
    GBytes *network_config;        /**< */
} SbBuildRecipe;

/** The sha256 of RECIPE, of the version of seedbed, and of the script that cleans guests. (transfer
 * full) */
char *sb_build_recipe_digest(const SbBuildRecipe *recipe);

/** The recipe in RECORD (nullable), or NULL. (transfer none) */
const char *sb_build_recipe_of(const SbImageRecord *record);

/**
 * The script that makes a guest fit for being an image: sh, for root.
 *
 * @param login       the account that the harness logs in with
 * @param public_key  the key to remove from it
 * @return (transfer full)
 */
char *sb_build_clean_script(const char *login, const char *public_key);
