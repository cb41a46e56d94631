/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The content of an image in a pool: read back, compared with what its name and its record say, and
 * written to a file.
 *
 * Room: image.
 * Threads: any, each with its own SbPool.
 */
#pragma once

#include "image/image-file.h"

typedef struct {
    const SbPool *pool;
    const SbImage *image;        /**< its header read */
    const SbImageRecord *record; /**< (nullable) */
    SbImageProgress progress;    /**< (nullable) */
    gpointer data;
} SbImageContent;

/**
 * Reads all of an image, and compares its sha256 with the 16 digits in its name, and with all 64 of
 * the record.
 *
 * @param sha256_out  (nullable) (transfer full) what it has
 * @return FALSE with SB_IMAGE_ERROR_DAMAGED, SB_IMAGE_ERROR_STOPPED or an error of libvirt
 */
gboolean sb_image_content_verify(const SbImageContent *content, char **sha256_out, GError **error);

/**
 * Writes it to a new file at PATH, which gets its name when it is whole and verified. Empty parts
 * become holes.
 *
 * @return FALSE as sb_image_content_verify(), or with SB_IMAGE_ERROR_FILE, also if PATH exists
 */
gboolean sb_image_content_export(const SbImageContent *content, const char *path, GError **error);
