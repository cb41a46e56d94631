/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Waits until the machines of a fleet do not belong to other runs.
 *
 * libvirt's events say when a machine is gone. No event says that a process has ended, so that is
 * looked at once a second.
 *
 * Room: creation.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "creation/bring-up.h"

/**
 * Decides whether to try again after ERROR, with which sb_bring_up_run() has failed, and waits for
 * that: until each machine of FLEET that belongs to another run is gone, or its process is.
 *
 *     while (!sb_bring_up_run(operation, fleet, options, NULL, &cause))
 *         if (!sb_run_wait_after(operation, fleet, options, &cause))
 *             return FALSE;
 *
 * A run removes its machines first, and then what they shared. So this also waits, for a few
 * seconds at most, for the end of the processes whose machines went. It tells an SB_EVENT_NOTE.
 *
 * @param error  cleared, unless this is FALSE: then it is left as it is, or is replaced by
 *               G_IO_ERROR_CANCELLED or an SbLibvirtError
 * @return whether to try again: FALSE also without `wait_for_run`, and after other errors than
 * SB_PLAN_ERROR_BUSY
 */
gboolean sb_run_wait_after(const SbOperation *operation, const SbFleetFile *fleet,
                           const SbBringUpOptions *options,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
