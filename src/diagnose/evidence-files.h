/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The files with the evidence about one machine: without secrets, harmless to show, limited in
 * size, and listed in an index.
 *
 * Room: diagnose.
 * Threads: one at a time.
 */
#pragma once

#include <glib.h>

/** The most that one file has, and that all files of a folder have together. */
#define SB_EVIDENCE_FILE_BYTES (4 * 1024 * 1024)
#define SB_EVIDENCE_FOLDER_BYTES (50 * 1024 * 1024)

typedef struct SbEvidenceFiles SbEvidenceFiles;

/** The files about MACHINE in FOLDER, which exists and may have files about others, that count
 * too. (transfer full) */
SbEvidenceFiles *sb_evidence_files_new(const char *folder, const char *machine);

/** Frees FILES; what was written stays. */
void sb_evidence_files_free(SbEvidenceFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbEvidenceFiles, sb_evidence_files_free)

/**
 * Writes TEXT to the file MACHINE.NAME. Secrets are taken out of it first; then, if it is too long,
 * only its end is kept. The index says all of that.
 *
 * @param what  it is, in words, for the index
 * @param text  (nullable) NULL or "": it is not known; only the index says so
 */
void sb_evidence_files_add(SbEvidenceFiles *files, const char *name, const char *what,
                           const char *text);

/** The same for the LENGTH bytes of DATA (nullable), which may have NULs. */
void sb_evidence_files_add_bytes(SbEvidenceFiles *files, const char *name, const char *what,
                                 const char *data, gsize length);

/** Writes the index, MACHINE.index.txt. FALSE with an SbStateDirError: it, or a file before, could
 * not be written. */
gboolean sb_evidence_files_finish(SbEvidenceFiles *files, GError **error) G_GNUC_WARN_UNUSED_RESULT;
