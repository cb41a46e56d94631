/**
 * @file
 * Findings in a file, each with its place, collected so that all of them are reported in one go.
 *
 * Layer: base. Threads: a list belongs to one thread.
 */
#pragma once

#include <glib.h>

/** A place in a file; both count from 1. Line 0: the file as a whole. */
typedef struct {
    guint line;
    guint column;
} SbMark;

typedef struct {
    char *file;
    SbMark mark;
    char *message;
} SbDiagnostic;

typedef struct SbDiagnostics SbDiagnostics;

/** At most this many findings are kept; after them one line says that there are more. */
#define SB_DIAGNOSTICS_MAX 100

/** (transfer full) */
SbDiagnostics *sb_diagnostics_new(void);
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
 * end. (transfer full)
 */
char *sb_diagnostics_to_string(const SbDiagnostics *diagnostics);
