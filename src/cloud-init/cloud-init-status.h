/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What `cloud-init status --format=json` says, of every version from 22.4 on.
 *
 * Source: cloudinit/cmd/status.py of 22.4, 23.4 and 24.x.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

typedef enum {
    SB_CLOUD_INIT_NOT_STARTED,
    SB_CLOUD_INIT_RUNNING,
    SB_CLOUD_INIT_DONE,
    SB_CLOUD_INIT_DEGRADED, /**< done, with recoverable errors */
    SB_CLOUD_INIT_ERROR, /**< a stage failed; up to 23.3, other stages may still run, and `--wait`
                            does not wait for them */
    SB_CLOUD_INIT_DISABLED,
} SbCloudInitState;

typedef struct {
    SbCloudInitState state;
    char *datasource;  /**< such as "nocloud"; may be "" */
    GPtrArray *errors; /**< of char *; both lists are sanitised, and limited in count and length */
    GPtrArray *recoverable; /**< of char *: "LEVEL: text", from 23.4 on */
} SbCloudInitStatus;

#define SB_CLOUD_INIT_STATUS_ERROR (sb_cloud_init_status_error_quark())
GQuark sb_cloud_init_status_error_quark(void);

typedef enum {
    SB_CLOUD_INIT_STATUS_ERROR_PARSE, /**< not the JSON that cloud-init prints */
} SbCloudInitStatusError;

/** Frees STATUS and all that it has. */
void sb_cloud_init_status_free(SbCloudInitStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCloudInitStatus, sb_cloud_init_status_free)

/** The word for STATE: "done", "degraded"… */
const char *sb_cloud_init_state_name(SbCloudInitState state);

/**
 * Reads the JSON. Leading dots and newlines, which `--wait` prints, are skipped.
 *
 * @return (transfer full) or NULL with SB_CLOUD_INIT_STATUS_ERROR_PARSE
 */
SbCloudInitStatus *sb_cloud_init_status_parse(const char *text, gsize length,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** How many errors are kept, of any kind. */
#define SB_CLOUD_INIT_MAX_ERRORS 50

/** Adds the `errors` of OBJECT to ERRORS (of char *). The status, result.json and each stage of
 * status.json have them in the same form. */
void sb_cloud_init_errors_read(GPtrArray *errors, JsonObject *object);

/** Adds the `recoverable_errors` of OBJECT, as "LEVEL: text", to RECOVERABLE (of char *). */
void sb_cloud_init_recoverable_read(GPtrArray *recoverable, JsonObject *object);
