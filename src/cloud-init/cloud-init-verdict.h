/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How cloud-init went, from all its sources: its status, result.json, status.json and the logs, of
 * every version from 22.4 on.
 *
 * Room: cloud-init.
 * Threads: every function is pure; a verdict is only read, from any thread.
 */
#pragma once

#include "cloud-init/cloud-init-status.h"
#include "cloud-init/guest-report.h"

/** A failure, with the lines that explain it; all text is sanitised and limited. */
typedef struct {
    char *module;   /**< such as "scripts-user", which runs `runcmd`; NULL if no module failed */
    char *stage;    /**< (nullable) such as "modules-final" */
    char *message;  /**< the text in cloud-init's result */
    GPtrArray *log; /**< of char *: lines of cloud-init.log */
    GPtrArray
        *output; /**< of char *: lines of cloud-init-output.log, from the commands of the module */
} SbCloudInitFailure;

typedef struct {
    char *boot_id;      /**< the kernel's id of the boot, a UUID; "" if it is not known */
    char *cmdline;      /**< the kernel's command line; "" if it is not known */
    gboolean is_absent; /**< the guest has no cloud-init: then all members below are empty */
    SbCloudInitState state;
    char *version;       /**< such as "22.4.2"; may be "" */
    char *datasource;    /**< such as "nocloud"; may be "" */
    GPtrArray *failures; /**< of SbCloudInitFailure */
    GPtrArray *warnings; /**< of char *: "LEVEL: text": the errors that it recovered from */
    char *log;           /**< the end of cloud-init.log, sanitised; "" if it could not be read */
    char *output;        /**< the same of cloud-init-output.log */
    GPtrArray *timeline; /**< of SbTimelineEntry */
} SbCloudInitVerdict;

/**
 * Judges the answer of a guest.
 *
 * Up to 23.3, cloud-init itself knows no recoverable errors. There the warnings of its log stand
 * for the errors that later versions list.
 *
 * @return (transfer full) or NULL with an SbCloudInitStatusError
 */
SbCloudInitVerdict *sb_cloud_init_verdict_new(const SbGuestReport *report,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees VERDICT and all that it has. */
void sb_cloud_init_verdict_free(SbCloudInitVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCloudInitVerdict, sb_cloud_init_verdict_free)

/** The failures for people; each line after the first is indented: "\n  - module 'x': …". (transfer
 * full) */
char *sb_cloud_init_failures_text(const SbCloudInitVerdict *verdict);

/** The warnings for people, in the same form. (transfer full) */
char *sb_cloud_init_warnings_text(const SbCloudInitVerdict *verdict);
