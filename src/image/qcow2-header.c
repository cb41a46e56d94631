/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/qcow2-header.h"

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"

#include <string.h>

SB_DEFINE_ERROR(sb_qcow2_error, SB_ERRORS_ALL)

enum { VERSION_2_LENGTH = 72, VERSION_3_LENGTH = 104 };

/* QEMU's limits (its block/qcow2.h): an image beyond one of them is not opened. */
enum {
    MAX_L1_BYTES = 32 * 1024 * 1024,
    MAX_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024,
    MAX_SNAPSHOTS = 65536,
    MAX_REFCOUNT_ORDER = 6,
    MIN_SUBCLUSTER_BITS = 9,
    SUBCLUSTERS_BITS = 5,
    MAX_FORMAT_NAME = 15,
    BITMAPS_BYTES = 24,
};

/* The types of header extensions whose content QEMU looks at. */
#define EXTENSION_END 0U
#define EXTENSION_FORMAT 0xe2792acaU
#define EXTENSION_BITMAPS 0x23852875U
#define EXTENSION_ENCRYPTION 0x0537be77U

/* Incompatible features, by bit. */
enum {
    FEATURE_DIRTY = 1 << 0,
    FEATURE_CORRUPT = 1 << 1,
    FEATURE_DATA_FILE = 1 << 2,
    FEATURE_COMPRESSION = 1 << 3,
    FEATURE_EXTENDED_L2 = 1 << 4,
};

/* Autoclear features, by bit. */
enum { FEATURE_BITMAPS = 1 << 0, FEATURE_RAW_DATA_FILE = 1 << 1 };

static guint32 read_u32(const guint8 *at)
{
    guint32 value;
    memcpy(&value, at, sizeof value);
    return GUINT32_FROM_BE(value);
}

static guint64 read_u64(const guint8 *at)
{
    guint64 value;
    memcpy(&value, at, sizeof value);
    return GUINT64_FROM_BE(value);
}

gboolean sb_qcow2_has_magic(const guint8 *data, gsize length)
{
    return length >= 4 && memcmp(data, "QFI\xfb", 4) == 0;
}

gboolean sb_qcow2_has_extended_l2(const SbQcow2Header *header)
{
    return (header->incompatible_features & FEATURE_EXTENDED_L2) != 0;
}

G_GNUC_PRINTF(2, 3) static gboolean corrupt(GError **error, const char *format, ...)
{
    SB_TEXT_FORMAT(what, format);
    return sb_error_set(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_CORRUPT,
                        "the qcow2 header is corrupt: %s", what);
}

static gboolean check_references(const guint8 *data, guint64 features, guint64 autoclear,
                                 GError **error)
{
    const char *why = NULL;
    if (read_u64(data + 8) != 0)
        why = "it has a backing file: flatten it first, with 'qemu-img convert -O qcow2 IN OUT'";
    else if (features & FEATURE_DATA_FILE || autoclear & FEATURE_RAW_DATA_FILE)
        why = "its data is in another file, which the guest could make any file of the host";
    else if (read_u32(data + 32) != 0)
        why = "it is encrypted";
    else if (autoclear & FEATURE_BITMAPS)
        why = "it has the dirty bitmaps of backups: leave them behind, with 'qemu-img convert -O "
              "qcow2 IN OUT'";
    else if (features & FEATURE_CORRUPT)
        why = "it is marked as corrupt: try 'qemu-img check -r all' on a copy";
    else if (features & ~(guint64)(FEATURE_DIRTY | FEATURE_COMPRESSION | FEATURE_EXTENDED_L2))
        why = "it needs features that are not known here (incompatible feature bits)";
    if (!why)
        return TRUE;
    return sb_error_set(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_REFUSED, "the image is refused: %s",
                        why);
}

/* Whether a table of LENGTH bytes at OFFSET begins with a cluster, and is inside the file. */
static gboolean is_inside(const SbQcow2Header *header, guint64 offset, guint64 length,
                          guint64 file_bytes)
{
    return (offset & ((G_GUINT64_CONSTANT(1) << header->cluster_bits) - 1)) == 0 &&
           offset <= file_bytes && length <= file_bytes - offset;
}

