/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/qcow2-writer.h"

#include "base/error.h"
#include "base/workers.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    CLUSTER_BITS = 16,
    CLUSTER = 1 << CLUSTER_BITS,
    SECTOR = 512,
    L2_ENTRIES = CLUSTER / 8,
    REFCOUNTS_PER_BLOCK = CLUSTER / 2, /**< of 16 bits */
    HEADER_LENGTH = 104,
    BATCH = 128, /**< clusters that are compressed at the same time */
    /* QEMU unpacks with a window of 12 bits, whatever the stream would need. */
    WINDOW_BITS = -12,
};

/* Of an entry of the L1 and L2 tables. */
#define COPIED (G_GUINT64_CONSTANT(1) << 63)
#define COMPRESSED (G_GUINT64_CONSTANT(1) << 62)
/** Where the number of further sectors begins in the entry of a compressed cluster. */
#define SECTORS_SHIFT (62 - (CLUSTER_BITS - 8))

SB_DEFINE_ERROR(sb_qcow2_writer_error, SB_ERRORS_NONE)

/* A cluster of the disk on its way. */
typedef struct {
    guint64 index;
    guint8 data[CLUSTER];
    guint8 packed[CLUSTER];
    gsize packed_bytes; /**< 0: it does not become smaller */
} Cluster;

struct SbQcow2Writer {
    int fd;
    guint64 virtual_bytes;
    guint64 done_bytes; /**< of the disk */
    guint64 end;        /**< of the file */
    guint64 **l2;       /**< one for each entry of the L1 table, NULL where all is empty */
    guint32 l1_entries;
    GArray *refcounts; /**< of guint16: of each cluster of the file */
    Cluster *batch;
    guint batched; /**< clusters of the batch that are full */
    gsize filled;  /**< bytes of the next one */
    SbWorkers *workers;
    GMutex lock;
    GCond is_idle;
    guint working; /**< under `lock` */
};

/* ---- compressing ---- */

static void compress_cluster(gpointer item, gpointer data)
{
    Cluster *cluster = item;
    SbQcow2Writer *writer = data;
    z_stream stream = {.next_in = cluster->data,
                       .avail_in = CLUSTER,
                       .next_out = cluster->packed,
                       .avail_out = CLUSTER - 1};
    cluster->packed_bytes = 0;
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS, 9,
                     Z_DEFAULT_STRATEGY) == Z_OK) {
        if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
            cluster->packed_bytes = stream.total_out;
        deflateEnd(&stream);
    }
    g_mutex_lock(&writer->lock);
    if (--writer->working == 0)
        g_cond_signal(&writer->is_idle);
    g_mutex_unlock(&writer->lock);
}

static void compress_batch(SbQcow2Writer *writer)
{
    writer->working = writer->batched;
    for (guint i = 0; i < writer->batched; i++)
        sb_workers_push(writer->workers, &writer->batch[i]);
    g_mutex_lock(&writer->lock);
    while (writer->working > 0)
        g_cond_wait(&writer->is_idle, &writer->lock);
    g_mutex_unlock(&writer->lock);
}

/* ---- the file ---- */

static gboolean write_at(const SbQcow2Writer *writer, guint64 offset, const void *bytes,
                         gsize length, GError **error)
{
    const guint8 *data = bytes;
    while (length > 0) {
        gssize put = pwrite(writer->fd, data, length, (off_t)offset);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return sb_error_set(error, SB_QCOW2_WRITER_ERROR, SB_QCOW2_WRITER_ERROR_FILE,
                                "cannot write the image: %s", g_strerror(errno));
        data += put;
        offset += (guint64)put;
        length -= (gsize)put;
    }
    return TRUE;
}

/* LENGTH bytes at OFFSET belong to something more. */
static void count(SbQcow2Writer *writer, guint64 offset, guint64 length)
{
    guint64 last = (offset + length - 1) >> CLUSTER_BITS;
    if (writer->refcounts->len <= last)
        g_array_set_size(writer->refcounts, (guint)(last + 1));
    for (guint64 i = offset >> CLUSTER_BITS; i <= last; i++)
        g_array_index(writer->refcounts, guint16, i)++;
}

static void align(SbQcow2Writer *writer)
{
    writer->end = (writer->end + CLUSTER - 1) & ~(guint64)(CLUSTER - 1);
}

/* Whole clusters for LENGTH bytes at the end of the file. */
static guint64 allocate(SbQcow2Writer *writer, guint64 length)
{
    align(writer);
    guint64 offset = writer->end;
    writer->end += length;
    align(writer);
    count(writer, offset, writer->end - offset);
    return offset;
}

