/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sha256.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

struct SbSha256 {
    gnutls_hash_hd_t handle;
};

SbSha256 *sb_sha256_new(void)
{
    SbSha256 *hash = g_new0(SbSha256, 1);
    if (gnutls_hash_init(&hash->handle, GNUTLS_DIG_SHA256) < 0)
        g_error("GnuTLS has no sha256");
    return hash;
}

void sb_sha256_free(SbSha256 *hash)
{
    gnutls_hash_deinit(hash->handle, NULL);
    g_free(hash);
}

void sb_sha256_update(SbSha256 *hash, const void *data, guint64 length)
{
    static const guint8 zeroes[16 * 1024];
    if (data && length > 0)
        gnutls_hash(hash->handle, data, length);
    for (guint64 done = 0, part; !data && done < length; done += part) {
        part = MIN(length - done, sizeof zeroes);
        gnutls_hash(hash->handle, zeroes, part);
    }
}

char *sb_sha256_finish(SbSha256 *hash)
{
    guint8 digest[32];
    gnutls_hash_output(hash->handle, digest);
    GString *hex = g_string_sized_new(2 * sizeof digest + 1);
    for (gsize i = 0; i < sizeof digest; i++)
        g_string_append_printf(hex, "%02x", digest[i]);
    return g_string_free(hex, FALSE);
}
