/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The sha256 of much data, several times as fast as GChecksum where the CPU has instructions for
 * it.
 *
 * Room: base (GnuTLS).
 * Threads: a hash belongs to one thread.
 */
#pragma once

#include <glib.h>

typedef struct SbSha256 SbSha256;

/** (transfer full) */
SbSha256 *sb_sha256_new(void);

/** Frees HASH and all that it has. */
void sb_sha256_free(SbSha256 *hash);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSha256, sb_sha256_free)

/** Hashes LENGTH bytes more; DATA NULL: zeroes. */
void sb_sha256_update(SbSha256 *hash, const void *data, guint64 length);

/** The 64 hexadecimal digits of all that came; HASH then begins anew. (transfer full) */
char *sb_sha256_finish(SbSha256 *hash);
