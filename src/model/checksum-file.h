/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Checksum files as distributions publish them beside their images.
 *
 * GNU's format (`HASH  NAME`, `HASH *NAME`), BSD's (`SHA256 (NAME) = HASH`), both also in one file
 * and inside of a text with an OpenPGP cleartext signature, of which only what is signed counts.
 * Other lines, and other digests than sha256 and sha512, are passed over. Source: coreutils'
 * digest.c, and RFC 9580 section 7 for the cleartext framework. Whether the signature is good is
 * not looked at here.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "base/digest.h"

#include <glib.h>

#define SB_CHECKSUM_FILE_ERROR (sb_checksum_file_error_quark())
GQuark sb_checksum_file_error_quark(void);

typedef enum {
    SB_CHECKSUM_FILE_ERROR_UNLISTED,  /**< the file has no sha256 or sha512 of that name */
    SB_CHECKSUM_FILE_ERROR_AMBIGUOUS, /**< it has two different ones */
    SB_CHECKSUM_FILE_ERROR_CORRUPT,   /**< its cleartext signature has no end */
} SbChecksumFileError;

/**
 * Finds the digest of the file NAME, sha512 if there are both.
 *
 * @param text        LENGTH bytes, of any kind
 * @param is_of_one   the checksum file is about NAME alone, as `NAME.sha256` is: its only digest
 *                    then counts without a name, or under another one (links such as "latest" are
 *                    often listed under the name of what they point to)
 * @param digest_out  not written on failure
 * @return FALSE with an SbChecksumFileError
 */
gboolean sb_checksum_file_find(const char *text, gsize length, const char *name, gboolean is_of_one,
                               SbDigest *digest_out, GError **error);

/** Whether TEXT has a cleartext signature. */
gboolean sb_checksum_file_is_clearsigned(const char *text, gsize length);
