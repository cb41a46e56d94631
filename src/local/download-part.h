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

/** Frees PART, and gives its lock back. */
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
 * Opens and locks the part KEY in DIRECTORY, and waits while another process has it. Makes both if
 * they are missing.
 *
 * @param watch  must live as long as the part
 * @return (transfer full) or NULL with SB_DOWNLOAD_PART_ERROR_DISK or G_IO_ERROR_CANCELLED
 */
SbDownloadPart *sb_download_part_open(const char *directory, const char *key, GChecksumType type,
                                      const SbDownloadWatch *watch,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Hashes the bytes that are there, if they came from URL and can be continued; else drops them.
 * FALSE with SB_DOWNLOAD_PART_ERROR_DISK or G_IO_ERROR_CANCELLED. */
gboolean sb_download_part_resume(SbDownloadPart *part, const char *url,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Drops the bytes that are there, and notes which file comes now. TOTAL_BYTES 0 and VALIDATOR
 * NULL: not known. FALSE with SB_DOWNLOAD_PART_ERROR_DISK. */
gboolean sb_download_part_restart(SbDownloadPart *part, const char *url, const char *validator,
                                  guint64 total_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Appends LENGTH bytes, and hashes them; FALSE with
 * SB_DOWNLOAD_PART_ERROR_DISK. */
gboolean sb_download_part_append(SbDownloadPart *part, const void *bytes, gsize length,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether there are bytes, and they can be continued: the server has named the file. */
gboolean sb_download_part_can_resume(const SbDownloadPart *part);

/** The number of bytes that are there. */
guint64 sb_download_part_bytes(const SbDownloadPart *part);

/** The number of bytes of the whole file; 0: not known. */
guint64 sb_download_part_total(const SbDownloadPart *part);

/** What the server calls the version of the file. (transfer none) (nullable) */
const char *sb_download_part_validator(const SbDownloadPart *part);

/** The digest of the bytes that are there. */
SbDigest sb_download_part_digest(const SbDownloadPart *part);

/** Makes it the file at PATH, durably. FALSE with SB_DOWNLOAD_PART_ERROR_DISK. */
gboolean sb_download_part_publish(SbDownloadPart *part, const char *path,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Removes it. */
void sb_download_part_discard(SbDownloadPart *part);

/**
 * The digest of the file at PATH.
 *
 * @return FALSE without an error if there is none that can be read; with G_IO_ERROR_CANCELLED
 */
gboolean sb_download_hash_file(const char *path, GChecksumType type, const SbDownloadWatch *watch,
                               SbDigest *digest_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
