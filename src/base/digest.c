/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/digest.h"

#include <string.h>

gsize sb_digest_digits(GChecksumType type)
{
    return (gsize)g_checksum_type_get_length(type) * 2;
}

const char *sb_digest_type_name(GChecksumType type)
{
    return type == G_CHECKSUM_SHA512 ? "sha512" : "sha256";
}

char *sb_digest_name(const SbDigest *digest)
{
    return g_strconcat(sb_digest_type_name(digest->type), "-", digest->hex, NULL);
}

gboolean sb_digest_read(GChecksumType type, const char *text, gsize length, SbDigest *digest_out)
{
    if (length != sb_digest_digits(type))
        return FALSE;
    SbDigest digest = {.type = type};
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isxdigit(text[i]))
            return FALSE;
        digest.hex[i] = g_ascii_tolower(text[i]);
    }
    *digest_out = digest;
    return TRUE;
}

gboolean sb_digest_equal(const SbDigest *a, const SbDigest *b)
{
    return a->type == b->type && strcmp(a->hex, b->hex) == 0;
}
