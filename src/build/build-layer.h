/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The machines of `build`. One boots an image with user-data and becomes the next image. The other
 * boots that image as it is, for a check.
 *
 * Each is a fleet of one machine with a unique name, and is removed at the end. If the process is
 * killed, `list` shows the machine and `down` removes it.
 *
 * Room: build.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "creation/bring-up.h"

/** What to boot, and how. */
typedef struct {
    const SbFleetFile *file; /**< where the group is from */
    const SbGroup *group;    /**< CPUs, memory, disk, network, and the files for the guest */
    const SbImage *image;    /**< what it boots: the current version of its name */
    const char *fleet;       /**< (nullable) of the machine; NULL: a name that nobody has */
    SbBringUpOptions up;     /**< with `keep`, a machine that failed stays */
} SbBuildMachine;

#define SB_BUILD_MACHINE_ERROR (sb_build_machine_error_quark())
GQuark sb_build_machine_error_quark(void);

typedef enum {
    SB_BUILD_MACHINE_ERROR_CLEAN, /**< the guest could not be cleaned
                                   */
    SB_BUILD_MACHINE_ERROR_OFF,   /**< the guest does not power off */
    SB_BUILD_MACHINE_ERROR_BASE,  /**< the image was replaced meanwhile */
} SbBuildMachineError;

/**
 * Boots MACHINE until cloud-init is done, cleans it, powers it off, and packs its disk. Tells what
 * sb_bring_up_run() tells, and SB_EVENT_STEP.
 *
 * @return the descriptor of the image, which the caller closes; or -1 with an error
 */
int sb_build_machine_pack(const SbOperation *operation, const SbBuildMachine *machine,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Boots MACHINE until cloud-init is done, and runs COMMAND there. Tells what sb_bring_up_run()
 * tells, SB_EVENT_STEP, and SB_EVENT_LINE for each line that the command prints.
 *
 * @param status_out  the command's exit status
 * @return FALSE if the command did not run to its end, or the machine could not be taken down
 */
gboolean sb_build_machine_check(const SbOperation *operation, const SbBuildMachine *machine,
                                const char *command, int *status_out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
