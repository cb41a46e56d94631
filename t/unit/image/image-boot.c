/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-boot.h"

#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

enum { DISK_BYTES = 1024 * 1024 };

/* A raw image with BYTES lacks what is described by WORDS. */
static void expect(const guint8 *bytes, const char *words)
{
    g_autofree char *folder = g_dir_make_tmp("image-boot-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "image.raw", NULL);
    g_assert_true(g_file_set_contents(path, (const char *)bytes, DISK_BYTES, NULL));
    const SbImage image = {.path = path, .format = "raw", .virtual_bytes = DISK_BYTES};
    g_auto(SbEfiBoot) boot = {.missing = NULL};
    g_assert_true(sb_image_boot_look(&image, &boot));
    g_assert_nonnull(strstr(boot.missing, words));
    g_assert_nonnull(boot.mend);
    g_unlink(path);
    g_rmdir(folder);
}

static void test_missing(void)
{
    g_autofree guint8 *disk = g_malloc0(DISK_BYTES);
    expect(disk, "it has no partitions");
    memcpy(disk + 32769, "CD001", 5);
    expect(disk, "the image of a CD (ISO 9660)");
    /* An MBR with one partition of Linux, from sector 64 on. */
    disk[446 + 4] = 0x83;
    disk[446 + 8] = 64;
    disk[510] = 0x55;
    disk[511] = 0xaa;
    expect(disk, "none of its partitions has a FAT file system");
}

static void test_unreadable(void)
{
    const SbImage image = {.path = (char *)"/nonexistent", .format = "qcow2"};
    g_auto(SbEfiBoot) boot = {.missing = NULL};
    g_assert_false(sb_image_boot_look(&image, &boot));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/image-boot/missing", test_missing);
    g_test_add_func("/image-boot/unreadable", test_unreadable);
    return g_test_run();
}
