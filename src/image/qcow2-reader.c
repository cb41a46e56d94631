/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/qcow2-reader.h"

#include "base/error.h"
#include "base/text.h"
#include "image/content-reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

/* Of the entries of the L1 and L2 tables. */
#define OFFSET_MASK G_GUINT64_CONSTANT(0x00fffffffffffe00)
#define COMPRESSED (G_GUINT64_CONSTANT(1) << 62)
#define ZEROES G_GUINT64_CONSTANT(1)

enum {
    SECTOR = 512,
    SUBCLUSTERS = 32, /**< of a cluster, with extended L2 */
    MAX_SNAPSHOT_EXTRA = 1024,
    MAX_SNAPSHOTS_BYTES = 64 * 1024 * 1024,
};

struct SbQcow2Reader {
    int fd;
    SbQcow2Header header;
    guint64 file_bytes;
    guint64 cluster;
    guint64 *l1;            /* in the host's byte order; 0: all of it is empty */
    guint64 *l2;            /* one table, as it is in the file */
    guint32 l2_index;       /* which one */
    guint8 *unpacked;       /* one compressed cluster */
    guint64 unpacked_entry; /* which one; 0: none */
};

typedef struct archive ReadArchive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReadArchive, archive_read_free)

G_GNUC_PRINTF(2, 3) static gboolean damaged(GError **error, const char *format, ...)
{
    SB_TEXT_FORMAT(what, format);
    return sb_error_set(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_CORRUPT,
                        "the qcow2 file is damaged, or was cut off: %s", what);
}

static gboolean read_at(const SbQcow2Reader *reader, guint64 offset, void *buffer, gsize length,
                        GError **error)
{
    return sb_content_read_at(reader->fd, offset, buffer, length, error);
}

/* ---- the checks ---- */

/* Whether a cluster begins at OFFSET inside the file. The last one may be cut short. */
static gboolean is_cluster(const SbQcow2Reader *reader, guint64 offset)
{
    return offset % reader->cluster == 0 && offset < reader->file_bytes;
}

static gboolean check_refcount_table(const SbQcow2Reader *reader, GError **error)
{
    gsize bytes = (gsize)(reader->header.refcount_table_clusters * reader->cluster);
    g_autofree guint64 *blocks = g_malloc(bytes);
    if (!read_at(reader, reader->header.refcount_table_offset, blocks, bytes, error))
        return FALSE;
    for (gsize i = 0; i < bytes / 8; i++) {
        guint64 offset = GUINT64_FROM_BE(blocks[i]);
        if (offset != 0 && !is_cluster(reader, offset))
            return damaged(error, "entry %" G_GSIZE_FORMAT " of the refcount table is not inside",
                           i);
    }
    return TRUE;
}

/* The entries have the length of their names. */
static gboolean check_snapshots(const SbQcow2Reader *reader, GError **error)
{
    guint64 at = reader->header.snapshots_offset;
    for (guint32 i = 0; i < reader->header.snapshots; i++) {
        guint8 entry[SB_QCOW2_SNAPSHOT_BYTES];
        if (!read_at(reader, at, entry, sizeof entry, error))
            return FALSE;
        guint16 id_bytes = (guint16)(entry[12] << 8 | entry[13]);
        guint16 name_bytes = (guint16)(entry[14] << 8 | entry[15]);
        guint32 extra_bytes =
            (guint32)entry[36] << 24 | (guint32)entry[37] << 16 | entry[38] << 8 | entry[39];
        if (extra_bytes > MAX_SNAPSHOT_EXTRA)
            return damaged(error,
                           "snapshot %u has %u bytes of extra data, and QEMU reads at most %u",
                           i + 1, extra_bytes, (guint)MAX_SNAPSHOT_EXTRA);
        at += sizeof entry + extra_bytes + id_bytes + name_bytes;
        if (at > reader->file_bytes || at - reader->header.snapshots_offset > MAX_SNAPSHOTS_BYTES)
            return damaged(error, "snapshot %u is not inside the file", i + 1);
        at = (at + 7) & ~G_GUINT64_CONSTANT(7);
    }
    return TRUE;
}

/* The file bytes of a compressed cluster: from OFFSET_OUT, whole sectors. */
static guint64 compressed_bytes(const SbQcow2Reader *reader, guint64 entry, guint64 *offset_out)
{
    guint size_shift = 62 - (reader->header.cluster_bits - 8);
    guint64 sectors = (entry & (COMPRESSED - 1)) >> size_shift;
    *offset_out = entry & ((G_GUINT64_CONSTANT(1) << size_shift) - 1);
    return (sectors + 1) * SECTOR - *offset_out % SECTOR;
}

