/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: for any bytes, sb_saved_image_parse() refuses them, or gives texts that are in the
 * head. A head with another XML has the same length, and reads back as what was written.
 *
 * Everybody who can write into the pool can write the volume. See main.c for how to run it.
 */
#include "model/saved-image.h"
#include "fuzz.h"

#include <string.h>

static void replace(const SbSavedImage *image, const char *xml)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) head = sb_saved_image_head(image, xml, &error);
    g_assert_true((head == NULL) == (error != NULL));
    if (!head)
        return;
    gsize length;
    const guint8 *data = g_bytes_get_data(head, &length);
    g_assert_cmpuint(length, ==, image->head_bytes);
    g_autoptr(SbSavedImage) again = sb_saved_image_parse(data, length, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(again->xml, ==, xml);
    g_assert_cmpstr(again->cookie, ==, image->cookie);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree guint8 *exact = g_memdup2(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbSavedImage) image = sb_saved_image_parse(exact, size, &error);
    g_assert_true((image == NULL) == (error != NULL));
    if (!image)
        return 0;
    g_assert_cmpuint(image->head_bytes, <=, MIN(size, (gsize)SB_SAVED_IMAGE_HEAD_MAX));
    g_assert_cmpuint(strlen(image->xml), <, image->head_bytes);
    replace(image, image->xml);
    replace(image, "<domain/>");
    return 0;
}
