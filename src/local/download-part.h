/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A file on its way into the cache: locked, hashed as it grows, published when it is whole.
 *
 * Room: local; download.h stands on it.
 * Threads: a part belongs to one thread.
 */
#pragma once

#include "base/digest.h"

#include <gio/gio.h>

#define SB_DOWNLOAD_PART_ERROR (sb_download_part_error_quark())
GQuark sb_download_part_error_quark(void);

typedef enum {
    SB_DOWNLOAD_PART_ERROR_DISK, /**< the cache cannot be written; nothing half stays */
} SbDownloadPartError;

typedef struct SbDownloadPart SbDownloadPart;

void sb_download_part_free(SbDownloadPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbDownloadPart, sb_download_part_free)

/** Who hears of what takes long here, and how it is stopped. */
typedef struct {
    /** Called at least once a second while a lock is waited for (IS_WAITING), or a file is read. */
    void (*busy)(gboolean is_waiting, gpointer data);
    gpointer data;             /**< of `busy` */
    GCancellable *cancellable; /**< (nullable) */
} SbDownloadWatch;

/**
 * Opens and locks the part KEY in DIRECTORY, waiting for whoever has it. Makes both if they are
 * missing.
 *
 * @param watch  must live as long as the part
 * @return (transfer full) or NULL with SB_DOWNLOAD_PART_ERROR_DISK or G_IO_ERROR_CANCELLED
 */
SbDownloadPart *sb_download_part_open(const char *directory, const char *key, GChecksumType type,
                                      const SbDownloadWatch *watch, GError **error);

/** Hashes what is there, if it came from URL and can be gone on with; else drops it. */
gboolean sb_download_part_resume(SbDownloadPart *part, const char *url, GError **error);

/** Drops what is there, and notes what comes now (TOTAL_BYTES 0 and VALIDATOR NULL: not known). */
gboolean sb_download_part_restart(SbDownloadPart *part, const char *url, const char *validator,
                                  guint64 total_bytes, GError **error);

/** Writes LENGTH bytes behind what is there, and hashes them; FALSE with
 * SB_DOWNLOAD_PART_ERROR_DISK. */
gboolean sb_download_part_append(SbDownloadPart *part, const void *bytes, gsize length,
                                 GError **error);

/** Whether there are bytes, and they can be gone on with: the server has named the file. */
gboolean sb_download_part_can_resume(const SbDownloadPart *part);
guint64 sb_download_part_bytes(const SbDownloadPart *part);         /**< that are there */
guint64 sb_download_part_total(const SbDownloadPart *part);         /**< 0: not known */
const char *sb_download_part_validator(const SbDownloadPart *part); /**< (nullable) */

/** The digest of what is there. */
SbDigest sb_download_part_digest(const SbDownloadPart *part);

/** Makes it the file at PATH, durably. */
gboolean sb_download_part_publish(SbDownloadPart *part, const char *path, GError **error);

/** Removes it. */
void sb_download_part_discard(SbDownloadPart *part);

/**
 * The digest of the file at PATH.
 *
 * @return FALSE without an error if there is none that can be read; with G_IO_ERROR_CANCELLED
 */
gboolean sb_download_hash_file(const char *path, GChecksumType type, const SbDownloadWatch *watch,
                               SbDigest *digest_out, GError **error);
