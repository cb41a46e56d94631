/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/seed-iso.h"

#include "base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* The names that cloud-init looks for need Rock Ridge ("user-data" is not a valid name of ISO
 * 9660), in its strict form, which keeps mode 0600; padding would triple the size of the image. */
#define OPTIONS "iso9660:volume-id=cidata,rockridge=strict,!pad%s%s"
#define MACHINE_OPTION ",application-id=" SB_SEED_ISO_MACHINE_MARK

/* libarchive's writer keeps the contents of files in an unlinked file in $TMPDIR until it knows
 * where they go, and a seed's contents are secret. So it is given zeros of the same length, and the
 * contents are put into the finished image, which is in memory. ISO 9660 has no checksum of
 * contents. */

/* ECMA-119: sectors (6.1), the primary volume descriptor (8.4) with the root's directory record,
 * and the fields of directory records (9.1). Rock Ridge's name is the entry NM (RRIP 1.12, 4.1.4).
 */
enum {
    SECTOR_BYTES = 2048,
    DESCRIPTOR = 16 * SECTOR_BYTES,
    DESCRIPTOR_ROOT = 156,
    RECORD_EXTENT = 2,
    RECORD_LENGTH = 10,
    RECORD_NAME_LENGTH = 32,
    RECORD_NAME = 33,
    NM_NAME = 5,
};

SB_DEFINE_ERROR(sb_seed_iso_error, SB_ERROR(SB_SEED_ISO_ERROR_READ))

typedef struct archive Archive;
/* archive_write_free() alone would leak the output's buffer after an error (libarchive 3.6). */
static void close_and_free(Archive *archive)
{
    archive_write_close(archive);
    archive_write_free(archive);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, close_and_free)
typedef struct archive_entry ArchiveEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveEntry, archive_entry_free)

typedef struct {
    const char *name;
    GBytes *content; /* (nullable) */
} File;

static gboolean set_error(GError **error, const char *what, const char *name, const char *reason)
{
    return sb_error_set(
        error, SB_SEED_ISO_ERROR, SB_SEED_ISO_ERROR_WRITE,
        "libarchive cannot %s '%s': %s (it needs a temporary file: is $TMPDIR writable?)", what,
        name, reason ? reason : "unknown error");
}

static la_ssize_t append(struct archive *archive G_GNUC_UNUSED, void *data, const void *piece,
                         size_t length)
{
    g_byte_array_append(data, piece, (guint)length);
    return (la_ssize_t)length;
}

static gboolean add_zeros(Archive *archive, const File *file)
{
    static const char zeros[SECTOR_BYTES];
    g_autoptr(ArchiveEntry) entry = archive_entry_new();
    gsize size = g_bytes_get_size(file->content);
    archive_entry_set_pathname(entry, file->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_size(entry, (la_int64_t)size);
    if (archive_write_header(archive, entry) != ARCHIVE_OK)
        return FALSE;
    for (gsize done = 0; done < size; done += SECTOR_BYTES) {
        gsize piece = MIN(size - done, SECTOR_BYTES);
        if (archive_write_data(archive, zeros, piece) != (la_ssize_t)piece)
            return FALSE;
    }
    return TRUE;
}

/* An image with all FILES, their contents being zeros. */
static gboolean write_layout(const File *files, gsize count, const char *machine, GByteArray *image,
                             GError **error)
{
    g_autoptr(Archive) archive = archive_write_new();
    g_autofree char *options =
        g_strdup_printf(OPTIONS, machine ? MACHINE_OPTION : "", machine ? machine : "");
    if (archive_write_set_format_iso9660(archive) != ARCHIVE_OK ||
        archive_write_set_options(archive, options) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(archive, 1) != ARCHIVE_OK ||
        archive_write_open2(archive, image, NULL, append, NULL, NULL) != ARCHIVE_OK)
        return set_error(error, "begin", "the seed", archive_error_string(archive));
    for (gsize i = 0; i < count; i++)
        if (files[i].content && !add_zeros(archive, &files[i]))
            return set_error(error, "add the seed's file", files[i].name,
                             archive_error_string(archive));
    if (archive_write_close(archive) != ARCHIVE_OK)
        return set_error(error, "finish", "the seed", archive_error_string(archive));
    return TRUE;
}

static guint32 read_u32(const guint8 *at)
{
    guint32 little_endian;
    memcpy(&little_endian, at, sizeof little_endian);
    return GUINT32_FROM_LE(little_endian);
}

/* Whether the Rock Ridge name of the directory record RECORD is NAME. */
static gboolean record_is_named(const guint8 *record, const char *name)
{
    gsize name_length = strlen(name);
    /* The system use area begins at the next even offset after the name. */
    guint i = RECORD_NAME + record[RECORD_NAME_LENGTH];
    for (i += i & 1; i + 4 <= record[0]; i += record[i + 2]) {
        guint length = record[i + 2];
        if (length < 4 || i + length > record[0])
            return FALSE;
        if (memcmp(record + i, "NM", 2) == 0)
            return length == NM_NAME + name_length &&
                   memcmp(record + i + NM_NAME, name, name_length) == 0;
    }
    return FALSE;
}

/* The directory record of NAME in the root directory of IMAGE, or NULL. */
static const guint8 *find_record(const GByteArray *image, const char *name)
{
    if (image->len < DESCRIPTOR + SECTOR_BYTES)
        return NULL;
    const guint8 *root = image->data + DESCRIPTOR + DESCRIPTOR_ROOT;
    guint64 at = (guint64)read_u32(root + RECORD_EXTENT) * SECTOR_BYTES;
    guint64 end = at + read_u32(root + RECORD_LENGTH);
    if (end > image->len)
        return NULL;
    while (at < end) {
        const guint8 *record = image->data + at;
        if (record[0] > RECORD_NAME && at + record[0] <= end && record_is_named(record, name))
            return record;
        /* A record does not cross sectors: the rest of a sector is zero. */
        at = record[0] ? at + record[0] : (at / SECTOR_BYTES + 1) * SECTOR_BYTES;
    }
    return NULL;
}

static gboolean put_content(GByteArray *image, const File *file, GError **error)
{
    gsize size;
    const void *content = g_bytes_get_data(file->content, &size);
    if (size == 0)
        return TRUE;
    const guint8 *record = find_record(image, file->name);
    guint64 start = record ? (guint64)read_u32(record + RECORD_EXTENT) * SECTOR_BYTES : 0;
    if (!record || read_u32(record + RECORD_LENGTH) != size || start + size > image->len)
        return set_error(error, "place the seed's file", file->name, "it is not in the image");
    memcpy(image->data + start, content, size);
    return TRUE;
}

static void wipe_and_free(gpointer data)
{
    GByteArray *image = data;
    if (image->len > 0)
        explicit_bzero(image->data, image->len);
    g_byte_array_unref(image);
}

GBytes *sb_seed_iso_build(const SbSeed *seed, GError **error)
{
    const File files[] = {
        {"user-data", seed->user_data},
        {"meta-data", seed->meta_data},
        {"network-config", seed->network_config},
        {"vendor-data", seed->vendor_data},
    };
    g_autoptr(GByteArray) image = g_byte_array_new();
    if (!write_layout(files, G_N_ELEMENTS(files), seed->machine, image, error))
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        if (files[i].content && !put_content(image, &files[i], error))
            return NULL;
    gsize length = image->len;
    guint8 *data = image->data;
    GByteArray *owner = g_steal_pointer(&image);
    return g_bytes_new_with_free_func(data, length, wipe_and_free, owner);
}
