/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `run`: one machine without a fleet file, for one command or to stay.
 *
 * Room: fleet.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "fleet/up.h"

/** The fleet file of one machine; the values that matter come from settings. */
#define SB_RUN_FLEET_FILE "fleet: run\nimage: image\nmachines: { vm: ~ }\n"

typedef struct {
    SbUpOptions up;
    const char *command; /**< (nullable) for the guest's shell; NULL: the machine stays */
    gboolean keep;       /**< with a command: the machine stays, whatever the command does */
} SbRunOptions;

/**
 * Makes the machine of FLEET, runs the command in it, and removes the machine. Without a command,
 * the machine stays, as after sb_up().
 *
 * Tells what sb_up() tells, then SB_EVENT_LINE for each line that the command prints, and
 * SB_EVENT_REMOVED.
 *
 * @param fleet       a fleet with one machine
 * @param status_out  the exit status of the command; 0 without one
 * @return FALSE if the machine did not get ready, was lost, or could not be removed
 */
gboolean sb_run(const SbOperation *operation, const SbFleetFile *fleet, const SbRunOptions *options,
                int *status_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
