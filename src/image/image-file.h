/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A file that is to become an image: what it is, whether it can be trusted, and its content.
 *
 * It is read twice: once to know its digest, which is part of the volume's name, and once to send
 * it. Nothing is unpacked onto a disk in between.
 *
 * Room: image.
 * Threads: a file belongs to one thread.
 */
#pragma once

#include "base/digest.h"
#include "image/content-reader.h"
#include "image/image.h"

/** What is done with the bytes just now. */
typedef enum {
    SB_IMAGE_READING, /**< the file is read, for its digest */
    SB_IMAGE_SENDING, /**< the content is sent into the pool, or out of it */
    SB_IMAGE_WAITING, /**< another process sends it */
} SbImagePhase;

/** Called at least for every MiB. TOTAL_BYTES is 0 where it is not known. FALSE stops. */
typedef gboolean (*SbImageProgress)(SbImagePhase phase, guint64 done_bytes, guint64 total_bytes,
                                    gpointer data);

typedef struct {
    int fd;
    gboolean is_compressed;
    const char *format;    /**< of the content: "qcow2" or "raw" */
    guint64 length_bytes;  /**< of the content */
    guint64 virtual_bytes; /**< the size of the disk */
    char *sha256;          /**< of the content */
    char *file_sha256;     /**< (nullable) of the file, if that is compressed */
} SbImageFile;

void sb_image_file_free(SbImageFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImageFile, sb_image_file_free)

typedef struct {
    const char *path;
    const SbDigest *digest;   /**< (nullable) a sha256 that the file, as it is there, must have */
    gboolean is_raw;          /**< it is a raw disk, also if nothing shows that */
    guint64 max_bytes;        /**< the largest virtual size */
    SbImageProgress progress; /**< (nullable) */
    gpointer data;
} SbImageFileRequest;

/**
 * Opens and judges a file, and reads all of it once.
 *
 * @return (transfer full) or NULL with an SbImageError, SbQcow2Error, SbDiskFormatError or
 * SbContentError
 */
SbImageFile *sb_image_file_open(const SbImageFileRequest *request, GError **error);

/** Reads its content from the start. (transfer full) or NULL */
SbContentReader *sb_image_file_read(const SbImageFile *file, GError **error);
