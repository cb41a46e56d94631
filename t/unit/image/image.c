/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image.h"

#include "image/image-claim.h"
#include "test.h"

#include <string.h>

#define ONE "0123456789abcdef"
#define TWO "fedcba9876543210"

static void add_volume(GPtrArray *volumes, const char *name, gint64 modified_us)
{
    SbVolumeInfo *info = g_new0(SbVolumeInfo, 1);
    info->name = g_strdup(name);
    info->path = g_strconcat("/pool/", name, NULL);
    info->modified_us = modified_us;
    g_ptr_array_add(volumes, info);
}

static GPtrArray *no_volumes(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)sb_volume_info_free);
}

/* "NAME.DIGEST*" for each image; the star means that it has a record. */
static char *describe(const GPtrArray *volumes)
{
    g_autoptr(GPtrArray) images = sb_images_from_volumes(volumes);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < images->len; i++) {
        const SbImage *image = g_ptr_array_index(images, i);
        g_string_append_printf(text, "%s%s.%s.%s%s", i ? " " : "", image->name, image->digest,
                               image->format, image->has_record ? "*" : "");
    }
    return g_string_free(text, FALSE);
}

static void test_names(void)
{
    static const char *const others[] = {
        "base." ONE,
        "base." ONE ".iso",
        "base.0123456789abcde.qcow2",
        ONE ".qcow2",
        "." ONE ".qcow2",
        "base.0123456789ABCDEF.qcow2",
        "Base." ONE ".raw",
        "m-1.qcow2",
        "m-1." ONE ".snapshot.qcow2",
        "m-1." ONE ".disk.qcow2",
        "warm-" ONE ".layer.qcow2",
        "a.raw." ONE ".qcow2",
        "a b." ONE ".qcow2",
        "base" ONE ".qcow2",
        "base.x" ONE ".qcow2.part",
        "",
    };
    g_autoptr(GPtrArray) volumes = no_volumes();
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        add_volume(volumes, others[i], 1);
    g_autofree char *none = describe(volumes);
    g_assert_cmpstr(none, ==, "");
    add_volume(volumes, "debian-12." ONE ".qcow2", 1);
    add_volume(volumes, "disk." TWO ".raw", 1);
    g_autofree char *two = describe(volumes);
    g_assert_cmpstr(two, ==, "debian-12." ONE ".qcow2 disk." TWO ".raw");
}

/* The digest is read from the end: a name may have dots, and what looks like a digest. */
static void test_names_with_dots(void)
{
    g_autoptr(GPtrArray) volumes = no_volumes();
    add_volume(volumes, "debian_12.4." ONE ".qcow2", 1);
    add_volume(volumes, "a." TWO "." ONE ".raw", 1);
    g_autofree char *record = sb_image_record_volume("debian_12.4." ONE ".qcow2");
    add_volume(volumes, record, 1);
    g_autofree char *two = describe(volumes);
    g_assert_cmpstr(two, ==, "a." TWO "." ONE ".raw debian_12.4." ONE ".qcow2*");
}

static void test_newest_first(void)
{
    g_autoptr(GPtrArray) volumes = no_volumes();
    add_volume(volumes, "b." ONE ".qcow2", 9);
    add_volume(volumes, "a." ONE ".qcow2", 1);
    add_volume(volumes, "a." TWO ".qcow2", 2);
    g_autofree char *text = describe(volumes);
    g_assert_cmpstr(text, ==, "a." TWO ".qcow2 a." ONE ".qcow2 b." ONE ".qcow2");
}

/* Importing an old version again writes only its record: then it is the current one. */
static void test_record_makes_current(void)
{
    g_autoptr(GPtrArray) volumes = no_volumes();
    g_autofree char *record = sb_image_record_volume("a." ONE ".qcow2");
    g_autofree char *stray = sb_image_record_volume("gone." ONE ".qcow2");
    add_volume(volumes, record, 3);
    add_volume(volumes, stray, 4);
    add_volume(volumes, "a." ONE ".qcow2", 1);
    add_volume(volumes, "a." TWO ".qcow2", 2);
    g_autofree char *text = describe(volumes);
    g_assert_cmpstr(text, ==, "a." ONE ".qcow2* a." TWO ".qcow2");
}

static void test_volume_name(void)
{
    g_autofree char *name = sb_image_volume_name("a", ONE TWO ONE TWO, "raw");
    g_assert_cmpstr(name, ==, "a." ONE ".raw");
}

/* ---- the head ---- */

static void incomplete(const char *format, const void *head, gsize length)
{
    SbImage image = {.format = format, .file_bytes = 1024 * 1024};
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_image_judge_head(&image, head, length, &error));
    g_assert_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE);
    g_assert_cmpuint(image.virtual_bytes, ==, 0);
}

static void test_head_incomplete(void)
{
    static const guint8 zeroes[4096];
    g_autoptr(GBytes) claim = sb_image_claim_new("x");
    gsize length;
    const void *data = g_bytes_get_data(claim, &length);
    incomplete("qcow2", zeroes, sizeof zeroes);
    incomplete("qcow2", data, length);
    incomplete("raw", zeroes, sizeof zeroes);
    incomplete("raw", zeroes, 0);
    incomplete("raw", data, length);
}

static void test_head_raw(void)
{
    SbImage image = {.format = "raw", .file_bytes = 4096};
    guint8 head[4096] = {0};
    head[510] = 0x55;
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_image_judge_head(&image, head, sizeof head, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(image.virtual_bytes, ==, 4096);
}

static void test_head_damaged(void)
{
    SbImage image = {.format = "qcow2", .file_bytes = 1024 * 1024};
    guint8 head[512] = {'Q', 'F', 'I', 0xfb, 0, 0, 0, 99};
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_image_judge_head(&image, head, sizeof head, &error));
    g_assert_true(error->domain == SB_QCOW2_ERROR);
    g_assert_true(sb_image_is_damage(error));
    g_clear_error(&error);
    /* An import leaves nothing there, its claim, or the whole first part. */
    head[0] = 'X';
    g_assert_false(sb_image_judge_head(&image, head, sizeof head, &error));
    g_assert_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED);
    g_assert_true(sb_image_is_damage(error));
}

/* A beginner needs no file for an image that the catalogue has. */
static void test_command(void)
{
    g_autofree char *known = sb_image_command_for("debian-13");
    g_assert_cmpstr(known, ==, "seedbed image fetch debian-13");
    g_autofree char *other = sb_image_command_for("pocket");
    g_assert_cmpstr(other, ==, "seedbed image import pocket FILE.qcow2");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/image/names", test_names);
    g_test_add_func("/image/names-with-dots", test_names_with_dots);
    g_test_add_func("/image/newest-first", test_newest_first);
    g_test_add_func("/image/record-makes-current", test_record_makes_current);
    g_test_add_func("/image/volume-name", test_volume_name);
    g_test_add_func("/image/head-incomplete", test_head_incomplete);
    g_test_add_func("/image/head-raw", test_head_raw);
    g_test_add_func("/image/head-damaged", test_head_damaged);
    g_test_add_func("/image/command", test_command);
    return g_test_run();
}
