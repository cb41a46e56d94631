/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * An image as JSON, the same in each command.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/output.h"
#include "image/image-state.h"
#include "image/warm-state.h"

/** Whether STATE is shown: IS_ALL, or what new machines would use. */
gboolean sb_image_is_shown(const SbImageState *state, gboolean is_all);

/**
 * Prints `{"images": […], "warm_images": […]}`.
 *
 * @param states  of SbImageState; those that are shown are printed
 * @param warm    (nullable) of SbWarmState; NULL: without "warm_images"
 */
void sb_image_json_print(const GPtrArray *states, const GPtrArray *warm, gboolean is_all);
