/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The content of a volume, written and read as a stream. Where libvirtd can do so, empty parts are
 * not sent, only their length is.
 *
 * Room: libvirt.
 * Threads: a stream belongs to one thread.
 */
#pragma once

#include "libvirt/storage.h"

typedef struct SbVolumeWriter SbVolumeWriter;

/**
 * Begins to write LENGTH_BYTES at OFFSET of VOLUME.
 *
 * While empty parts are skipped, libvirtd cuts the file behind them. So the upload must reach to
 * the end of the volume, or have no holes (IS_SPARSE FALSE).
 *
 * @return (transfer full) or NULL with an SbLibvirtError
 */
SbVolumeWriter *sb_volume_writer_new(virStorageVol *volume, guint64 offset, guint64 length_bytes,
                                     gboolean is_sparse, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Frees WRITER, and aborts an upload that was not finished. */
void sb_volume_writer_free(SbVolumeWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbVolumeWriter, sb_volume_writer_free)

/** Sends LENGTH bytes more; DATA NULL: zeroes. FALSE with an SbLibvirtError. */
gboolean sb_volume_writer_add(SbVolumeWriter *writer, const guint8 *data, guint64 length,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Waits until libvirtd has written all of it. FALSE with an SbLibvirtError. */
gboolean sb_volume_writer_finish(SbVolumeWriter *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Called with each part of a volume.
 *
 * @param data  NULL: LENGTH zeroes
 * @return FALSE, with an error, to stop
 */
typedef gboolean (*SbVolumePartFunc)(const guint8 *data, guint64 length, gpointer user_data,
                                     GError **error);

/** Reads all of VOLUME, in order. FALSE with an SbLibvirtError, or the error of PART. */
gboolean sb_volume_read_all(virStorageVol *volume, SbVolumePartFunc part, gpointer user_data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Writes all of BYTES into VOLUME at its start.
 *
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_volume_upload_bytes(virStorageVol *volume, GBytes *bytes,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads VOLUME from OFFSET to its end, at most MAX_BYTES.
 *
 * @return (transfer full) or NULL with an SbLibvirtError
 */
GBytes *sb_volume_download(virStorageVol *volume, guint64 offset, gsize max_bytes,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads the first MAX_BYTES, or fewer, of the volume NAME.
 *
 * @param bytes_out  (transfer full) NULL: the volume is missing
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_volume_read_if_there(const SbPool *pool, const char *name, gsize max_bytes,
                                 GBytes **bytes_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
