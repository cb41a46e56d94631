/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * /var/log/cloud-init.log and cloud-init-output.log, as cloud-init 22.4 and later write them.
 *
 * A line is "2023-05-01 12:00:00,123 - handlers.py[DEBUG]: text"; what follows without such a head,
 * such as a traceback, belongs to the line before. Source: cloudinit/log.py, reporting/handlers.py,
 * config/modules.py, util.py (logexc). The text comes out of a guest: it is sanitised and capped.
 *
 * Room: cloud-init.
 * Threads: every function is pure; a log is only read, from any thread.
 */
#pragma once

#include <glib.h>

typedef struct {
    gint64 time_ms; /**< the guest's local time, as if it were UTC, since the epoch */
    char *source;   /**< such as "handlers.py" */
    char *level;    /**< such as "DEBUG" */
    char *text;
    GPtrArray *more; /**< (nullable) of char *: the lines that belong to it */
} SbCloudInitLogEntry;

typedef struct {
    char *version;      /**< such as "22.4.2"; "" if the log does not say it */
    GPtrArray *entries; /**< of SbCloudInitLogEntry: those of the last boot */
} SbCloudInitLog;

/** Reads a log, or the end of a log. (transfer full) */
SbCloudInitLog *sb_cloud_init_log_parse(const char *text, gsize length);

/** Frees LOG and all that it has. */
void sb_cloud_init_log_free(SbCloudInitLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCloudInitLog, sb_cloud_init_log_free)

/** Whether the level of ENTRY is WARNING or worse. */
gboolean sb_cloud_init_log_is_warning(const SbCloudInitLogEntry *entry);

/** Whether ENTRY only repeats that some module failed, which the result says too. */
gboolean sb_cloud_init_log_is_failure(const SbCloudInitLogEntry *entry);

/** The report of cloud-init about the start or the end of a module. */
typedef struct {
    gboolean is_start;
    gboolean is_failure; /**< of an end */
    char *stage;         /**< such as "modules-final" */
    char *module;        /**< such as "scripts-user"; "" for the stage itself */
} SbCloudInitEvent;

/** The event in ENTRY, or NULL if there is none. (transfer full) */
SbCloudInitEvent *sb_cloud_init_log_event(const SbCloudInitLogEntry *entry);

/** Frees EVENT and all that it has. */
void sb_cloud_init_event_free(SbCloudInitEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCloudInitEvent, sb_cloud_init_event_free)

/** Whether two names mean the same module: up to 23.1 they have '-', later '_'. */
gboolean sb_cloud_init_module_is(const char *module, const char *other);

/**
 * The lines of the log that explain why MODULE failed, at most MAX_LINES: warnings, the ends of
 * tracebacks, and failed commands.
 *
 * @param module  (nullable) NULL: any module
 * @return (transfer full) of char *
 */
GPtrArray *sb_cloud_init_log_explain(const SbCloudInitLog *log, const char *module,
                                     guint max_lines);

/**
 * The last lines that commands printed to cloud-init-output.log before MODULE failed in STAGE.
 *
 * @param text    the end of cloud-init-output.log
 * @param stage   (nullable) the name in status.json, such as "modules-final"; NULL: any stage
 * @param module  (nullable) NULL: any module
 * @return (transfer full) of char *
 */
GPtrArray *sb_cloud_init_output_explain(const char *text, gsize length, const char *stage,
                                        const char *module, guint max_lines);
