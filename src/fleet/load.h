/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Loading a fleet file from disk: the file and the files that it names are read and checked before
 * anything else happens.
 *
 * Room: fleet.
 * Threads: every call is independent.
 */
#pragma once

#include "base/diagnostics.h"
#include "cloud-init/lint.h"
#include "fleet-file/fleet-file.h"

/** The largest file that a fleet file may name; a seed is not for payloads. */
#define SB_INPUT_MAX_BYTES (8 * 1024 * 1024)

/**
 * Reads the fleet file at PATH ("-": standard input) and every file of its groups and layers, and
 * lints them.
 *
 * @param settings     (nullable) values that replace those of the file
 * @param diagnostics  gets every error and every warning in all of the files, also when there is
 *                     no error
 * @return (transfer full) (nullable) the fleet file, with the contents of its files; NULL if there
 *         was an error
 */
SbFleetFile *sb_fleet_load(const char *path, const SbFleetSettings *settings,
                           SbDiagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/** sb_fleet_load() of TEXT, which is called PATH in findings. (transfer full) (nullable) */
SbFleetFile *sb_fleet_load_text(const char *path, const char *text, const SbFleetSettings *settings,
                                SbDiagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/** sb_fleet_load() of TEXT without settings, and with the options of LINTER. (transfer full)
 * (nullable) */
SbFleetFile *sb_fleet_load_linted(const char *path, GBytes *text, SbLinter *linter,
                                  SbDiagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
