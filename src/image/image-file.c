/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-file.h"

#include "base/error.h"
#include "base/sha256.h"
#include "base/units.h"
#include "image/disk-format.h"
#include "image/qcow2-header.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 1024 * 1024, SECTOR_BYTES = 512 };

/* The start of a compressed disk that is kept: tables and folders of an EFI partition, which is
 * nearly always the first one on the disk. */
enum { KEPT_BYTES = 8 * 1024 * 1024 };

/* What a qcow2 file may have beside the content of its disk: tables, and snapshots. Without a
 * limit, a small compressed file could unpack to one without an end. */
#define QCOW2_OVERHEAD_BYTES (G_GUINT64_CONSTANT(1) << 30)

G_STATIC_ASSERT(SB_IMAGE_HEAD_BYTES >= SB_DISK_FORMAT_BYTES &&
                SB_IMAGE_HEAD_BYTES >= SB_QCOW2_HEADER_BYTES);

void sb_image_file_free(SbImageFile *file)
{
    if (file->fd >= 0)
        close(file->fd);
    g_clear_pointer(&file->qcow2, sb_qcow2_reader_free);
    g_free(file->sha256);
    g_free(file->file_sha256);
    sb_efi_boot_clear(&file->boot);
    g_free(file);
}

gboolean sb_image_transfer_goes_on(const SbOperation *operation, const char *what,
                                   guint64 done_bytes, guint64 total_bytes, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
        return FALSE;
    const SbEvent event = {
        .kind = SB_EVENT_PROGRESS, .text = what, .done = done_bytes, .total = total_bytes};
    sb_operation_tell(operation, &event);
    return TRUE;
}

static SbImageFile *open_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return sb_error_set_null(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot open '%s': %s",
                                 path, g_strerror(errno));
    g_autoptr(SbImageFile) file = g_new0(SbImageFile, 1);
    file->fd = fd;
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return sb_error_set_null(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE,
                                 "it is not a readable file");
    file->length_bytes = (guint64)status.st_size;
    /* Only for a file of this user, on a file system that has leases, and without a writer. The
     * signal of a lease that breaks is one that does nothing. */
    file->is_leased = fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
    return g_steal_pointer(&file);
}

static gboolean detect_compression(SbImageFile *file, GError **error)
{
    guint8 head[8];
    gssize got = pread(file->fd, head, sizeof head, 0);
    if (got < 0)
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot read it: %s",
                            g_strerror(errno));
    file->is_compressed = sb_disk_format_detect(head, (gsize)got, NULL) == SB_DISK_COMPRESSED;
    return TRUE;
}

static gboolean is_zero(const guint8 *data, gsize length)
{
    return length == 0 || (data[0] == 0 && memcmp(data, data + 1, length - 1) == 0);
}

/* What the content is, by its HEAD. */
static gboolean judge_format(SbImageFile *file, const SbImageFileRequest *request,
                             const guint8 *head, gsize length, GError **error)
{
    SbDiskKind kind = sb_disk_format_detect(head, length, NULL);
    gboolean is_raw = kind == SB_DISK_RAW ||
                      (request->is_raw && (kind == SB_DISK_UNKNOWN || kind == SB_DISK_TEXT));
    if (kind != SB_DISK_QCOW2 && !is_raw) {
        sb_disk_format_refuse(head, length, request->path, error);
        return FALSE;
    }
    if (kind == SB_DISK_QCOW2 && request->is_raw)
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED,
                            "'--format raw' is not right: it begins as a qcow2 image does");
    file->format = is_raw ? "raw" : "qcow2";
    /* An upload that was cut off looks like this: see image/image.h. */
    if (is_raw && is_zero(head, length))
        return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED,
                            "its first %u KiB are empty: no machine could boot from it",
                            (guint)(SB_IMAGE_HEAD_BYTES / 1024));
    return TRUE;
}

/* The most bytes that the content may have; before all of it was read, FILE_BYTES is not known. */
static gboolean judge_sizes(SbImageFile *file, const guint8 *head, gsize length, guint64 file_bytes,
                            guint64 *max_bytes_out, GError **error)
{
    if (strcmp(file->format, "raw") == 0) {
        *max_bytes_out = SB_QCOW2_MAX_VIRTUAL_BYTES;
        file->virtual_bytes = file_bytes;
        return TRUE;
    }
    SbQcow2Header header;
    if (!sb_qcow2_header_parse(head, length, file_bytes, SB_QCOW2_MAX_VIRTUAL_BYTES, &header,
                               error))
        return FALSE;
    /* The content of a compressed file can only be read in its order. */
    if (!file->is_compressed && !file->qcow2)
        file->qcow2 = sb_qcow2_reader_new(file->fd, &header, file_bytes, error);
    if (!file->is_compressed && !file->qcow2)
        return FALSE;
    file->virtual_bytes = header.virtual_bytes;
    *max_bytes_out = header.virtual_bytes + header.virtual_bytes / 8 + QCOW2_OVERHEAD_BYTES;
    return TRUE;
}

static gboolean read_raw(gpointer data, guint64 offset, void *buffer, gsize length, GError **error)
{
    const SbImageFile *file = data;
    return sb_content_read_at(file->fd, offset, buffer, length, error);
}

static gboolean read_qcow2(gpointer data, guint64 offset, void *buffer, gsize length,
                           GError **error)
{
    const SbImageFile *file = data;
    return sb_qcow2_reader_read(file->qcow2, offset, buffer, length, error);
}

