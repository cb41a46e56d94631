/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A plain qcow2 file: whether its tables lead to places inside the file, and the disk in it, as a
 * guest sees it.
 *
 * A file that was cut off has a good header: only its tables show that clusters are missing. QEMU
 * opens such a file, and the guest meets the damage. Source: QEMU's docs/interop/qcow2.txt.
 *
 * Room: image.
 * Threads: a reader belongs to one thread.
 */
#pragma once

#include "image/qcow2-header.h"

typedef struct SbQcow2Reader SbQcow2Reader;

/**
 * Opens a file, and checks its tables: each entry of the refcount, L1 and L2 tables, and the list
 * of its snapshots. Reads no data, and at most as much as the tables have.
 *
 * @param fd          of a regular file; its position is neither used nor moved. It stays the
 * caller's
 * @param header      from sb_qcow2_header_parse() of the same file
 * @param file_bytes  the size of the file
 * @return (transfer full) or NULL with SB_QCOW2_ERROR_CORRUPT or SB_CONTENT_ERROR_READ
 */
SbQcow2Reader *sb_qcow2_reader_new(int fd, const SbQcow2Header *header, guint64 file_bytes,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Frees the reader. Leaves its file open. */
void sb_qcow2_reader_free(SbQcow2Reader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbQcow2Reader, sb_qcow2_reader_free)

/**
 * Reads LENGTH bytes of the disk at OFFSET. Empty parts, and those behind its end, are 0.
 *
 * @return FALSE with SB_QCOW2_ERROR_CORRUPT or SB_CONTENT_ERROR_READ
 */
gboolean sb_qcow2_reader_read(SbQcow2Reader *reader, guint64 offset, void *buffer, gsize length,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