static void set_entry(SbQcow2Writer *writer, guint64 index, guint64 entry)
{
    guint64 **table = &writer->l2[index / L2_ENTRIES];
    if (!*table)
        *table = g_new0(guint64, L2_ENTRIES);
    (*table)[index % L2_ENTRIES] = GUINT64_TO_BE(entry);
}

/* Compressed clusters lie one right after the other, and are read in sectors. */
static gboolean write_cluster(SbQcow2Writer *writer, const Cluster *cluster, GError **error)
{
    if (cluster->packed_bytes == 0) {
        guint64 offset = allocate(writer, CLUSTER);
        set_entry(writer, cluster->index, offset | COPIED);
        return write_at(writer, offset, cluster->data, CLUSTER, error);
    }
    guint64 offset = writer->end, first = offset / SECTOR;
    guint64 more = (offset + cluster->packed_bytes - 1) / SECTOR - first;
    writer->end += cluster->packed_bytes;
    count(writer, first * SECTOR, (more + 1) * SECTOR);
    set_entry(writer, cluster->index, COMPRESSED | more << SECTORS_SHIFT | offset);
    return write_at(writer, offset, cluster->packed, cluster->packed_bytes, error);
}

static gboolean flush(SbQcow2Writer *writer, GError **error)
{
    compress_batch(writer);
    for (guint i = 0; i < writer->batched; i++)
        if (!write_cluster(writer, &writer->batch[i], error))
            return FALSE;
    writer->batched = 0;
    return TRUE;
}

/* ---- the content ---- */

SbQcow2Writer *sb_qcow2_writer_new(int fd, guint64 virtual_bytes, GError **error)
{
    SbQcow2Writer *writer = g_new0(SbQcow2Writer, 1);
    writer->workers = sb_workers_new(compress_cluster, writer, g_get_num_processors(), error);
    if (!writer->workers) {
        g_free(writer);
        return NULL;
    }
    const guint64 per_l2 = (guint64)L2_ENTRIES * CLUSTER;
    writer->fd = fd;
    writer->virtual_bytes = virtual_bytes;
    writer->l1_entries = (guint32)((virtual_bytes + per_l2 - 1) / per_l2);
    writer->l2 = g_new0(guint64 *, writer->l1_entries);
    writer->refcounts = g_array_new(FALSE, TRUE, sizeof(guint16));
    writer->batch = g_new(Cluster, BATCH);
    g_mutex_init(&writer->lock);
    g_cond_init(&writer->is_idle);
    allocate(writer, CLUSTER); /* the header's */
    return writer;
}

void sb_qcow2_writer_free(SbQcow2Writer *writer)
{
    sb_workers_free(writer->workers);
    for (guint32 i = 0; i < writer->l1_entries; i++)
        g_free(writer->l2[i]);
    g_free(writer->l2);
    g_array_unref(writer->refcounts);
    g_free(writer->batch);
    g_mutex_clear(&writer->lock);
    g_cond_clear(&writer->is_idle);
    g_free(writer);
}

static gboolean is_zero(const guint8 *data)
{
    return data[0] == 0 && memcmp(data, data + 1, CLUSTER - 1) == 0;
}

/* The cluster that ends where the content is now is complete. */
static gboolean end_cluster(SbQcow2Writer *writer, GError **error)
{
    Cluster *cluster = &writer->batch[writer->batched];
    memset(cluster->data + writer->filled, 0, CLUSTER - writer->filled);
    writer->filled = 0;
    if (is_zero(cluster->data))
        return TRUE;
    cluster->index = (writer->done_bytes - 1) / CLUSTER;
    return ++writer->batched < BATCH || flush(writer, error);
}

