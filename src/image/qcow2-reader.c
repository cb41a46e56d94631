/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/qcow2-reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Of the entries of the L1 and L2 tables. */
#define OFFSET_MASK G_GUINT64_CONSTANT(0x00fffffffffffe00)
#define COMPRESSED (G_GUINT64_CONSTANT(1) << 62)

enum { SECTOR = 512, MAX_SNAPSHOT_EXTRA = 1024, MAX_SNAPSHOTS_BYTES = 64 * 1024 * 1024 };

struct SbQcow2Reader {
    int fd;
    SbQcow2Header header;
    guint64 file_bytes;
    guint64 cluster;
    guint64 *l1; /* in the host's byte order; 0: all of it is empty */
    guint64 *l2; /* one table, as it is in the file */
};

G_GNUC_PRINTF(2, 3) static gboolean damaged(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_CORRUPT,
                "the qcow2 file is damaged, or was cut off: %s", what);
    return FALSE;
}

/* All of LENGTH bytes; those behind the end of the file are 0, as they are for QEMU. */
static gboolean read_at(const SbQcow2Reader *reader, guint64 offset, void *buffer, gsize length,
                        GError **error)
{
    gsize done = 0;
    while (done < length) {
        gssize got =
            pread(reader->fd, (guint8 *)buffer + done, length - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            g_set_error(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_READ, "cannot read it: %s",
                        g_strerror(errno));
            return FALSE;
        }
        if (got == 0)
            break;
        done += (gsize)got;
    }
    memset((guint8 *)buffer + done, 0, length - done);
    return TRUE;
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

static gboolean check_l2(SbQcow2Reader *reader, guint32 index, GError **error)
{
    guint64 offset = reader->l1[index];
    if (!is_cluster(reader, offset) || reader->cluster > reader->file_bytes - offset)
        return damaged(error, "the L2 table %u is not inside the file", index);
    if (!read_at(reader, offset, reader->l2, (gsize)reader->cluster, error))
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
    g_free(reader);
}
