/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Images: immutable base volumes in a pool, called `NAME.<first 16 hex digits of the content's
 * sha256>.qcow2`, or `.raw`.
 *
 * The name is the tag and the digest is the version; what was imported last under a name is its
 * current version. Beside each there is its record (model/image-record.h), which is written anew
 * when an old version becomes the current one again. An upload that was cut off leaves a volume
 * whose first 4 KiB are not there yet, because they are sent last; whoever meets such a volume, and
 * sees that nobody is writing it, removes it (image/image-import.h).
 *
 * Room: image.
 * Threads: any, each with its own SbPool.
 */
#pragma once

#include "base/digest.h"
#include "libvirt/storage.h"
#include "model/image-record.h"
#include "model/qcow2-header.h"

#define SB_IMAGE_ERROR (sb_image_error_quark())
GQuark sb_image_error_quark(void);

typedef enum {
    SB_IMAGE_ERROR_UNKNOWN,    /**< no image of that name is in the pool; the message lists those
                                  that are */
    SB_IMAGE_ERROR_FILE,       /**< the file to import cannot be read */
    SB_IMAGE_ERROR_REFUSED,    /**< the file is no image that can be trusted */
    SB_IMAGE_ERROR_DIGEST,     /**< the file is not what it should be */
    SB_IMAGE_ERROR_INCOMPLETE, /**< the volume's upload is not finished */
    SB_IMAGE_ERROR_DAMAGED,    /**< the volume's content is not what its name says */
    SB_IMAGE_ERROR_TAKEN,      /**< another process took the import for dead, and does it */
} SbImageError;

/** So many bytes from the start are enough to judge a volume. */
#define SB_IMAGE_HEAD_BYTES (64 * 1024)

/** So many are sent last: without them, neither libvirt nor QEMU takes a volume for a qcow2. */
#define SB_IMAGE_LAST_BYTES 4096

/** What is at the start of a volume while it is written: then who writes it (local/process-id.h),
 * and a newline. */
#define SB_IMAGE_CLAIM "seedbed is writing this image: "

typedef struct {
    char *name;
    char *digest; /**< 16 hex digits */
    char *volume;
    char *path;
    const char *format;      /**< "qcow2" or "raw" */
    guint64 virtual_bytes;   /**< the size of the disk; 0 until sb_image_read_header() */
    guint64 file_bytes;      /**< of the volume's content; 0 until then */
    SbQcow2Header qcow2;     /**< of a qcow2 image; all 0 until then */
    guint64 allocated_bytes; /**< that it takes in the pool */
    gint64 imported_us; /**< when it became the current version: microseconds since the epoch */
    gboolean has_record;
} SbImage;

void sb_image_free(SbImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImage, sb_image_free)

/** The name of the volume of an image with this content. (transfer full) */
char *sb_image_volume_name(const char *name, const char *sha256, const char *format);

/** The images of a pool, by name, the newest version of each first: of SbImage. (transfer full) or
 * NULL */
GPtrArray *sb_image_list(const SbPool *pool, GError **error);

/**
 * Reads and judges the start of the volume: libvirt remembers the format that a volume was made
 * with.
 *
 * @return FALSE with SB_IMAGE_ERROR_INCOMPLETE, an SbQcow2Error or another error
 */
gboolean sb_image_read_header(const SbPool *pool, SbImage *image, GError **error);

/** The current version of NAME, its header read and checked. (transfer full) or NULL */
SbImage *sb_image_find(const SbPool *pool, const char *name, GError **error);

/** The record of IMAGE; NULL if there is none that can be read. (transfer full) */
SbImageRecord *sb_image_load_record(const SbPool *pool, const SbImage *image);

/** Whether IMAGE, or the file that it was imported from, has the sha256 DIGEST. */
gboolean sb_image_has_digest(const SbPool *pool, const SbImage *image, const SbDigest *digest);

/** Removes the volume of an image, then its record. */
gboolean sb_image_delete(const SbPool *pool, const SbImage *image, GError **error);

/** Removes records of NAME whose image is not there: what a killed removal left. */
void sb_image_sweep_records(const SbPool *pool, const char *name);
