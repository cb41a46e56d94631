/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Digests of files: sha256 and sha512, as hexadecimal digits.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The digits of the longest digest, sha512. */
#define SB_DIGEST_HEX_MAX 128

typedef struct {
    GChecksumType type;              /**< G_CHECKSUM_SHA256 or G_CHECKSUM_SHA512 */
    char hex[SB_DIGEST_HEX_MAX + 1]; /**< in lower case */
} SbDigest;

/** How many hexadecimal digits a digest of TYPE has. */
gsize sb_digest_digits(GChecksumType type);

/** "sha256" or "sha512". */
const char *sb_digest_type_name(GChecksumType type);

/** The type and the digits: "sha256-0123…". (transfer full) */
char *sb_digest_name(const SbDigest *digest);

/**
 * Reads the LENGTH characters at TEXT as a digest of TYPE, in upper or lower case.
 *
 * @param digest_out  not written on failure
 * @return whether the text is exactly as many hexadecimal digits as TYPE has
 */
gboolean sb_digest_read(GChecksumType type, const char *text, gsize length, SbDigest *digest_out);

/** Whether both are of one type and equal. */
gboolean sb_digest_equal(const SbDigest *a, const SbDigest *b);
