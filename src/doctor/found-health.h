/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What one check of `doctor` has found.
 *
 * Room: doctor.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_HEALTH_FINE,
    SB_HEALTH_WARNING, /**< it works, but not as well as it could */
    SB_HEALTH_BROKEN,  /**< machines cannot work */
} SbHealth;

/** What one check has found. */
typedef struct {
    const char *check; /**< its name (transfer none) */
    SbHealth health;
    char *found;
    const char *why; /**< why it matters (transfer none) */
    char *mend;      /**< (nullable) a command, or what to do */
} SbFoundHealth;

/** Releases FOUND. */
void sb_found_health_free(SbFoundHealth *found);
