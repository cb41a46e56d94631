/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Checksum files as distributions publish them beside their images.
 *
 * The formats of GNU (`HASH  NAME`, `HASH *NAME`) and BSD (`SHA256 (NAME) = HASH`) are read, also
 * mixed in one file. In a text with an OpenPGP cleartext signature, only the signed part is read.
 * Other lines, and digests other than sha256 and sha512, are ignored. The signature is not verified
 * here. Source: coreutils' digest.c, and RFC 9580 section 7 for the cleartext framework.
 *
 * Room: image.
 * Threads: every function is pure.
 */
#pragma once

#include "base/digest.h"

#include <glib.h>

#define SB_CHECKSUM_FILE_ERROR (sb_checksum_file_error_quark())
GQuark sb_checksum_file_error_quark(void);

typedef enum {
    SB_CHECKSUM_FILE_ERROR_UNLISTED,  /**< the file has no sha256 or sha512 of that name */
    SB_CHECKSUM_FILE_ERROR_AMBIGUOUS, /**< it has two different digests for that name */
    SB_CHECKSUM_FILE_ERROR_CORRUPT,   /**< its cleartext signature has no end */
} SbChecksumFileError;

/**
 * Finds the digest of the file NAME, sha512 if there are both.
 *
 * @param text        LENGTH bytes, of any kind
 * @param is_of_one   the checksum file is about NAME alone, as `NAME.sha256` is. Then its only
 *                    digest is taken without a name or with another name: links such as "latest"
 *                    are often listed under the name of their target
 * @param digest_out  not written on failure
 * @return FALSE with an SbChecksumFileError
 */
gboolean sb_checksum_file_find(const char *text, gsize length, const char *name, gboolean is_of_one,
                               SbDigest *digest_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether TEXT has a cleartext signature. */
gboolean sb_checksum_file_is_clearsigned(const char *text, gsize length);
