/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * When each part of a guest's boot began and ended, from the guest's own timestamps: of the kernel
 * and systemd, the stages of cloud-init (status.json) and its modules (cloud-init.log).
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include "cloud-init/cloud-init-log.h"
#include "cloud-init/guest-report.h"

typedef struct {
    char *name;      /**< such as "kernel", "cloud-init modules-final" or, in it, "scripts-user" */
    guint depth;     /**< 1 for a part of the entry of depth 0 before it */
    gint64 start_ms; /**< after the kernel's start; less than 0 before it */
    gint64 end_ms;   /**< equal to `start_ms` for a moment; -1: not over yet */
} SbTimelineEntry;

/**
 * The timeline, sorted by start. Parts of which the guest says nothing are missing.
 *
 * @return (transfer full) of SbTimelineEntry
 */
GPtrArray *sb_boot_timeline(const SbGuestReport *report, const SbCloudInitLog *log);
