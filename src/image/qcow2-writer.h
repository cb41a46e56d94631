/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Writes a disk as a compressed qcow2 file, from its content in order.
 *
 * qemu-img could, but only where it can open the source itself; this is fed by a volume's stream,
 * from any libvirt host. The file is the same for the same content. Source: QEMU's
 * docs/interop/qcow2.txt.
 *
 * Room: image.
 * Threads: a writer belongs to one thread; it compresses in others.
 */
#pragma once

#include <glib.h>

#define SB_QCOW2_WRITER_ERROR (sb_qcow2_writer_error_quark())
GQuark sb_qcow2_writer_error_quark(void);

typedef enum {
    SB_QCOW2_WRITER_ERROR_FILE, /**< the file cannot be written */
    SB_QCOW2_WRITER_ERROR_SIZE, /**< more, or less, content than the disk has */
} SbQcow2WriterError;

typedef struct SbQcow2Writer SbQcow2Writer;

/**
 * Begins a file.
 *
 * @param fd             an empty file, open for writing; it stays the caller's
 * @param virtual_bytes  the size of the disk, a multiple of 512
 * @return (transfer full) or NULL with a GThreadError: the file is compressed by several threads
 */
SbQcow2Writer *sb_qcow2_writer_new(int fd, guint64 virtual_bytes,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Frees the writer. Leaves its file open. */
void sb_qcow2_writer_free(SbQcow2Writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbQcow2Writer, sb_qcow2_writer_free)

/**
 * Adds the next LENGTH bytes of the disk.
 *
 * @param data  (nullable) NULL: zeroes
 * @return FALSE with an SbQcow2WriterError
 */
gboolean sb_qcow2_writer_add(SbQcow2Writer *writer, const guint8 *data, guint64 length,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Writes the tables, and the header last: before that, the file is not a qcow2. FALSE
 * with an SbQcow2WriterError. */
gboolean sb_qcow2_writer_finish(SbQcow2Writer *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
