/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The warm images that a fleet file wants: those that are missing are made. For each, a machine
 * boots once and is frozen. It is a fleet of its own, `warm-KEY`; its domain is the reservation, so
 * of several processes one makes the warm image, and the others wait.
 *
 * Room: creation.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "creation/bring-up.h"

/**
 * Makes the warm images that groups of FLEET with `warm: true` want and that the pool does not
 * have, if a machine of the group is missing.
 *
 * Tells what sb_bring_up_run() tells, for each machine that boots, and SB_EVENT_NOTE. A guest that
 * cannot be frozen is not an error: that is noted, and recorded, and its machines boot.
 *
 * @param options   of the later sb_bring_up_run()
 * @param plan_out  (optional) (nullable) (transfer full) the plan for that, if nothing has changed
 *                  since it was made
 * @return FALSE with SB_BRING_UP_ERROR_MACHINES, G_IO_ERROR_CANCELLED or another error
 */
gboolean sb_warm_images_get(const SbOperation *operation, const SbFleetFile *fleet,
                            const SbBringUpOptions *options, SbPlan **plan_out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
