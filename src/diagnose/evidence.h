/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The evidence of a failure: all that is known about a machine, as files in one folder, without
 * secrets.
 *
 * The folders are in `.evidence` beside the folders of the fleets, and the name of each file begins
 * with that of the machine. A file is written whole or not at all; the last is MACHINE.index.txt,
 * so without it the evidence was not finished.
 *
 * Room: diagnose.
 * Threads: any; the functions block.
 */
#pragma once

#include "libvirt/domain.h"
#include "libvirt/host.h"

#define SB_EVIDENCE_ERROR (sb_evidence_error_quark())
GQuark sb_evidence_error_quark(void);

typedef enum {
    SB_EVIDENCE_ERROR_WRITE, /**< the archive cannot be written */
} SbEvidenceError;

/** What evidence is collected about. */
typedef struct {
    SbHost *host;
    const SbDomain *domain;
    const char *message;    /**< (nullable) what failed, as it was told */
    const char *ssh_config; /**< (nullable) for a login; NULL: it has no address */
    gboolean answers;       /**< it has answered over ssh before */
} SbEvidenceRequest;

/** The path of a folder for evidence about MACHINE that is collected now. It does not exist yet.
 * (transfer full) */
char *sb_evidence_folder(const SbHost *host, const char *machine);

/**
 * Collects evidence into FOLDER, which is made. What cannot be found out is named in the index. Of
 * all folders with evidence about this libvirt host, the oldest are removed; the newest 20 stay.
 *
 * @return FALSE with an SbStateDirError: the folder cannot be written
 */
gboolean sb_evidence_collect(const SbEvidenceRequest *request, const char *folder,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The same; the result is a line for the end of an error's message, beginning with a line break:
 * where the evidence is, or why there is none. (transfer full) */
char *sb_evidence_note(const SbEvidenceRequest *request, const char *folder);

/** Writes TEXT to the file NAME in FOLDER, without its secrets. The folder is made. FALSE with an
 * SbStateDirError; the result may be dropped. */
gboolean sb_evidence_write(const char *folder, const char *name, const char *text, GError **error);

/** Packs FOLDER into the file PATH, a tar archive compressed by gzip: whole or not at all. FALSE
 * with an SbEvidenceError, an SbSourceFilesError or an SbTarError. */
gboolean sb_evidence_pack(const char *folder, const char *path,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
