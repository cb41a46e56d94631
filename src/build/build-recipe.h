/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a golden image is made from, as one digest: the same recipe makes the same image, so one
 * that is there already need not be made again.
 *
 * Room: build.
 * Threads: every function is pure.
 */
#pragma once

#include "model/image-record.h"

/** The name that a record has its recipe under, among the inputs. */
#define SB_BUILD_RECIPE_INPUT "recipe"

typedef struct {
    const char *base_digest; /**< of the image that is built upon */
    const char *arch;
    const char *login; /**< the account that is made for the harness */
    guint64 disk_bytes;
    GBytes *user_data;      /**< (nullable), as the next */
    GBytes *vendor_data;    /**< */
    GBytes *network_config; /**< */
} SbBuildRecipe;

/** The sha256 of all of it, of this version, and of how guests are cleaned. (transfer full) */
char *sb_build_recipe_digest(const SbBuildRecipe *recipe);

/** The recipe that RECORD (nullable) has, or NULL. (transfer none) */
const char *sb_build_recipe_of(const SbImageRecord *record);

/**
 * The script that makes a guest fit for being an image: sh, for root.
 *
 * @param login       the account that the harness logs in with
 * @param public_key  the key that is to go from it
 * @return (transfer full)
 */
char *sb_build_clean_script(const char *login, const char *public_key);
