/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A fleet as it is on disk: its file, and the files that it names, read and checked before anything
 * else happens.
 *
 * Room: machine.
 * Threads: only read once it is loaded, then from any thread.
 */
#pragma once

#include "base/diagnostics.h"
#include "cloud-init/lint.h"
#include "model/fleet-file.h"

#include <glib.h>

/** The contents of the files that a group names. */
typedef struct {
    GBytes *user_data;      /**< (nullable) */
    GBytes *vendor_data;    /**< (nullable) */
    GBytes *network_config; /**< (nullable) */
} SbGroupInputs;

typedef struct {
    SbFleetFile *file;
    char *digest;      /**< sha256 of the fleet file itself, in hexadecimal */
    GPtrArray *inputs; /**< of SbGroupInputs, one for each of file->groups */
    GPtrArray *layers; /**< of SbGroupInputs, one for each of file->layers; no network-config */
} SbFleet;

/** The largest file that a fleet file may name; a seed is not for payloads. */
#define SB_INPUT_MAX_BYTES (8 * 1024 * 1024)

void sb_fleet_free(SbFleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbFleet, sb_fleet_free)

/**
 * Reads the fleet file at PATH and everything it names, and lints that.
 *
 * @param diagnostics  every error in all of the files is added, and every warning, also where there
 * is no error
 * @return (transfer full) or NULL if there was any error
 */
SbFleet *sb_fleet_load(const char *path, SbDiagnostics *diagnostics);

/** sb_fleet_load() with the caller's LINTER, for its options. */
SbFleet *sb_fleet_load_linted(const char *path, SbLinter *linter, SbDiagnostics *diagnostics);