static gboolean check_l1(const SbQcow2Header *header, guint64 file_bytes, GError **error)
{
    guint64 cluster = G_GUINT64_CONSTANT(1) << header->cluster_bits;
    /* One L2 table has cluster/8 entries (cluster/16 with extended L2), each for one cluster. */
    guint64 l2_entries = cluster / (sb_qcow2_has_extended_l2(header) ? 16 : 8);
    guint64 l1_needed = header->virtual_bytes / (cluster * l2_entries) +
                        (header->virtual_bytes % (cluster * l2_entries) != 0);
    if (header->l1_entries < l1_needed)
        return corrupt(error, "the L1 table has %u entries, but the size needs %" G_GUINT64_FORMAT,
                       header->l1_entries, l1_needed);
    if (header->l1_entries > MAX_L1_BYTES / 8)
        return corrupt(error, "the L1 table has %u entries, and QEMU reads at most %u",
                       header->l1_entries, (guint)MAX_L1_BYTES / 8);
    if (!is_inside(header, header->l1_offset, (guint64)header->l1_entries * 8, file_bytes))
        return corrupt(error, "the L1 table is not inside the file");
    return TRUE;
}

static gboolean check_refcount_table(const SbQcow2Header *header, guint64 file_bytes,
                                     GError **error)
{
    guint64 cluster = G_GUINT64_CONSTANT(1) << header->cluster_bits;
    if (header->refcount_order > MAX_REFCOUNT_ORDER)
        return corrupt(error, "a reference count has 2^%u bits, and QEMU knows at most 64",
                       header->refcount_order);
    if (header->refcount_table_clusters == 0)
        return corrupt(error, "it has no refcount table");
    if (header->refcount_table_clusters > MAX_REFCOUNT_TABLE_BYTES / cluster)
        return corrupt(error, "the refcount table has %u clusters, and QEMU reads at most %u",
                       header->refcount_table_clusters,
                       (guint)(MAX_REFCOUNT_TABLE_BYTES / cluster));
    /* The last cluster of a file may be cut short. */
    if (!is_inside(header, header->refcount_table_offset,
                   (header->refcount_table_clusters - 1) * cluster, file_bytes))
        return corrupt(error, "the refcount table is not inside the file");
    return TRUE;
}

static gboolean check_snapshots(const SbQcow2Header *header, guint64 file_bytes, GError **error)
{
    if (header->snapshots > MAX_SNAPSHOTS)
        return corrupt(error, "it has %u snapshots, and QEMU reads at most %u", header->snapshots,
                       (guint)MAX_SNAPSHOTS);
    if (!is_inside(header, header->snapshots_offset,
                   (guint64)header->snapshots * SB_QCOW2_SNAPSHOT_BYTES, file_bytes))
        return corrupt(error, "the snapshot table is not inside the file");
    return TRUE;
}

static gboolean check_tables(const SbQcow2Header *header, guint64 file_bytes, GError **error)
{
    if (sb_qcow2_has_extended_l2(header) &&
        header->cluster_bits < MIN_SUBCLUSTER_BITS + SUBCLUSTERS_BITS)
        return corrupt(error, "clusters of 2^%u bytes cannot have subclusters",
                       header->cluster_bits);
    return check_refcount_table(header, file_bytes, error) &&
           check_snapshots(header, file_bytes, error) && check_l1(header, file_bytes, error);
}

/* QEMU reads the extensions when it opens an image, up to the end of the first cluster. Here they
 * must end within the bytes that were read: none that is known needs more. */
static gboolean check_extensions(const guint8 *data, gsize length, gsize from, guint cluster_bits,
                                 GError **error)
{
    gsize end = (gsize)1 << cluster_bits;
    for (gsize at = from; at < end;) {
        if (at + 8 > length && length >= SB_QCOW2_HEADER_BYTES)
            return corrupt(error, "its extensions have more than %u bytes", SB_QCOW2_HEADER_BYTES);
        if (at + 8 > length)
            return TRUE; /* QEMU reads zeroes there, which are the end */
        guint32 type = read_u32(data + at), bytes = read_u32(data + at + 4);
        at += 8;
        if (bytes > end - at)
            return corrupt(error, "a header extension of %u bytes goes beyond the first cluster",
                           bytes);
        if (type == EXTENSION_END)
            return TRUE;
        if (type == EXTENSION_ENCRYPTION)
            return corrupt(error, "it has an encryption header, but is not encrypted");
        if ((type == EXTENSION_FORMAT && bytes > MAX_FORMAT_NAME) ||
            (type == EXTENSION_BITMAPS && bytes != BITMAPS_BYTES))
            return corrupt(error, "a header extension of type %08x has %u bytes", type, bytes);
        at += ((gsize)bytes + 7) & ~(gsize)7;
    }
    return TRUE;
}

