/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/disk-format.h"

#include "test.h"

#include <string.h>

typedef struct {
    SbDiskKind kind;
    const char *name;
    gsize offset;
    const char *magic;
    gsize length;
} Case;

static const Case cases[] = {
    {SB_DISK_QCOW2, "qcow2", 0, "QFI\xfb", 4},
    {SB_DISK_OTHER, "vmdk", 0, "KDMV", 4},
    {SB_DISK_OTHER, "vmdk", 0, "# Disk DescriptorFile\n", 22},
    {SB_DISK_OTHER, "vhdx", 0, "vhdxfile", 8},
    {SB_DISK_OTHER, "vpc", 0, "conectix", 8},
    {SB_DISK_OTHER, "vdi", 64, "\x7f\x10\xda\xbe", 4},
    {SB_DISK_OTHER, "qed", 0, "QED\0", 4},
    {SB_DISK_COMPRESSED, "xz", 0, "\xfd\x37zXZ\0", 6},
    {SB_DISK_COMPRESSED, "gzip", 0, "\x1f\x8b\x08", 3},
    {SB_DISK_COMPRESSED, "zstd", 0, "\x28\xb5\x2f\xfd", 4},
    {SB_DISK_ARCHIVE, "tar (or OVA)", 257, "ustar", 5},
    {SB_DISK_ARCHIVE, "zip", 0, "PK\x03\x04", 4},
    {SB_DISK_RAW, "GPT", 512, "EFI PART", 8},
    {SB_DISK_RAW, "GPT", 4096, "EFI PART", 8},
    {SB_DISK_RAW, "ISO 9660", 32769, "CD001", 5},
};

static void test_magics(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        /* As short as possible, so that a sanitizer sees a read too far. */
        gsize length = cases[i].offset + cases[i].length;
        g_autofree guint8 *data = g_malloc0(length);
        memcpy(data + cases[i].offset, cases[i].magic, cases[i].length);
        const char *name;
        g_assert_cmpint(sb_disk_format_detect(data, length, &name), ==, cases[i].kind);
        g_assert_cmpstr(name, ==, cases[i].name);
        if (cases[i].length < 20)
            g_assert_cmpint(sb_disk_format_detect(data, length - 1, NULL), !=, cases[i].kind);
    }
    g_assert_cmpint(sb_disk_format_detect(NULL, 0, NULL), ==, SB_DISK_UNKNOWN);
}

static void test_mbr(void)
{
    guint8 data[512] = {0};
    data[510] = 0x55;
    data[511] = 0xaa;
    /* No partition, as on a FAT file system without code. */
    g_assert_cmpint(sb_disk_format_detect(data, sizeof data, NULL), ==, SB_DISK_UNKNOWN);
    data[446] = 0x80;
    data[446 + 4] = 0x83;
    data[446 + 12] = 1;
    g_assert_cmpint(sb_disk_format_detect(data, sizeof data, NULL), ==, SB_DISK_RAW);
    g_assert_cmpint(sb_disk_format_detect(data, sizeof data - 1, NULL), ==, SB_DISK_UNKNOWN);
    data[446 + 16] = 'x';
    g_assert_cmpint(sb_disk_format_detect(data, sizeof data, NULL), ==, SB_DISK_UNKNOWN);
}

static void test_text(void)
{
    static const struct {
        const char *begin;
        SbDiskKind kind;
    } texts[] = {
        {"<!DOCTYPE html>\n<title>404 Not Found</title>\n", SB_DISK_TEXT},
        {"version https://git-lfs.github.com/spec/v1\n", SB_DISK_TEXT},
        {"\xc3\xbc", SB_DISK_TEXT},
        {"\xc3", SB_DISK_UNKNOWN},
        {"text and \x01", SB_DISK_UNKNOWN},
        {"\xff", SB_DISK_UNKNOWN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        g_assert_cmpint(
            sb_disk_format_detect((const guint8 *)texts[i].begin, strlen(texts[i].begin), NULL), ==,
            texts[i].kind);
    /* A character at the end of what is looked at, and a zero after it. */
    char data[514];
    memset(data, 'x', sizeof data);
    memcpy(data + 511, "\xc3\xbc", 3);
    g_assert_cmpint(sb_disk_format_detect((const guint8 *)data, sizeof data, NULL), ==,
                    SB_DISK_TEXT);
    data[400] = '\0';
    g_assert_cmpint(sb_disk_format_detect((const guint8 *)data, sizeof data, NULL), ==,
                    SB_DISK_UNKNOWN);
}

static void assert_advice(const char *begin, gsize length, const char *path, const char *part)
{
    g_autoptr(GError) error = NULL;
    sb_disk_format_refuse((const guint8 *)begin, length, path, &error);
    g_assert_error(error, SB_DISK_FORMAT_ERROR, SB_DISK_FORMAT_ERROR_REFUSED);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, part));
}

static void test_advice(void)
{
    assert_advice("QED\0", 4, "a b/x.qed",
                  "qemu-img convert -f qed -O qcow2 'a b/x.qed' 'a b/x.qcow2'");
    assert_advice("vhdxfile", 8, "dir.d/x", "'dir.d/x' 'dir.d/x.qcow2'");
    assert_advice("vhdxfile", 8, "./.x", "'./.x' './.x.qcow2'");
    assert_advice("PK\x03\x04", 4, "x.zip", "unpack it");
    assert_advice("\n<html>\n<p>404", 14, "x", "it begins with: <html>\n");
    assert_advice("\x01", 1, "x", "--format raw");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/disk-format/magics", test_magics);
    g_test_add_func("/disk-format/mbr", test_mbr);
    g_test_add_func("/disk-format/text", test_text);
    g_test_add_func("/disk-format/advice", test_advice);
    return g_test_run();
}