gboolean sb_qcow2_writer_add(SbQcow2Writer *writer, const guint8 *data, guint64 length,
                             GError **error)
{
    if (length > writer->virtual_bytes - writer->done_bytes)
        return sb_error_set(error, SB_QCOW2_WRITER_ERROR, SB_QCOW2_WRITER_ERROR_SIZE,
                            "the disk has more than its %" G_GUINT64_FORMAT " bytes",
                            writer->virtual_bytes);
    while (length > 0) {
        if (!data && writer->filled == 0 && length >= CLUSTER) {
            guint64 skipped = length & ~(guint64)(CLUSTER - 1);
            writer->done_bytes += skipped;
            length -= skipped;
            continue;
        }
        gsize part = (gsize)MIN(length, CLUSTER - writer->filled);
        guint8 *to = writer->batch[writer->batched].data + writer->filled;
        if (data)
            memcpy(to, data, part);
        else
            memset(to, 0, part);
        data = data ? data + part : NULL;
        length -= part;
        writer->filled += part;
        writer->done_bytes += part;
        if (writer->filled == CLUSTER && !end_cluster(writer, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the tables ---- */

static gboolean write_l1(SbQcow2Writer *writer, guint64 *offset_out, GError **error)
{
    g_autofree guint64 *l1 = g_new0(guint64, writer->l1_entries);
    for (guint32 i = 0; i < writer->l1_entries; i++) {
        if (!writer->l2[i])
            continue;
        guint64 offset = allocate(writer, CLUSTER);
        l1[i] = GUINT64_TO_BE(offset | COPIED);
        if (!write_at(writer, offset, writer->l2[i], CLUSTER, error))
            return FALSE;
    }
    *offset_out = allocate(writer, (guint64)writer->l1_entries * 8);
    return write_at(writer, *offset_out, l1, (gsize)writer->l1_entries * 8, error);
}

/* Refcount blocks count themselves and their table, too: as many as all that need. */
static gboolean write_refcounts(SbQcow2Writer *writer, guint64 *offset_out, guint32 *clusters_out,
                                GError **error)
{
    align(writer);
    guint64 before = writer->end >> CLUSTER_BITS, blocks = 0, table = 0, needed = 1;
    while (blocks < needed) {
        blocks = needed;
        table = (blocks * 8 + CLUSTER - 1) / CLUSTER;
        needed = (before + blocks + table + REFCOUNTS_PER_BLOCK - 1) / REFCOUNTS_PER_BLOCK;
    }
    guint64 first_block = allocate(writer, blocks * CLUSTER);
    *offset_out = allocate(writer, table * CLUSTER);
    *clusters_out = (guint32)table;
    g_autofree guint64 *pointers = g_new0(guint64, table * CLUSTER / 8);
    g_autofree guint16 *counts = g_new0(guint16, blocks * REFCOUNTS_PER_BLOCK);
    for (guint64 i = 0; i < blocks; i++)
        pointers[i] = GUINT64_TO_BE(first_block + i * CLUSTER);
    for (guint i = 0; i < writer->refcounts->len; i++)
        counts[i] = GUINT16_TO_BE(g_array_index(writer->refcounts, guint16, i));
    return write_at(writer, first_block, counts, blocks * CLUSTER, error) &&
           write_at(writer, *offset_out, pointers, table * CLUSTER, error);
}

static void put32(guint8 *at, guint32 value)
{
    value = GUINT32_TO_BE(value);
    memcpy(at, &value, sizeof value);
}

static void put64(guint8 *at, guint64 value)
{
    value = GUINT64_TO_BE(value);
    memcpy(at, &value, sizeof value);
}

gboolean sb_qcow2_writer_finish(SbQcow2Writer *writer, GError **error)
{
    guint64 l1_offset, refcounts_offset;
    guint32 refcounts_clusters;
    if (writer->done_bytes != writer->virtual_bytes)
        return sb_error_set(error, SB_QCOW2_WRITER_ERROR, SB_QCOW2_WRITER_ERROR_SIZE,
                            "the disk has %" G_GUINT64_FORMAT
                            " bytes, and should have %" G_GUINT64_FORMAT,
                            writer->done_bytes, writer->virtual_bytes);
    if ((writer->filled > 0 && !end_cluster(writer, error)) || !flush(writer, error) ||
        !write_l1(writer, &l1_offset, error) ||
        !write_refcounts(writer, &refcounts_offset, &refcounts_clusters, error))
        return FALSE;
    /* Past its end come zeroes: the end of its extensions. What is not set is 0, too. */
    guint8 header[HEADER_LENGTH + 8] = "QFI\xfb";
    put32(header + 4, 3); /* the version */
    put32(header + 20, CLUSTER_BITS);
    put64(header + 24, writer->virtual_bytes);
    put32(header + 36, writer->l1_entries);
    put64(header + 40, l1_offset);
    put64(header + 48, refcounts_offset);
    put32(header + 56, refcounts_clusters);
    put32(header + 96, 4); /* refcounts of 2^4 bits */
    put32(header + 100, HEADER_LENGTH);
    /* The file ends with a whole cluster, also where its last bytes are a hole. */
    if (ftruncate(writer->fd, (off_t)writer->end) < 0)
        return sb_error_set(error, SB_QCOW2_WRITER_ERROR, SB_QCOW2_WRITER_ERROR_FILE,
                            "cannot write the image: %s", g_strerror(errno));
    return write_at(writer, 0, header, sizeof header, error);
}