/* What is behind the start counts as empty. */
static gboolean read_start(gpointer data, guint64 offset, void *buffer, gsize length,
                           GError **error)
{
    const GByteArray *start = data;
    gsize known = offset < start->len ? MIN(length, start->len - offset) : 0;
    memset(buffer, 0, length);
    memcpy(buffer, start->data + (known > 0 ? offset : 0), known);
    return TRUE;
}

/* START: of the content. That of a compressed qcow2 file does not show where things are. */
static gboolean find_arch(SbImageFile *file, GByteArray *start, GError **error)
{
    SbDiskSource disk = {file->qcow2 ? read_qcow2 : read_raw, file, file->virtual_bytes};
    if (file->is_compressed) {
        disk.read = read_start;
        disk.data = start;
        if (strcmp(file->format, "raw") != 0)
            return TRUE;
    }
    if (!sb_efi_boot_look(&disk, &file->boot, error))
        return FALSE;
    if (file->is_compressed)
        sb_efi_boot_clear(&file->boot);
    return TRUE;
}

static gboolean too_large(guint64 max_bytes, GError **error)
{
    g_autofree char *limit = sb_size_format(max_bytes);
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED,
                        "the image is refused: it has more than %s", limit);
}

/* Hashes the rest of what READER gives, of which FILE->length_bytes were hashed. */
static gboolean hash_rest(const SbOperation *operation, SbImageFile *file, SbContentReader *reader,
                          SbSha256 *hash, guint64 max_bytes, GError **error)
{
    struct stat status;
    guint64 total = fstat(file->fd, &status) == 0 ? (guint64)status.st_size : 0;
    g_autofree guint8 *buffer = g_malloc(READ_BYTES);
    for (guint64 length = 1; length > 0;) {
        gboolean is_hole;
        if (!sb_content_reader_read_part(reader, buffer, READ_BYTES, &length, &is_hole, error))
            return FALSE;
        sb_sha256_update(hash, is_hole ? NULL : buffer, length);
        file->length_bytes += length;
        if (file->length_bytes > max_bytes)
            return too_large(max_bytes, error);
        if (!sb_image_transfer_goes_on(operation, "reading", sb_content_reader_file_bytes(reader),
                                       total, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_digest(const SbImageFile *file, const SbDigest *digest, GError **error)
{
    const char *sha256 = file->file_sha256 ? file->file_sha256 : file->sha256;
    if (!digest || strcmp(digest->hex, sha256) == 0)
        return TRUE;
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DIGEST,
                        "it is another file than it should be:\n  expected %s\n  found    %s",
                        digest->hex, sha256);
}

/* Reads all of it, for its format and its digests. */
static gboolean read_once(const SbOperation *operation, SbImageFile *file,
                          const SbImageFileRequest *request, GError **error)
{
    g_autoptr(SbContentReader) reader =
        sb_content_reader_new(file->fd, file->is_compressed, file->is_compressed, error);
    g_autoptr(GByteArray) start = g_byte_array_new();
    g_byte_array_set_size(start, file->is_compressed ? KEPT_BYTES : SB_IMAGE_HEAD_BYTES);
    gsize length, wanted = start->len;
    guint64 max_bytes, file_bytes = file->is_compressed ? G_MAXUINT64 : file->length_bytes;
    if (!reader || !sb_content_reader_read(reader, start->data, wanted, &length, error))
        return FALSE;
    g_byte_array_set_size(start, (guint)length);
    gsize head_bytes = MIN(length, SB_IMAGE_HEAD_BYTES);
    if (!judge_format(file, request, start->data, head_bytes, error) ||
        !judge_sizes(file, start->data, head_bytes, file_bytes, &max_bytes, error) ||
        !find_arch(file, start, error))
        return FALSE;
    g_autoptr(SbSha256) hash = sb_sha256_new();
    sb_sha256_update(hash, start->data, length);
    file->length_bytes = length;
    if (length == wanted && !hash_rest(operation, file, reader, hash, max_bytes, error))
        return FALSE;
    file->sha256 = sb_sha256_finish(hash);
    if (file->is_compressed) {
        file->file_sha256 = sb_content_reader_file_sha256(reader, error);
        if (!file->file_sha256)
            return FALSE;
    }
    return check_digest(file, request->digest, error) &&
           judge_sizes(file, start->data, head_bytes, file->length_bytes, &max_bytes, error);
}

SbImageFile *sb_image_file_open(const SbOperation *operation, const SbImageFileRequest *request,
                                GError **error)
{
    g_autoptr(SbImageFile) file = open_file(request->path, error);
    if (!file || !detect_compression(file, error) || !read_once(operation, file, request, error))
        return NULL;
    if (strcmp(file->format, "raw") == 0 && file->length_bytes % SECTOR_BYTES != 0)
        return sb_error_set_null(
            error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_REFUSED,
            "a raw disk has whole sectors of %u bytes, but this has %" G_GUINT64_FORMAT
            " bytes: it was cut off",
            (guint)SECTOR_BYTES, file->length_bytes);
    return g_steal_pointer(&file);
}

gboolean sb_image_file_is_unchanged(const SbImageFile *file)
{
    return fcntl(file->fd, F_GETLEASE) == F_RDLCK;
}

SbContentReader *sb_image_file_read(const SbImageFile *file, GError **error)
{
    return sb_content_reader_new(file->fd, file->is_compressed, FALSE, error);
}