static gboolean is_data_inside(const SbQcow2Reader *reader, guint64 entry)
{
    guint64 offset = entry & OFFSET_MASK;
    if (!(entry & COMPRESSED))
        return offset == 0 || is_cluster(reader, offset);
    guint64 bytes = compressed_bytes(reader, entry, &offset);
    guint64 end = (reader->file_bytes + SECTOR - 1) / SECTOR * SECTOR;
    return offset < end && bytes <= end - offset;
}

static gsize l2_words(const SbQcow2Reader *reader)
{
    return (gsize)reader->cluster / 8;
}

/* With extended L2, each second word is a map of subclusters. */
static gsize l2_step(const SbQcow2Reader *reader)
{
    return sb_qcow2_has_extended_l2(&reader->header) ? 2 : 1;
}

static gboolean load_l2(SbQcow2Reader *reader, guint32 index, GError **error)
{
    reader->l2_index = index;
    return read_at(reader, reader->l1[index], reader->l2, (gsize)reader->cluster, error);
}

static gboolean check_l2(SbQcow2Reader *reader, guint32 index, GError **error)
{
    guint64 offset = reader->l1[index];
    if (!is_cluster(reader, offset) || reader->cluster > reader->file_bytes - offset)
        return damaged(error, "the L2 table %u is not inside the file", index);
    if (!load_l2(reader, index, error))
        return FALSE;
    for (gsize i = 0; i < l2_words(reader); i += l2_step(reader))
        if (!is_data_inside(reader, GUINT64_FROM_BE(reader->l2[i])))
            return damaged(error,
                           "cluster %" G_GSIZE_FORMAT " of the L2 table %u is not inside the "
                           "file",
                           i / l2_step(reader), index);
    return TRUE;
}

