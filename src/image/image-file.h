/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A file that is to become an image: its format, whether it can be trusted, and its content.
 *
 * The file is read twice: first for its digest, which is part of the volume's name, then to send
 * it. It is never unpacked onto a disk. Meanwhile a lease tells whether somebody opens it to write.
 *
 * Room: image.
 * Threads: a file belongs to one thread.
 */
#pragma once

#include "base/digest.h"
#include "image/content-reader.h"
#include "image/efi-boot.h"
#include "image/image.h"
#include "image/qcow2-reader.h"
#include "libvirt/operation.h"

typedef struct {
    int fd;
    gboolean is_compressed;
    SbQcow2Reader *qcow2; /**< (nullable) the disk in it, if it is a qcow2 file as it is */
    const char *format;   /**< of the content: "qcow2" or "raw" */
    SbEfiBoot boot;       /**< what is on it. Of a compressed raw disk, only the start is looked at,
                             and nothing counts as missing; of a compressed qcow2 file, nothing */
    guint64 length_bytes; /**< of the content */
    guint64 virtual_bytes; /**< the size of the disk */
    char *sha256;          /**< of the content */
    char *file_sha256;     /**< (nullable) of the file, if that is compressed */
    gboolean is_leased;    /**< sb_image_file_is_unchanged() can be asked */
} SbImageFile;

/** Frees FILE, and closes it. */
void sb_image_file_free(SbImageFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImageFile, sb_image_file_free)

typedef struct {
    const char *path;
    const SbDigest *digest; /**< (nullable) the sha256 that the file must have, compressed or not */
    gboolean is_raw;        /**< it is a raw disk, also if nothing shows that */
} SbImageFileRequest;

/**
 * Tells how many bytes of a transfer are done, and says whether it may go on.
 *
 * @param what         what is done with them: "reading", "sending"
 * @param total_bytes  0: not known
 * @return FALSE with G_IO_ERROR_CANCELLED
 */
gboolean sb_image_transfer_goes_on(const SbOperation *operation, const char *what,
                                   guint64 done_bytes, guint64 total_bytes,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Opens and judges a file, and reads all of it once. Blocks.
 *
 * @param operation  its host is not used
 * @return (transfer full) or NULL with an SbImageError, SbQcow2Error, SbDiskFormatError,
 * SbContentError or G_IO_ERROR_CANCELLED
 */
SbImageFile *sb_image_file_open(const SbOperation *operation, const SbImageFileRequest *request,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether nobody has opened the leased FILE for writing since it was opened. */
gboolean sb_image_file_is_unchanged(const SbImageFile *file);

/** Reads its content from the start. (transfer full) or NULL with an SbContentError */
SbContentReader *sb_image_file_read(const SbImageFile *file,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
