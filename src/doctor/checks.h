/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What the checks of `doctor` share.
 *
 * Room: doctor.
 * Threads: as doctor.h.
 */
#pragma once

#include "doctor/found-health.h"
#include "libvirt/host.h"

/** One call of sb_doctor(). */
typedef struct {
    SbHost *host;           /**< (nullable) */
    const GError *why_not;  /**< (nullable) why there is no host */
    virConnect *connection; /**< (nullable) */
    gboolean is_local;      /**< the libvirt host is this machine */
    gboolean is_privileged;
    const char *pool;
    const char *check; /**< the name of the check that is made */
    const char *why;
    GPtrArray *found; /**< of SbFoundHealth */
} SbDoctor;

/** Adds what the check has found; MEND is (nullable). */
void sb_doctor_add(SbDoctor *doctor, SbHealth health, const char *mend, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/** A check. */
typedef struct {
    const char *name;
    const char *why; /**< why it matters */
    gboolean needs_connection;
    gboolean needs_local;
    void (*run)(SbDoctor *doctor);
} SbCheck;
