/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/disk-format.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

SB_DEFINE_ERROR(sb_disk_format_error, SB_ERRORS_ALL)

typedef struct {
    SbDiskKind kind;
    const char *name;
    gsize offset;
    const char *magic;
    gsize size;
} Magic;

/* The first bytes of formats, tried in this order. */
static const Magic magics[] = {
    {SB_DISK_QCOW2, "qcow2", 0, "QFI\xfb", 4},
    {SB_DISK_OTHER, "vmdk", 0, "KDMV", 4},
    {SB_DISK_OTHER, "vmdk", 0, "# Disk Descriptor", 17},
    {SB_DISK_OTHER, "vhdx", 0, "vhdxfile", 8},
    {SB_DISK_OTHER, "vpc", 0, "conectix", 8},
    {SB_DISK_OTHER, "vdi", 64, "\x7f\x10\xda\xbe", 4},
    {SB_DISK_OTHER, "qed", 0, "QED\0", 4},
    {SB_DISK_OTHER, "parallels", 0, "WithoutFreeSpace", 16},
    {SB_DISK_OTHER, "parallels", 0, "WithouFreSpacExt", 16},
    {SB_DISK_COMPRESSED, "xz", 0,
     "\xfd"
     "7zXZ\0",
     6},
    {SB_DISK_COMPRESSED, "gzip", 0, "\x1f\x8b\x08", 3},
    {SB_DISK_COMPRESSED, "zstd", 0, "\x28\xb5\x2f\xfd", 4},
    {SB_DISK_ARCHIVE, "bzip2", 0, "BZh", 3},
    {SB_DISK_ARCHIVE, "zip", 0, "PK\x03\x04", 4},
    {SB_DISK_ARCHIVE, "7z", 0, "7z\xbc\xaf\x27\x1c", 6},
    {SB_DISK_ARCHIVE, "tar (or OVA)", 257, "ustar", 5},
    {SB_DISK_RAW, "GPT", 512, "EFI PART", 8},
    {SB_DISK_RAW, "GPT", 4096, "EFI PART", 8},
    {SB_DISK_RAW, "ISO 9660", 32769, "CD001", 5},
};

/* 55 AA alone also ends the boot sector of a FAT file system, which is not a partition table. */
static gboolean is_mbr(const guint8 *data, gsize length)
{
    enum { TABLE = 446, ENTRY = 16, ENTRIES = 4 };
    if (length < 512 || data[510] != 0x55 || data[511] != 0xaa)
        return FALSE;
    guint used = 0;
    for (guint i = 0; i < ENTRIES; i++) {
        const guint8 *entry = data + TABLE + (gsize)i * ENTRY;
        if (entry[0] != 0 && entry[0] != 0x80)
            return FALSE;
        static const guint8 none[4];
        used += entry[4] != 0 && memcmp(entry + 12, none, sizeof none) != 0;
    }
    return used > 0;
}

/* Whether it reads as text, from its first byte on. */
static gboolean is_text(const guint8 *data, gsize length)
{
    enum { LOOK_AT = 512, LAST_CHARACTER = 4 };
    const char *text = (const char *)data, *end;
    gsize looked = MIN(length, LOOK_AT);
    for (gsize i = 0; i < looked; i++)
        if (data[i] < ' ' && !g_ascii_isspace(data[i]))
            return FALSE;
    /* The last character may be cut. */
    return looked > 0 && (g_utf8_validate_len(text, looked, &end) ||
                          (length > looked && text + looked - end < LAST_CHARACTER));
}

SbDiskKind sb_disk_format_detect(const guint8 *data, gsize length, const char **name_out)
{
    const char *ignored, **name = name_out ? name_out : &ignored;
    for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
        const Magic *magic = &magics[i];
        if (length < magic->offset + magic->size ||
            memcmp(data + magic->offset, magic->magic, magic->size) != 0)
            continue;
        *name = magic->name;
        return magic->kind;
    }
    gboolean is_disk = is_mbr(data, length), is_words = !is_disk && is_text(data, length);
    *name = is_disk ? "MBR" : is_words ? "text" : "unknown";
    return is_disk ? SB_DISK_RAW : is_words ? SB_DISK_TEXT : SB_DISK_UNKNOWN;
}

/* The name of the file that a conversion of PATH makes: it has another end. (transfer full) */
static char *converted_name(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    gsize stem = dot && (!slash || dot > slash + 1) ? (gsize)(dot - path) : strlen(path);
    return g_strdup_printf("%.*s.qcow2", (int)MIN(stem, 4096), path);
}

/* The first line that says something. (transfer full) */
static char *first_words(const guint8 *data, gsize length)
{
    enum { MAX_CHARACTERS = 60 };
    g_autofree char *text = sb_text_sanitize((const char *)data, MIN(length, 512));
    const char *line = text + strspn(text, " \t\r\n");
    g_autofree char *whole = g_strndup(line, strcspn(line, "\r\n"));
    return g_utf8_substring(whole, 0, MIN(g_utf8_strlen(whole, -1), MAX_CHARACTERS));
}

void sb_disk_format_refuse(const guint8 *data, gsize length, const char *path, GError **error)
{
    const char *name;
    SbDiskKind kind = sb_disk_format_detect(data, length, &name);
    g_autofree char *words = first_words(data, length);
    g_autofree char *out = converted_name(path);
    g_autofree char *quoted_in = g_shell_quote(path), *quoted_out = g_shell_quote(out);
    if (kind == SB_DISK_OTHER)
        g_set_error(error, SB_DISK_FORMAT_ERROR, SB_DISK_FORMAT_ERROR_REFUSED,
                    "this is a %s image: convert it first, with: qemu-img convert -f %s -O qcow2 "
                    "%s %s",
                    name, name, quoted_in, quoted_out);
    else if (kind == SB_DISK_ARCHIVE)
        g_set_error(error, SB_DISK_FORMAT_ERROR, SB_DISK_FORMAT_ERROR_REFUSED,
                    "this is a file of the kind %s: unpack it, and import the image in it", name);
    else if (kind == SB_DISK_TEXT)
        g_set_error(
            error, SB_DISK_FORMAT_ERROR, SB_DISK_FORMAT_ERROR_REFUSED,
            "this is text, not a disk; it begins with: %s\nif it was downloaded, the server "
            "sent this instead of the image: look at the address, and download it again",
            words);
    else
        g_set_error(
            error, SB_DISK_FORMAT_ERROR, SB_DISK_FORMAT_ERROR_REFUSED,
            "this is not an image that is known here: neither qcow2, nor raw with a partition "
            "table (GPT, MBR) or ISO 9660; if it is a raw disk, say so with "
            "'--format raw'");
}
