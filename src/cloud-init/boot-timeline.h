/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * When a guest's boot reached what, from the guest's own timestamps: the kernel's and systemd's,
 * the stages of cloud-init (status.json) and its modules (cloud-init.log).
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/cloud-init-log.h"
#include "cloud-init/guest-report.h"

typedef struct {
    char *name;      /**< such as "kernel", "cloud-init modules-final" or, in it, "scripts-user" */
    guint depth;     /**< 1 for what is a part of the entry of depth 0 before it */
    gint64 start_ms; /**< after the kernel's start; before it less than 0 */
    gint64 end_ms;   /**< the same as `start_ms` for what has no length; -1: not over yet */
} SbTimelineEntry;

/**
 * The timeline, in the order of starting; what the guest does not tell is not in it.
 *
 * @return (transfer full) of SbTimelineEntry
 */
GPtrArray *sb_boot_timeline(const SbGuestReport *report, const SbCloudInitLog *log);
