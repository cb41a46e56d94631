/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Values that a command line gives instead of those in a fleet file: `machines.runner.count=4`.
 *
 * They are put into the YAML tree before it is read. So each has the type and the limits of its
 * key, and whatever follows from a key in the file follows from the setting too.
 *
 * Room: fleet-file.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"
#include "base/yaml.h"

#include <glib.h>

typedef struct {
    const char *const *values; /**< (nullable) each KEY=VALUE, NULL-terminated: a later one wins */
    const char *unique; /**< (nullable) the fleet's name gets this as its end: letters and digits */
    const char *const *defaults; /**< (nullable) such as "defaults.memory='4 GiB'", NULL-terminated:
                                    for keys that the file has neither there nor at its top */
    const char *shares; /**< (nullable) the folder below which it may share folders, beside its own
                         */
} SbFleetSettings;

/**
 * Puts SETTINGS into the fleet file with ROOT.
 *
 * A setting cannot add a group, because a misspelt name would make machines that nobody wants.
 * Lists can only be replaced as a whole. What a value must be is not checked here.
 *
 * @param diagnostics  gets an error for each setting that cannot be put in
 * @return (transfer full) NULL-terminated: those that count, in the order of the numbers in marks
 */
char **sb_fleet_settings_apply(const SbFleetSettings *settings, SbYamlNode *root,
                               SbDiagnostics *diagnostics);
