/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A verified image file: the digest that the file must have, who says so, and the file itself.
 *
 * Room: image.
 * Threads: that of the default main loop, which runs meanwhile.
 */
#pragma once

#include "base/digest.h"
#include "image/catalogue.h"
#include "libvirt/operation.h"

#define SB_FETCH_ERROR (sb_fetch_error_quark())
GQuark sb_fetch_error_quark(void);

typedef enum {
    SB_FETCH_ERROR_NO_DIGEST, /**< nobody says which digest the file must have */
    SB_FETCH_ERROR_CHECKSUMS, /**< the checksum file does not name the file */
    SB_FETCH_ERROR_INDEX,     /**< the index names no file of that form */
} SbFetchError;

typedef struct {
    const char *url;             /**< this and the URLs below: as in image/catalogue.h */
    const char *index;           /**< (nullable) */
    const SbDigest *digest;      /**< (nullable) of the file; then no checksum file is read */
    const char *checksums;       /**< (nullable) */
    const char *signature;       /**< (nullable) */
    const char *keyring;         /**< (nullable) */
    const char *keyring_package; /**< (nullable) */
    gboolean allows_no_digest;   /**< take any file, if there is neither */
} SbFetchRequest;

typedef struct {
    char *url;  /**< of the file itself */
    char *path; /**< in the cache, see local/download.h */
    SbDigest digest;
    char *verified; /**< in words: which digest, and who says so */
} SbFetched;

/** Frees FETCHED. The file stays in the cache. */
void sb_fetched_free(SbFetched *fetched);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbFetched, sb_fetched_free)

/** The request for an image of the catalogue, which must live as long. */
SbFetchRequest sb_fetch_request(const SbCatalogueImage *image);

/**
 * Asks which digest the file has now, without fetching it: reads the index, the checksum file and
 * its signature.
 *
 * @param operation  its host is not used
 * @param request    with a digest or a checksum file
 * @return FALSE with an error of sb_fetch()
 */
gboolean sb_fetch_digest(const SbOperation *operation, const SbFetchRequest *request,
                         SbDigest *digest_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Fetches a file, and tells what was verified.
 *
 * @param operation  its host is not used
 * @return (transfer full) or NULL with an SbFetchError, SbSignatureError, SbDownloadError,
 * SbDownloadPartError, SbUrlTransferError or G_IO_ERROR_CANCELLED
 */
SbFetched *sb_fetch(const SbOperation *operation, const SbFetchRequest *request,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
