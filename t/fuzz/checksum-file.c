/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any bytes, sb_checksum_file_find() gives a digest whose digits are in the bytes,
 * or an error. See main.c for how to run it.
 */
#include "image/checksum-file.h"
#include "fuzz.h"

#include <string.h>

static gboolean stands_in(const char *hex, const guint8 *data, gsize size)
{
    gsize digits = strlen(hex);
    for (gsize i = 0; i + digits <= size; i++)
        if (g_ascii_strncasecmp((const char *)data + i, hex, digits) == 0)
            return TRUE;
    return FALSE;
}

static void find(const guint8 *data, gsize size, const char *name, gboolean is_of_one)
{
    SbDigest digest;
    g_autoptr(GError) error = NULL;
    if (!sb_checksum_file_find((const char *)data, size, name, is_of_one, &digest, &error)) {
        g_assert_nonnull(error);
        g_assert_true(error->domain == SB_CHECKSUM_FILE_ERROR);
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(strlen(digest.hex), ==, sb_digest_digits(digest.type));
    g_assert_true(stands_in(digest.hex, data, size));
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree guint8 *exact = g_memdup2(data, size);
    for (int is_of_one = 0; is_of_one < 2; is_of_one++) {
        find(exact, size, "x.qcow2", is_of_one);
        find(exact, size, "", is_of_one);
    }
    return 0;
}
