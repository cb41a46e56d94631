/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/saved-image.h"
#include "test.h"

#include <string.h>

enum { FIXED = 92, ROOM = 200 };

/* A file as libvirt 9.0 writes it, with the first bytes of the stream. Tests change single bytes.
 */
typedef struct {
    guint8 bytes[FIXED + ROOM + 8];
    gsize length;
} File;

static void put_u32(File *file, gsize offset, guint32 value)
{
    value = GUINT32_TO_LE(value);
    memcpy(file->bytes + offset, &value, sizeof value);
}

static File plain(const char *xml, const char *cookie)
{
    File file = {.length = sizeof file.bytes};
    memcpy(file.bytes, "LibvirtQemudSave", 16);
    put_u32(&file, 16, 2);
    put_u32(&file, 20, ROOM);
    put_u32(&file, 24, 1);
    memcpy(file.bytes + FIXED, xml, strlen(xml));
    if (cookie) {
        put_u32(&file, 32, (guint32)strlen(xml) + 1);
        memcpy(file.bytes + FIXED + strlen(xml) + 1, cookie, strlen(cookie));
    }
    memcpy(file.bytes + FIXED + ROOM, "QEVM\0\0\0\3", 8);
    return file;
}

/* Parses exactly `length` bytes, so that sanitizers see a read too far. */
static SbSavedImage *parse(const File *file, GError **error)
{
    g_autofree guint8 *exact = g_memdup2(file->bytes, file->length);
    return sb_saved_image_parse(exact, file->length, error);
}

static void refuse(const File *file, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbSavedImage) image = parse(file, &error);
    g_assert_error(error, SB_SAVED_IMAGE_ERROR, SB_SAVED_IMAGE_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, words));
    g_assert_null(image);
}

static void test_reads(void)
{
    File file = plain("<domain/>", "<cookie/>");
    g_autoptr(SbSavedImage) image = parse(&file, NULL);
    g_assert_cmpstr(image->xml, ==, "<domain/>");
    g_assert_cmpstr(image->cookie, ==, "<cookie/>");
    g_assert_cmpuint(image->head_bytes, ==, FIXED + ROOM);
    file = plain("<domain/>", NULL);
    g_autoptr(SbSavedImage) without = parse(&file, NULL);
    g_assert_cmpstr(without->xml, ==, "<domain/>");
    g_assert_null(without->cookie);
}

static void test_refuses(void)
{
    File file = plain("<domain/>", "<cookie/>");
    memcpy(file.bytes, "LibvirtQemudPart", 16);
    refuse(&file, "cut off");
    file.bytes[0] = 'X';
    refuse(&file, "begin");
    file = plain("<domain/>", "<cookie/>");
    file.length = FIXED - 1;
    refuse(&file, "begin");
    file.length = FIXED + ROOM - 1;
    refuse(&file, "cut off");
    file = plain("<domain/>", "<cookie/>");
    put_u32(&file, 16, 3);
    refuse(&file, "version");
    file = plain("<domain/>", "<cookie/>");
    put_u32(&file, 20, G_MAXUINT32);
    refuse(&file, "too long");
    put_u32(&file, 20, 0);
    refuse(&file, "too long");
    file = plain("<domain/>", "<cookie/>");
    put_u32(&file, 32, ROOM);
    refuse(&file, "cookie");
}

static void test_refuses_a_text_without_an_end(void)
{
    File file = plain("<domain/>", "<cookie/>");
    memset(file.bytes + FIXED, 'x', ROOM);
    refuse(&file, "no end");
    file = plain("<domain/>", "<cookie/>");
    memset(file.bytes + FIXED + 10, 'x', ROOM - 10);
    refuse(&file, "no end");
}

static void test_replaces_the_xml(void)
{
    File file = plain("<domain/>", "<cookie/>");
    g_autoptr(SbSavedImage) image = parse(&file, NULL);
    g_autoptr(GBytes) head = sb_saved_image_head(image, "<domain>longer</domain>", NULL);
    g_assert_cmpuint(g_bytes_get_size(head), ==, FIXED + ROOM);
    memcpy(file.bytes, g_bytes_get_data(head, NULL), FIXED + ROOM);
    g_autoptr(SbSavedImage) again = parse(&file, NULL);
    g_assert_cmpstr(again->xml, ==, "<domain>longer</domain>");
    g_assert_cmpstr(again->cookie, ==, "<cookie/>");
    g_assert_cmpuint(again->head_bytes, ==, image->head_bytes);
    g_autoptr(GBytes) same = sb_saved_image_head(image, "<domain/>", NULL);
    file = plain("<domain/>", "<cookie/>");
    g_assert_cmpmem(g_bytes_get_data(same, NULL), FIXED + ROOM, file.bytes, FIXED + ROOM);
}

static void test_has_room_or_says_so(void)
{
    File file = plain("<domain/>", "<cookie/>");
    g_autoptr(SbSavedImage) image = parse(&file, NULL);
    g_autofree char *fits = g_strnfill(ROOM - 10 - 1, 'x');
    g_autoptr(GBytes) head = sb_saved_image_head(image, fits, NULL);
    g_assert_nonnull(head);
    g_autofree char *too_long = g_strnfill(ROOM - 10, 'x');
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_saved_image_head(image, too_long, &error));
    g_assert_error(error, SB_SAVED_IMAGE_ERROR, SB_SAVED_IMAGE_ERROR_NO_ROOM);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/saved-image/reads", test_reads);
    g_test_add_func("/saved-image/refuses", test_refuses);
    g_test_add_func("/saved-image/no-end", test_refuses_a_text_without_an_end);
    g_test_add_func("/saved-image/replaces", test_replaces_the_xml);
    g_test_add_func("/saved-image/room", test_has_room_or_says_so);
    return g_test_run();
}
