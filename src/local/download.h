/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files from a URL, in the cache `$XDG_CACHE_HOME/seedbed/downloads`, under the name of their
 * digest.
 *
 * A file of such a name has that digest: it is renamed when all of it has come and was checked.
 * Until then it is `KEY.part`. `KEY.part.from` beside it says which file it is a part of. An
 * interrupted download continues there, if the server says that the file is still the same. If
 * several processes want one file, one downloads it and the others wait: the part is locked.
 *
 * Room: local.
 * Threads: every call is independent.
 */
#pragma once

#include "base/digest.h"

#include <gio/gio.h>

#define SB_DOWNLOAD_ERROR (sb_download_error_quark())
GQuark sb_download_error_quark(void);

typedef enum {
    SB_DOWNLOAD_ERROR_DIGEST, /**< the file has another digest than it must have; nothing of it
                                 stays */
    SB_DOWNLOAD_ERROR_FAILED, /**< the file could not be read, also after several attempts */
    SB_DOWNLOAD_ERROR_SIZE,   /**< it is larger than allowed */
} SbDownloadError;

typedef enum {
    SB_DOWNLOAD_WAITING,   /**< another process downloads the same file */
    SB_DOWNLOAD_CHECKING,  /**< the file that is there is read back */
    SB_DOWNLOAD_RECEIVING, /**< bytes come */
    SB_DOWNLOAD_RETRYING,  /**< it failed, for REASON; the next attempt is soon */
} SbDownloadPhase;

typedef struct {
    SbDownloadPhase phase;
    guint64 done_bytes;
    guint64 total_bytes;      /**< 0: not known */
    guint64 bytes_per_second; /**< 0: not known yet */
    const char *reason;       /**< of SB_DOWNLOAD_RETRYING; NULL elsewhere */
} SbDownloadState;

/** Called at least once a second while a file is downloaded, in the thread that downloads it. */
typedef void (*SbDownloadFunc)(const SbDownloadState *state, gpointer data);

typedef struct {
    const char *url;
    const SbDigest *digest;  /**< (nullable) that the file must have; NULL: any file is taken */
    SbDownloadFunc progress; /**< (nullable) */
    gpointer data;
    GCancellable *cancellable; /**< (nullable) */
} SbDownloadRequest;

/**
 * Gets a file into the cache.
 *
 * @param digest_out  (nullable) the file's digest: the one asked for, or its sha256
 * @return (transfer full) its path, or NULL with an SbDownloadError, SB_DOWNLOAD_PART_ERROR_DISK,
 * an SbUrlTransferError or G_IO_ERROR_CANCELLED (then the bytes stay, for the next call)
 */
char *sb_download_file(const SbDownloadRequest *request, SbDigest *digest_out,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads a small file, such as a checksum file, without the cache.
 *
 * @return (transfer full) or NULL, as for sb_download_file()
 */
GBytes *sb_download_bytes(const SbDownloadRequest *request, gsize max_bytes,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
