/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How cloud-init went, out of all that it says about it: its status, result.json, status.json and
 * the logs, of every version from 22.4 on.
 *
 * Room: cloud-init.
 * Threads: every function is pure; a verdict is only read, from any thread.
 */
#pragma once

#include "cloud-init/cloud-init-status.h"
#include "cloud-init/guest-report.h"

/** Something that failed, with the lines that explain it; all text is sanitised and capped. */
typedef struct {
    char *module;      /**< such as "scripts-user", which runs `runcmd`; NULL if no module failed */
    char *stage;       /**< (nullable) such as "modules-final" */
    char *message;     /**< what cloud-init's result says */
    GPtrArray *log;    /**< of char *: lines of cloud-init.log */
    GPtrArray *output; /**< of char *: lines of cloud-init-output.log: what its commands printed */
} SbCloudInitFailure;

typedef struct {
    gboolean is_absent; /**< the guest has no cloud-init: then all the rest says nothing */
    SbCloudInitState state;
    char *version;       /**< such as "22.4.2"; may be "" */
    char *datasource;    /**< such as "nocloud"; may be "" */
    GPtrArray *failures; /**< of SbCloudInitFailure */
    GPtrArray *warnings; /**< of char *: "LEVEL: text": what it recovered from */
    char *log;           /**< the end of cloud-init.log, harmless; "" if it could not be read */
    char *output;        /**< and of cloud-init-output.log */
    GPtrArray *timeline; /**< of SbTimelineEntry */
} SbCloudInitVerdict;

/**
 * Judges what a guest has answered.
 *
 * Up to 23.3, cloud-init itself knows no recoverable errors: there the warnings of its log are
 * what later versions list.
 *
 * @return (transfer full) or NULL with an SbCloudInitStatusError
 */
SbCloudInitVerdict *sb_cloud_init_verdict_new(const SbGuestReport *report,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees VERDICT and all that it has. */
void sb_cloud_init_verdict_free(SbCloudInitVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCloudInitVerdict, sb_cloud_init_verdict_free)

/** The failures for people, each line after the first indented: "\n  - module 'x': …". (transfer
 * full) */
char *sb_cloud_init_failures_text(const SbCloudInitVerdict *verdict);

/** The warnings in the same way. (transfer full) */
char *sb_cloud_init_warnings_text(const SbCloudInitVerdict *verdict);
