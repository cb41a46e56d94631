/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Findings in a file, each with its place, collected so that all of them are reported in one go.
 *
 * Room: base.
 * Threads: a list belongs to one thread.
 */
#pragma once

#include <glib.h>

/** A place in a file; both count from 1. Line 0: the file as a whole. */
typedef struct {
    guint line;
    guint column;
} SbMark;

typedef enum {
    SB_SEVERITY_ERROR,   /**< it will not work */
    SB_SEVERITY_WARNING, /**< it does something, but probably not what was meant */
} SbSeverity;

/** "error" or "warning". */
const char *sb_severity_name(SbSeverity severity);

typedef struct {
    char *file;
    SbMark mark;
    SbSeverity severity;
    const char *rule; /**< (nullable) the stable id of the rule that found it; never freed */
    char *path;       /**< (nullable) the key that it is about, such as `users[0].sudo` */
    char *message;
} SbDiagnostic;

/** A finding of sb_diagnostics_add_finding() without its message. */
typedef struct {
    const char *file;
    SbMark mark;
    SbSeverity severity;
    const char *rule; /**< (nullable) */
    const char *path; /**< (nullable) */
} SbFinding;

typedef struct SbDiagnostics SbDiagnostics;

/** At most this many findings are kept; errors replace warnings. After them one line says that
 * there are more. */
#define SB_DIAGNOSTICS_MAX 100

/** An empty list that wants all rules. (transfer full) */
SbDiagnostics *sb_diagnostics_new(void);

/** An empty list that wants the rules that OTHER wants. (transfer full) */
SbDiagnostics *sb_diagnostics_new_like(const SbDiagnostics *other);

/** Frees DIAGNOSTICS and all that it has. */
void sb_diagnostics_free(SbDiagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDiagnostics, sb_diagnostics_free)

/**
 * Adds an error in FILE at MARK. The message has no full stop, and says which values are allowed.
 *
 * It may quote the file: characters that could break the line or control a terminal are escaped
 * here.
 */
void sb_diagnostics_add(SbDiagnostics *diagnostics, const char *file, SbMark mark,
                        const char *format, ...) G_GNUC_PRINTF(4, 5);

/** Adds a finding with its severity, rule and path; otherwise the same as sb_diagnostics_add(). */
void sb_diagnostics_add_finding(SbDiagnostics *diagnostics, const SbFinding *finding,
                                const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Adds to DIAGNOSTICS the number of findings that OTHER did not keep. The caller adds the kept
 * ones itself. */
void sb_diagnostics_add_dropped(SbDiagnostics *diagnostics, const SbDiagnostics *other);

/** From now on findings of RULE are not added. */
void sb_diagnostics_disable(SbDiagnostics *diagnostics, const char *rule);

/** Whether findings of RULE (nullable) are added. */
gboolean sb_diagnostics_wants(const SbDiagnostics *diagnostics, const char *rule);

/** How many errors were added, including those that were not kept. */
guint sb_diagnostics_errors(const SbDiagnostics *diagnostics);

/** How many findings are kept. */
guint sb_diagnostics_count(const SbDiagnostics *diagnostics);

/** How many findings were added, including those that were not kept. If this number grows,
 * something has failed. */
guint sb_diagnostics_total(const SbDiagnostics *diagnostics);

/** Finding INDEX, from 0 to sb_diagnostics_count() - 1, in the order of the file. (transfer none)
 */
const SbDiagnostic *sb_diagnostics_get(const SbDiagnostics *diagnostics, guint index);

/**
 * All findings as text, sorted by place: one line `FILE:LINE:COLUMN: MESSAGE` for each, without a
 * newline at the end.
 *
 * A warning has `warning: ` before its message. The key's path comes before the message, and the
 * rule comes behind it in brackets. (transfer full)
 */
char *sb_diagnostics_to_string(const SbDiagnostics *diagnostics);
