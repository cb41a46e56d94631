/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `doctor`: looks at this machine and at a libvirt host for what keeps machines from working.
 *
 * Each check stands alone: one that fails does not keep the others from being made. Nothing is
 * changed, but for a network and a machine that are made and removed if that is asked for.
 *
 * Room: doctor.
 * Threads: that of the default main loop.
 */
#pragma once

#include "doctor/found-health.h"
#include "libvirt/host.h"

/**
 * Makes all checks. Runs the default main loop meanwhile.
 *
 * @param host      (nullable) NULL: it cannot be reached, for the reason WHY_NOT
 * @param why_not   (nullable)
 * @param pool      the name of the pool that machines would use
 * @param is_deep   also try it: make a network, start machines without disks, and remove both
 * @return (transfer full) of SbFoundHealth, at least one for each check that could be made
 */
GPtrArray *sb_doctor(SbHost *host, const GError *why_not, const char *pool, gboolean is_deep);
