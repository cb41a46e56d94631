/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A user's defaults: `config.yaml`, checked as a fleet file is.
 *
 *     connect: qemu:///session
 *     pool: fast
 *     colours: never
 *     defaults: { vcpus: 4, memory: 4 GiB }
 *
 * `defaults` has the keys of machines that have one value and do not name a file. A fleet file that
 * has such a key wins.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

/** The largest file. */
#define SB_USER_CONFIG_MAX_BYTES (64 * 1024)

/** One value of the file. */
typedef struct {
    char *key; /**< such as "pool" or "defaults.memory" */
    char *text;
    SbMark mark;
} SbConfigValue;

/**
 * Parses the file.
 *
 * @param file         its name, for the findings
 * @param diagnostics  gets every error, not just the first
 * @return (transfer full) of SbConfigValue, in the order of sb_user_config_keys; or NULL if there
 * was any error
 */
GPtrArray *sb_user_config_parse(const char *file, const char *text, gsize length,
                                SbDiagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;

/** The value of KEY in VALUES (of SbConfigValue). (transfer none) (nullable) */
const SbConfigValue *sb_user_config_find(const GPtrArray *values, const char *key);

/** A key of the file, and the value that it has without the file. */
typedef struct {
    const char *key;
    const char *built_in;
} SbConfigKey;

/** All keys; the last has the key NULL. */
extern const SbConfigKey sb_user_config_keys[];
