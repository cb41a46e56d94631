/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The header of a qcow2 image, and whether the image is plain enough to be trusted.
 *
 * Anybody can write a header. With a backing file or an external data file, QEMU opens another file
 * of the host, and libvirt 9.0 does not notice that. So every image that is not plain is refused
 * here, before QEMU sees it. So is every header that QEMU would not open, because a machine that
 * does not start is a late and obscure answer. Source: QEMU's docs/interop/qcow2.txt and
 * block/qcow2.c.
 *
 * Room: image.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_QCOW2_ERROR (sb_qcow2_error_quark())
GQuark sb_qcow2_error_quark(void);

typedef enum {
    SB_QCOW2_ERROR_NOT_QCOW2, /**< another format, or not an image */
    SB_QCOW2_ERROR_CORRUPT,   /**< a value that no valid image has */
    SB_QCOW2_ERROR_REFUSED,   /**< valid, but it refers to other files, is encrypted, too large, or
                                 unknown */
} SbQcow2Error;

/** This many bytes from the start are enough for sb_qcow2_header_parse(). */
#define SB_QCOW2_HEADER_BYTES 4096

/** The size of an entry of the snapshot table, without what has a length of its own. */
#define SB_QCOW2_SNAPSHOT_BYTES 40

/** The largest virtual size that is accepted, unless the caller says otherwise: 1 TiB. */
#define SB_QCOW2_MAX_VIRTUAL_BYTES (G_GUINT64_CONSTANT(1) << 40)

typedef struct {
    guint version; /**< 2 or 3 */
    guint cluster_bits;
    guint64 virtual_bytes;
    guint32 l1_entries;
    guint64 l1_offset;
    guint64 refcount_table_offset;
    guint32 refcount_table_clusters;
    guint32 refcount_order; /**< a reference count has 2^this bits */
    guint32 snapshots;
    guint64 snapshots_offset;
    guint64 incompatible_features; /**< 0 for version 2 */
    guint64 autoclear_features;    /**< 0 for version 2 */
    gboolean is_zstd;              /**< compressed clusters use zstd, not zlib */
} SbQcow2Header;

/** Whether LENGTH bytes at DATA begin with qcow2's magic. */
gboolean sb_qcow2_has_magic(const guint8 *data, gsize length);

/**
 * Reads and judges a header.
 *
 * @param data        the first SB_QCOW2_HEADER_BYTES of the file, or all of a shorter one
 * @param file_bytes  the size of the whole file, to check offsets against
 * @param max_virtual_bytes  the largest virtual size to accept
 * @param header_out  not written on failure
 * @return FALSE with an SbQcow2Error whose message says what was found
 */
gboolean sb_qcow2_header_parse(const guint8 *data, gsize length, guint64 file_bytes,
                               guint64 max_virtual_bytes, SbQcow2Header *header_out,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether the entries of the L2 tables have 16 bytes: each second 8 are a map of subclusters. */
gboolean sb_qcow2_has_extended_l2(const SbQcow2Header *header);

/**
 * Checks that the header of an overlay still names BACKING_PATH and no other file. A guest that
 * broke out into QEMU could have changed it.
 *
 * @param data  the first SB_QCOW2_HEADER_BYTES of the file
 * @return FALSE with an SbQcow2Error
 */
gboolean sb_qcow2_overlay_check(const guint8 *data, gsize length, const char *backing_path,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