static gboolean check_l1(SbQcow2Reader *reader, GError **error)
{
    const SbQcow2Header *header = &reader->header;
    guint64 tables_bytes = 0;
    reader->l1 = g_new0(guint64, header->l1_entries);
    reader->l2 = g_malloc(reader->cluster);
    if (!read_at(reader, header->l1_offset, reader->l1, (gsize)header->l1_entries * 8, error))
        return FALSE;
    for (guint32 i = 0; i < header->l1_entries; i++) {
        reader->l1[i] = GUINT64_FROM_BE(reader->l1[i]) & OFFSET_MASK;
        if (reader->l1[i] == 0)
            continue;
        /* Without this, few bytes could name the same table millions of times. */
        tables_bytes += reader->cluster;
        if (tables_bytes > reader->file_bytes)
            return damaged(error, "its L2 tables are larger than the file");
        if (!check_l2(reader, i, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the disk ---- */

static gboolean inflate_cluster(guint8 *packed, gsize length, guint8 *cluster, gsize cluster_bytes)
{
    z_stream stream = {.next_in = packed,
                       .avail_in = (uInt)length,
                       .next_out = cluster,
                       .avail_out = (uInt)cluster_bytes};
    /* Without a header, and with the largest window: it reads what a smaller one has written. */
    if (inflateInit2(&stream, -15) != Z_OK)
        return FALSE;
    int result = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    /* QEMU fills the cluster, and does not ask what comes after that. */
    return stream.total_out == cluster_bytes && (result == Z_STREAM_END || result == Z_BUF_ERROR);
}

/* The length of the zstd frame at DATA; 0: there is none. What comes behind it in its last sector
 * would be an error for libarchive. Source: RFC 8878, section 3.1.1. */
static gsize zstd_frame_length(const guint8 *data, gsize length)
{
    enum { MAGIC = 4, CHECKSUM = 4, LAST = 1, RLE = 1, RESERVED = 3 };
    static const gsize dictionary_bytes[] = {0, 1, 2, 4}, size_bytes[] = {0, 2, 4, 8};
    if (length <= MAGIC)
        return 0;
    guint8 flags = data[MAGIC];
    gboolean is_single = flags >> 5 & 1, has_checksum = flags >> 2 & 1;
    gsize at = MAGIC + 1 + !is_single + dictionary_bytes[flags & 3] + size_bytes[flags >> 6] +
               (is_single && flags >> 6 == 0);
    for (gboolean is_last = FALSE; !is_last;) {
        if (at + 3 > length)
            return 0;
        guint32 block = data[at] | (guint32)data[at + 1] << 8 | (guint32)data[at + 2] << 16;
        if ((block >> 1 & 3) == RESERVED)
            return 0;
        is_last = block & LAST;
        at += 3 + ((block >> 1 & 3) == RLE ? 1 : block >> 3);
    }
    at += has_checksum ? CHECKSUM : 0;
    return at <= length ? at : 0;
}

static gboolean unpack_zstd(const guint8 *packed, gsize length, guint8 *cluster,
                            gsize cluster_bytes)
{
    g_autoptr(ReadArchive) archive = archive_read_new();
    struct archive_entry *entry;
    gsize frame = zstd_frame_length(packed, length);
    return frame > 0 && archive_read_support_filter_zstd(archive) == ARCHIVE_OK &&
           archive_read_support_format_raw(archive) == ARCHIVE_OK &&
           archive_read_open_memory(archive, packed, frame) == ARCHIVE_OK &&
           archive_read_next_header(archive, &entry) == ARCHIVE_OK &&
           archive_read_data(archive, cluster, cluster_bytes) == (la_ssize_t)cluster_bytes;
}

/* Makes the compressed cluster of ENTRY the one that is unpacked. */
static gboolean unpack(SbQcow2Reader *reader, guint64 entry, GError **error)
{
    if (reader->unpacked_entry == entry)
        return TRUE;
    guint64 offset;
    gsize length = (gsize)compressed_bytes(reader, entry, &offset), bytes = (gsize)reader->cluster;
    g_autofree guint8 *packed = g_malloc(length);
    if (!reader->unpacked)
        reader->unpacked = g_malloc(bytes);
    reader->unpacked_entry = 0;
    if (!read_at(reader, offset, packed, length, error))
        return FALSE;
    if (!(reader->header.is_zstd ? unpack_zstd(packed, length, reader->unpacked, bytes)
                                 : inflate_cluster(packed, length, reader->unpacked, bytes)))
        return damaged(error,
                       "the compressed cluster at byte %" G_GUINT64_FORMAT " cannot be unpacked",
                       offset);
    reader->unpacked_entry = entry;
    return TRUE;
}

/* The part of a disk for which one entry of a table says where it is. */
static guint64 unit_bytes(const SbQcow2Reader *reader)
{
    return sb_qcow2_has_extended_l2(&reader->header) ? reader->cluster / SUBCLUSTERS
                                                     : reader->cluster;
}

/* Whether the subcluster at byte WITHIN of a cluster has data, as the MAP of the cluster says. */
static gboolean is_allocated(const SbQcow2Reader *reader, guint64 map, guint64 within)
{
    return map >> (within / unit_bytes(reader)) & 1;
}

/* Reads LENGTH bytes at byte WITHIN of the cluster INDEX, all in one unit. */
static gboolean read_unit(SbQcow2Reader *reader, guint64 index, guint64 within, guint8 *buffer,
                          gsize length, GError **error)
{
    guint64 per_table = l2_words(reader) / l2_step(reader);
    guint32 table = (guint32)(index / per_table);
    if (table >= reader->header.l1_entries || reader->l1[table] == 0) {
        memset(buffer, 0, length);
        return TRUE;
    }
    if (reader->l2_index != table && !load_l2(reader, table, error))
        return FALSE;
    const guint64 *words = reader->l2 + index % per_table * l2_step(reader);
    guint64 entry = GUINT64_FROM_BE(words[0]), offset = entry & OFFSET_MASK;
    if (entry & COMPRESSED) {
        if (!unpack(reader, entry, error))
            return FALSE;
        memcpy(buffer, reader->unpacked + within, length);
        return TRUE;
    }
    gboolean is_extended = sb_qcow2_has_extended_l2(&reader->header);
    if (offset == 0 || (is_extended ? !is_allocated(reader, GUINT64_FROM_BE(words[1]), within)
                                    : (entry & ZEROES) != 0)) {
        memset(buffer, 0, length);
        return TRUE;
    }
    return read_at(reader, offset + within, buffer, length, error);
}

gboolean sb_qcow2_reader_read(SbQcow2Reader *reader, guint64 offset, void *buffer, gsize length,
                              GError **error)
{
    for (gsize done = 0; done < length;) {
        guint64 at = offset + done, within = at % reader->cluster;
        gsize part = (gsize)MIN(length - done, unit_bytes(reader) - within % unit_bytes(reader));
        if (!read_unit(reader, at / reader->cluster, within, (guint8 *)buffer + done, part, error))
            return FALSE;
        done += part;
    }
    return TRUE;
}

/* ---- the reader ---- */

SbQcow2Reader *sb_qcow2_reader_new(int fd, const SbQcow2Header *header, guint64 file_bytes,
                                   GError **error)
{
    g_autoptr(SbQcow2Reader) reader = g_new0(SbQcow2Reader, 1);
    reader->fd = fd;
    reader->header = *header;
    reader->file_bytes = file_bytes;
    reader->cluster = G_GUINT64_CONSTANT(1) << header->cluster_bits;
    if (!check_refcount_table(reader, error) || !check_snapshots(reader, error) ||
        !check_l1(reader, error))
        return NULL;
    return g_steal_pointer(&reader);
}

void sb_qcow2_reader_free(SbQcow2Reader *reader)
{
    g_free(reader->l1);
    g_free(reader->l2);
    g_free(reader->unpacked);
    g_free(reader);
}
