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
    SB_SEVERITY_WARNING, /**< it does something, but hardly what is meant */
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

/** What sb_diagnostics_add_finding() adds, but for the message. */
typedef struct {
    const char *file;
    SbMark mark;
    SbSeverity severity;
    const char *rule; /**< (nullable) */
    const char *path; /**< (nullable) */
} SbFinding;

typedef struct SbDiagnostics SbDiagnostics;

/** At most this many findings are kept, errors rather than warnings; after them one line says that
 * there are more. */
#define SB_DIAGNOSTICS_MAX 100

/** (transfer full) */
SbDiagnostics *sb_diagnostics_new(void);

/** An empty list that wants the same rules as OTHER. (transfer full) */
SbDiagnostics *sb_diagnostics_new_like(const SbDiagnostics *other);

/** Frees DIAGNOSTICS and all that it has. */
void sb_diagnostics_free(SbDiagnostics *diagnostics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDiagnostics, sb_diagnostics_free)

/**
 * Adds a finding about FILE at MARK; the message has no full stop and says what is allowed.
 *
 * It may quote the file as it is: what could break the line or do something to a terminal is
 * escaped here.
 */
void sb_diagnostics_add(SbDiagnostics *diagnostics, const char *file, SbMark mark,
                        const char *format, ...) G_GNUC_PRINTF(4, 5);

/** Adds a finding that is a warning, or that a rule made; otherwise as sb_diagnostics_add(). */
void sb_diagnostics_add_finding(SbDiagnostics *diagnostics, const SbFinding *finding,
                                const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Counts in DIAGNOSTICS what was too much to be kept in OTHER, whose kept findings the caller
 * hands over. */
void sb_diagnostics_add_dropped(SbDiagnostics *diagnostics, const SbDiagnostics *other);

/** From now on findings of RULE are not added. */
void sb_diagnostics_disable(SbDiagnostics *diagnostics, const char *rule);

/** Whether findings of RULE (nullable) are added. */
gboolean sb_diagnostics_wants(const SbDiagnostics *diagnostics, const char *rule);

/** How many errors were added, also those that were too many to be kept. */
guint sb_diagnostics_errors(const SbDiagnostics *diagnostics);

/** How many findings are kept. */
guint sb_diagnostics_count(const SbDiagnostics *diagnostics);

/** How many findings were added, also those that were too many to be kept: more of them than before
 * means a failure. */
guint sb_diagnostics_total(const SbDiagnostics *diagnostics);

/** Finding INDEX, from 0 to sb_diagnostics_count() - 1, in the order of the file. (transfer none)
 */
const SbDiagnostic *sb_diagnostics_get(const SbDiagnostics *diagnostics, guint index);

/**
 * All findings as text, sorted by place, one `FILE:LINE:COLUMN: MESSAGE` a line, no newline at the
 * end. Before the message is `warning: ` for one, and the key's path where there is one; behind it
 * the rule in brackets. (transfer full)
 */
char *sb_diagnostics_to_string(const SbDiagnostics *diagnostics);
