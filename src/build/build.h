/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `build`: a golden image from a base image and user-data, layer by layer.
 *
 * Each layer is one boot (build/build-layer.h) and becomes an image, with its recipe in its record.
 * If an image has the recipe already, it is used. Layers below the last one are images called
 * `layer-RECIPE`.
 *
 * Room: build.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "build/build-layer.h"

#define SB_BUILD_ERROR (sb_build_error_quark())
GQuark sb_build_error_quark(void);

typedef enum {
    SB_BUILD_ERROR_GROUP,  /**< the group was not named, or the file has none of that name */
    SB_BUILD_ERROR_SHARES, /**< machines with shares do not become images */
    SB_BUILD_ERROR_CHECK,  /**< the check failed: nothing was published */
} SbBuildError;

typedef struct {
    const char *name;  /**< of the image: a valid one */
    const char *group; /**< (nullable) which group of the file; NULL: its only one */
    const char *check; /**< (nullable) a shell command that must succeed in a fresh machine of the
                          image before it is published */
    const char *fleet; /**< (nullable) of the machines that boot; NULL: names that nobody has */
    gboolean no_cache; /**< make every layer anew */
    gboolean is_warm;  /**< freeze a machine of the new image: creation/warm-images.h */
    SbBringUpOptions up;
} SbBuildOptions;

/**
 * Builds the image: the whole of `seedbed build`. The images that the fleet file names by a URL or
 * a path come into the pool first.
 *
 * Tells what sb_base_images_get() tells first.
 * Tells what sb_bring_up_run() tells, for each machine that boots; SB_EVENT_STEP; and SB_EVENT_LINE
 * for the output of the check.
 *
 * @param is_new_out  whether anything was made: FALSE if the image existed already
 * @return (transfer full) the image, or NULL with an SbBuildError, SbBuildMachineError,
 * SbBringUpError or another error; then nothing was published, but for an error while a machine is
 * frozen
 */
SbImage *sb_build(const SbOperation *operation, const SbFleetFile *fleet,
                  const SbBuildOptions *options, gboolean *is_new_out,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
