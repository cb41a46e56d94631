/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/content-reader.h"

#include "base/error.h"
#include "base/sha256.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A hole is read in parts too, so that a cancel is heard. */
enum { FILE_CHUNK_BYTES = 256 * 1024, HOLE_PART_BYTES = 256 * 1024 * 1024 };

typedef struct archive ReadArchive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadArchive, archive_read_free)

struct SbContentReader {
    int fd;
    guint64 position;     /* in the file */
    SbSha256 *hash;       /* (nullable) of the file */
    ReadArchive *archive; /* (nullable) */
    guint8 *chunk;        /* what libarchive was given last */
};

SB_DEFINE_ERROR(sb_content_error, SB_ERRORS_ALL)

/* The next bytes of the file: 0 at its end, or -1 with errno. */
static gssize read_file(SbContentReader *reader, void *buffer, gsize max)
{
    gssize got;
    do
        got = pread(reader->fd, buffer, max, (off_t)reader->position);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return got;
    reader->position += (guint64)got;
    if (reader->hash)
        sb_sha256_update(reader->hash, buffer, (gsize)got);
    return got;
}

static void set_read_error(GError **error)
{
    g_set_error(error, SB_CONTENT_ERROR, SB_CONTENT_ERROR_READ, "cannot read it: %s",
                g_strerror(errno));
}

static void set_unpack_error(GError **error, ReadArchive *archive)
{
    const char *why = archive_error_string(archive);
    g_set_error(error, SB_CONTENT_ERROR, SB_CONTENT_ERROR_UNPACK, "cannot unpack it: %s",
                why ? why : "it is damaged");
}

static la_ssize_t on_read(ReadArchive *archive, void *data, const void **buffer_out)
{
    SbContentReader *reader = data;
    gssize got = read_file(reader, reader->chunk, FILE_CHUNK_BYTES);
    if (got < 0)
        archive_set_error(archive, errno, "%s", g_strerror(errno));
    *buffer_out = reader->chunk;
    return got;
}

/* Only filters that work in this process: libarchive starts programs for others. */
static gboolean open_archive(SbContentReader *reader, GError **error)
{
    reader->chunk = g_malloc(FILE_CHUNK_BYTES);
    reader->archive = archive_read_new();
    struct archive_entry *entry;
    if (archive_read_support_filter_gzip(reader->archive) == ARCHIVE_OK &&
        archive_read_support_filter_xz(reader->archive) == ARCHIVE_OK &&
        archive_read_support_filter_zstd(reader->archive) == ARCHIVE_OK &&
        archive_read_support_format_raw(reader->archive) == ARCHIVE_OK &&
        archive_read_open(reader->archive, reader, NULL, on_read, NULL) == ARCHIVE_OK &&
        archive_read_next_header(reader->archive, &entry) == ARCHIVE_OK)
        return TRUE;
    set_unpack_error(error, reader->archive);
    return FALSE;
}

SbContentReader *sb_content_reader_new(int fd, gboolean is_compressed, gboolean wants_file_hash,
                                       GError **error)
{
    g_autoptr(SbContentReader) reader = g_new0(SbContentReader, 1);
    reader->fd = fd;
    reader->hash = wants_file_hash ? sb_sha256_new() : NULL;
    if (is_compressed && !open_archive(reader, error))
        return NULL;
    return g_steal_pointer(&reader);
}

void sb_content_reader_free(SbContentReader *reader)
{
    g_clear_pointer(&reader->archive, archive_read_free);
    g_clear_pointer(&reader->hash, sb_sha256_free);
    g_free(reader->chunk);
    g_free(reader);
}

gboolean sb_content_reader_read(SbContentReader *reader, guint8 *buffer, gsize max, gsize *got_out,
                                GError **error)
{
    gsize done = 0;
    while (done < max) {
        gssize got = reader->archive ? archive_read_data(reader->archive, buffer + done, max - done)
                                     : read_file(reader, buffer + done, max - done);
        if (got < 0) {
            if (reader->archive)
                set_unpack_error(error, reader->archive);
            else
                set_read_error(error);
            return FALSE;
        }
        if (got == 0)
            break;
        done += (gsize)got;
    }
    *got_out = done;
    return TRUE;
}

/* Moves behind the hole at the position. The length of the hole; 0: there is none. */
static guint64 skip_hole(SbContentReader *reader)
{
    off_t at = (off_t)reader->position;
    off_t data = lseek(reader->fd, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO)
        data = lseek(reader->fd, 0, SEEK_END);
    guint64 length = data > at ? MIN((guint64)(data - at), HOLE_PART_BYTES) : 0;
    reader->position += length;
    return length;
}

gboolean sb_content_reader_read_part(SbContentReader *reader, guint8 *buffer, gsize max,
                                     guint64 *length_out, gboolean *is_hole_out, GError **error)
{
    gsize got;
    guint64 hole = reader->archive ? 0 : skip_hole(reader);
    *is_hole_out = hole > 0;
    *length_out = hole;
    if (hole > 0)
        return TRUE;
    if (!sb_content_reader_read(reader, buffer, max, &got, error))
        return FALSE;
    *length_out = got;
    return TRUE;
}

guint64 sb_content_reader_file_bytes(const SbContentReader *reader)
{
    return reader->position;
}

char *sb_content_reader_file_sha256(SbContentReader *reader, GError **error)
{
    /* What stands behind the compressed data is also of the file. */
    g_autofree guint8 *rest = g_malloc(FILE_CHUNK_BYTES);
    gssize got;
    while ((got = read_file(reader, rest, FILE_CHUNK_BYTES)) > 0)
        ;
    if (got < 0) {
        set_read_error(error);
        return NULL;
    }
    return sb_sha256_finish(reader->hash);
}

gboolean sb_content_read_at(int fd, guint64 offset, void *buffer, gsize length, GError **error)
{
    guint8 *bytes = buffer;
    gsize done = 0;
    while (done < length) {
        gssize got = pread(fd, bytes + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            set_read_error(error);
            return FALSE;
        }
        if (got == 0)
            break;
        done += (gsize)got;
    }
    memset(bytes + done, 0, length - done);
    return TRUE;
}
