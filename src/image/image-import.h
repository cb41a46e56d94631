/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Puts a file into a pool as an image. A process that is killed at any moment leaves no wrong
 * image.
 *
 * First the volume is made, which only one of several processes can do, and gets a claim that names
 * this process. Then come its content from byte 4096 on, its record, and the first 4 KiB. These are
 * sent only if the content has the digest in the volume's name. Other processes that want the same
 * image wait while the process of the claim runs, and remove the volume of a dead one.
 *
 *     phase  what happened                                        next
 *     MAKE   the volume is made, and all of it was sent           MADE
 *     MAKE   another process has made it, or has taken it over    WAIT, at most 20 times
 *     MAKE   anything else                                        FAILED
 *     WAIT   the volume is complete                               THERE
 *     WAIT   it does not exist, or its process is dead            MAKE
 *     WAIT   it is damaged, or the import is cancelled            FAILED
 *
 * Room: image.
 * Threads: any, each with its own SbPool.
 */
#pragma once

#include "image/image-file.h"

typedef struct {
    const char *name;        /**< a valid one: base/names.h */
    SbImageFileRequest file; /**< what is imported */
    SbImageRecord *record;   /**< where it comes from; the import sets the digests in it */
} SbImageImport;

/**
 * Opens, judges and reads the file of an import; a file that is refused needs no pool. Blocks.
 *
 * If the record does not say the architecture, that of the file's boot loader is written into it.
 *
 * @return (transfer full) or NULL with an error of sb_image_file_open(), or SB_IMAGE_ERROR_REFUSED
 * if the record says another architecture than the boot loader
 */
SbImageFile *sb_image_import_open(const SbOperation *operation, const SbImageImport *request,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Imports FILE; it becomes the current version of its name. Content that the pool has is not sent
 * again. Blocks.
 *
 * @param file        from sb_image_import_open()
 * @param is_new_out  whether anything was sent
 * @return (transfer full) the image, or NULL with an SbImageError, G_IO_ERROR_CANCELLED or an error
 * of libvirt
 */
SbImage *sb_image_import(const SbOperation *operation, const SbPool *pool,
                         const SbImageImport *request, const SbImageFile *file,
                         gboolean *is_new_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Whether IMAGE is the rest of an upload whose process is gone.
 *
 * FALSE also if that process is not known, such as a process of another host.
 */
gboolean sb_image_is_abandoned(const SbPool *pool, const SbImage *image);
