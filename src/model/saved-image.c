/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/saved-image.h"

#include "base/error.h"

#include <string.h>

enum {
    MAGIC_BYTES = 16,
    VERSION_AT = 16,
    LENGTH_AT = 20,
    COOKIE_AT = 32,
    FIXED_BYTES = 92,
    KNOWN_VERSION = 2,
};

static const char magic[] = "LibvirtQemudSave", part_magic[] = "LibvirtQemudPart";

SB_DEFINE_ERROR(sb_saved_image_error, SB_ERRORS_NONE)

void sb_saved_image_free(SbSavedImage *image)
{
    g_free(image->xml);
    g_free(image->cookie);
    g_free(image);
}

static guint32 get_u32(const guint8 *at)
{
    guint32 value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_LE(value);
}

static void put_u32(guint8 *at, guint32 value)
{
    value = GUINT32_TO_LE(value);
    memcpy(at, &value, sizeof value);
}

/* What is wrong with the first bytes, or NULL. */
static const char *find_fault(const guint8 *data, gsize length)
{
    if (length >= MAGIC_BYTES && memcmp(data, part_magic, MAGIC_BYTES) == 0)
        return "its save was cut off";
    if (length < FIXED_BYTES || memcmp(data, magic, MAGIC_BYTES) != 0)
        return "it does not begin as one";
    if (get_u32(data + VERSION_AT) != KNOWN_VERSION)
        return "it has a version that is not known";
    guint64 data_bytes = get_u32(data + LENGTH_AT);
    if (data_bytes == 0 || FIXED_BYTES + data_bytes > MIN(length, SB_SAVED_IMAGE_HEAD_MAX))
        return "its head is cut off, or too long";
    if (get_u32(data + COOKIE_AT) >= data_bytes)
        return "its cookie is outside of its head";
    return NULL;
}

/* The text that begins at FROM and ends with a NUL before END; NULL if there is no NUL. */
static char *copy_text(const guint8 *from, const guint8 *end)
{
    const guint8 *nul = memchr(from, '\0', (gsize)(end - from));
    return nul ? g_strndup((const char *)from, (gsize)(nul - from)) : NULL;
}

SbSavedImage *sb_saved_image_parse(const guint8 *data, gsize length, GError **error)
{
    const char *fault = find_fault(data, length);
    g_autoptr(SbSavedImage) image = g_new0(SbSavedImage, 1);
    if (!fault) {
        guint32 cookie_at = get_u32(data + COOKIE_AT);
        const guint8 *body = data + FIXED_BYTES, *end = body + get_u32(data + LENGTH_AT);
        image->head_bytes = (gsize)(end - data);
        memcpy(image->fixed, data, FIXED_BYTES);
        image->xml = copy_text(body, cookie_at ? body + cookie_at : end);
        image->cookie = cookie_at ? copy_text(body + cookie_at, end) : NULL;
        if (!image->xml || (cookie_at && !image->cookie))
            fault = "its XML has no end";
    }
    if (!fault)
        return g_steal_pointer(&image);
    return sb_error_set_null(error, SB_SAVED_IMAGE_ERROR, SB_SAVED_IMAGE_ERROR_INVALID,
                             "it is not a saved machine: %s", fault);
}

GBytes *sb_saved_image_head(const SbSavedImage *image, const char *xml, GError **error)
{
    gsize xml_bytes = strlen(xml) + 1, room = image->head_bytes - FIXED_BYTES;
    gsize cookie_bytes = image->cookie ? strlen(image->cookie) + 1 : 0;
    if (xml_bytes + cookie_bytes > room)
        return sb_error_set_null(
            error, SB_SAVED_IMAGE_ERROR, SB_SAVED_IMAGE_ERROR_NO_ROOM,
            "the XML of the new machine has %zu bytes, and the saved machine has room for %zu",
            xml_bytes, room > cookie_bytes ? room - cookie_bytes : 0);
    guint8 *head = g_malloc0(image->head_bytes);
    memcpy(head, image->fixed, FIXED_BYTES);
    put_u32(head + COOKIE_AT, image->cookie ? (guint32)xml_bytes : 0);
    memcpy(head + FIXED_BYTES, xml, xml_bytes);
    if (image->cookie)
        memcpy(head + FIXED_BYTES + xml_bytes, image->cookie, cookie_bytes);
    return g_bytes_new_take(head, image->head_bytes);
}
