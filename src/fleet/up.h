/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The whole of `seedbed up`: the images that a fleet file names come into the pool, then its
 * machines come up.
 *
 * Room: fleet.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "creation/bring-up.h"

/** With `pool_name` NULL: the default pool, made for the first image. */
typedef SbBringUpOptions SbUpOptions;

/**
 * Brings FLEET up. Tells what sb_base_images_get() and sb_warm_images_get() tell, and then what
 * sb_bring_up_run() tells.
 *
 * @return FALSE with an error of one of both. Images that came into the pool stay there.
 */
gboolean sb_up(const SbOperation *operation, const SbFleetFile *fleet, const SbUpOptions *options,
               GError **error) G_GNUC_WARN_UNUSED_RESULT;
