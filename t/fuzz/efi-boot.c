/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Fuzz target: sb_efi_boot_look() takes any bytes for a disk, reads only inside it and not without
 * an end, and says one of the two architectures or none.
 *
 * An input is a disk. Or it is "disk:" and lines of the form "OFFSET DIGITS", both hexadecimal, and
 * in each line the rest after `#` is a comment: such a text file can be kept in t/data. See main.c
 * for how to run it.
 */
#include "image/efi-boot.h"
#include "fuzz.h"

#include <string.h>

enum { MAX_DISK_BYTES = 64 * 1024, MAX_READS = 2000 };

typedef struct {
    const GByteArray *bytes;
    guint reads;
    guint failing_read; /* from this one on they fail; 0: none does */
} Disk;

static gboolean read_disk(gpointer data, guint64 offset, void *buffer, gsize length, GError **error)
{
    Disk *disk = data;
    g_assert_cmpuint(offset, <=, disk->bytes->len);
    g_assert_cmpuint(length, <=, disk->bytes->len - offset);
    disk->reads++;
    g_assert_cmpuint(disk->reads, <=, MAX_READS);
    if (disk->failing_read && disk->reads >= disk->failing_read) {
        g_assert_cmpuint(disk->reads, ==, disk->failing_read);
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "a bad sector");
        return FALSE;
    }
    if (length > 0)
        memcpy(buffer, disk->bytes->data + offset, length);
    return TRUE;
}

static void look(const GByteArray *bytes, guint failing_read)
{
    Disk disk = {.bytes = bytes, .failing_read = failing_read};
    const SbDiskSource source = {read_disk, &disk, bytes->len};
    g_auto(SbEfiBoot) boot = {.arch = "untouched"};
    g_autoptr(GError) error = NULL;
    gboolean is_read = sb_efi_boot_look(&source, &boot, &error);
    g_assert_cmpint(is_read, ==, error == NULL);
    g_assert_cmpint(is_read, ==, !failing_read || disk.reads < failing_read);
    g_assert_true(!boot.missing == !boot.mend);
    g_assert_true(is_read ? !boot.arch || strcmp(boot.arch, "aarch64") == 0 ||
                                strcmp(boot.arch, "x86_64") == 0
                          : strcmp(boot.arch, "untouched") == 0);
}

static void add_line(GByteArray *disk, const char *line)
{
    char *digits;
    guint64 offset = g_ascii_strtoull(line, &digits, 16);
    for (; offset < MAX_DISK_BYTES && *digits && *digits != '#'; digits++) {
        if (!g_ascii_isxdigit(digits[0]) || !g_ascii_isxdigit(digits[1]))
            continue;
        if (disk->len <= offset) {
            guint before = disk->len;
            g_byte_array_set_size(disk, (guint)offset + 1);
            memset(disk->data + before, 0, disk->len - before);
        }
        disk->data[offset++] =
            (guint8)(g_ascii_xdigit_value(digits[0]) << 4 | g_ascii_xdigit_value(digits[1]));
        digits++;
    }
}

static GByteArray *from_text(const char *text, gsize length)
{
    GByteArray *disk = g_byte_array_new();
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (gsize i = 0; lines[i]; i++)
        add_line(disk, lines[i]);
    return disk;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    gboolean is_text = size >= 5 && memcmp(data, "disk:", 5) == 0;
    g_autoptr(GByteArray) bytes = is_text ? from_text((const char *)data + 5, size - 5)
                                          : g_byte_array_new_take(g_memdup2(data, size), size);
    look(bytes, 0);
    look(bytes, 1);
    look(bytes, 5);
    return 0;
}