static gboolean check_size(const SbQcow2Header *header, guint64 max_virtual_bytes, GError **error)
{
    if (header->virtual_bytes <= max_virtual_bytes)
        return TRUE;
    g_autofree char *size = sb_size_format(header->virtual_bytes);
    g_autofree char *limit = sb_size_format(max_virtual_bytes);
    return sb_error_set(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_REFUSED,
                        "the image is refused: its virtual size is %s, and the limit is %s", size,
                        limit);
}

/* The fields that only version 3 has. */
static gboolean read_version_3(const guint8 *data, gsize length, SbQcow2Header *header,
                               guint32 *header_length_out, GError **error)
{
    if (length < VERSION_3_LENGTH)
        return corrupt(error, "the file ends within it");
    guint32 header_length = read_u32(data + 100);
    /* QEMU refuses a header that is longer than a cluster. */
    if (header_length < VERSION_3_LENGTH || header_length % 8 != 0 ||
        header_length > 1U << header->cluster_bits)
        return corrupt(error, "its own length is given as %u bytes", header_length);
    header->incompatible_features = read_u64(data + 72);
    header->autoclear_features = read_u64(data + 88);
    header->refcount_order = read_u32(data + 96);
    guint8 compression = header_length > 104 && length > 104 ? data[104] : 0;
    if (compression > 1)
        return corrupt(error, "the compression type %u is not known", compression);
    header->is_zstd = compression == 1;
    if (header->is_zstd != !!(header->incompatible_features & FEATURE_COMPRESSION))
        return corrupt(error, "its compression type and its feature bits contradict each other");
    *header_length_out = header_length;
    return TRUE;
}

gboolean sb_qcow2_header_parse(const guint8 *data, gsize length, guint64 file_bytes,
                               guint64 max_virtual_bytes, SbQcow2Header *header_out, GError **error)
{
    if (!sb_qcow2_has_magic(data, length))
        return sb_error_set(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_NOT_QCOW2,
                            "this is not a qcow2 image");
    if (length < VERSION_2_LENGTH)
        return corrupt(error, "the file ends within it");
    SbQcow2Header header = {
        .version = read_u32(data + 4),
        .cluster_bits = read_u32(data + 20),
        .virtual_bytes = read_u64(data + 24),
        .l1_entries = read_u32(data + 36),
        .l1_offset = read_u64(data + 40),
        .refcount_table_offset = read_u64(data + 48),
        .refcount_table_clusters = read_u32(data + 56),
        .refcount_order = 4,
        .snapshots = read_u32(data + 60),
        .snapshots_offset = read_u64(data + 64),
    };
    guint32 header_length = VERSION_2_LENGTH;
    if (header.version != 2 && header.version != 3)
        return sb_error_set(
            error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_REFUSED,
            "the image is refused: it is qcow version %u, and only 2 and 3 are known",
            header.version);
    if (header.cluster_bits < 9 || header.cluster_bits > 21)
        return corrupt(error, "clusters of 2^%u bytes", header.cluster_bits);
    if ((header.version == 3 && !read_version_3(data, length, &header, &header_length, error)) ||
        !check_references(data, header.incompatible_features, header.autoclear_features, error) ||
        !check_size(&header, max_virtual_bytes, error) ||
        !check_tables(&header, file_bytes, error) ||
        !check_extensions(data, length, header_length, header.cluster_bits, error))
        return FALSE;
    *header_out = header;
    return TRUE;
}

gboolean sb_qcow2_overlay_check(const guint8 *data, gsize length, const char *backing_path,
                                GError **error)
{
    if (!sb_qcow2_has_magic(data, length) || length < VERSION_3_LENGTH || read_u32(data + 4) != 3)
        return corrupt(error, "this is not the overlay that was made");
    guint64 name_at = read_u64(data + 8);
    gsize name_length = read_u32(data + 16);
    if (name_length != strlen(backing_path) || name_at > length || name_length > length - name_at ||
        memcmp(data + name_at, backing_path, name_length) != 0 ||
        read_u64(data + 72) & ~(guint64)FEATURE_DIRTY || read_u32(data + 32) != 0)
        return sb_error_set(error, SB_QCOW2_ERROR, SB_QCOW2_ERROR_REFUSED,
                            "its header is not as it was made: something changed it from within "
                            "QEMU, and it may lead to any file of the host");
    return TRUE;
}
