/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The content of an image in a pool: read back, compared with what its name and its record say, and
 * written to a file.
 *
 * Room: image.
 * Threads: that of the default main loop, which runs meanwhile.
 */
#pragma once

#include "image/image-file.h"

typedef struct {
    const SbPool *pool;
    const SbImage *image;        /**< its header read */
    const SbImageRecord *record; /**< (nullable) */
} SbImageContent;

/**
 * Reads all of an image, and compares its sha256 with the 16 digits in its name, and with all 64 of
 * the record.
 *
 * @param operation   its host is not used
 * @param sha256_out  (nullable) (transfer full) the sha256 of the content
 * @return FALSE with SB_IMAGE_ERROR_DAMAGED, G_IO_ERROR_CANCELLED or an error of libvirt
 */
gboolean sb_image_content_verify(const SbOperation *operation, const SbImageContent *content,
                                 char **sha256_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Writes the content to a new file at PATH. The file gets its name when it is whole and verified.
 * Empty parts become holes.
 *
 * @param operation  its host is not used
 * @return FALSE as sb_image_content_verify(), or with SB_IMAGE_ERROR_FILE, also if PATH exists
 */
gboolean sb_image_content_export(const SbOperation *operation, const SbImageContent *content,
                                 const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
