/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Images: immutable base volumes in a pool, called `NAME.<first 16 hex digits of the content's
 * sha256>.qcow2`, or `.raw`.
 *
 * The name is the tag and the digest is the version. The last import under a name is its current
 * version. Beside each image is its record (model/image-record.h), which is written again when an
 * old version becomes the current one again. The first 4 KiB of a volume are sent last. A volume
 * without them is an upload that goes on, or was cut off; the next import removes it if no process
 * writes it any more (image/image-import.h).
 *
 * Room: image.
 * Threads: any, each with its own SbPool.
 */
#pragma once

#include "base/digest.h"
#include "image/qcow2-header.h"
#include "libvirt/storage.h"
#include "model/image-record.h"

#define SB_IMAGE_ERROR (sb_image_error_quark())
GQuark sb_image_error_quark(void);

typedef enum {
    SB_IMAGE_ERROR_UNKNOWN,    /**< no image of that name is in the pool; the message lists those
                                  that are */
    SB_IMAGE_ERROR_FILE,       /**< the file to import cannot be read */
    SB_IMAGE_ERROR_REFUSED,    /**< the file is not an image that can be trusted */
    SB_IMAGE_ERROR_DIGEST,     /**< the file has another digest than it must have */
    SB_IMAGE_ERROR_INCOMPLETE, /**< the volume's upload is not finished */
    SB_IMAGE_ERROR_DAMAGED,    /**< the volume's content is not the one that was imported */
    SB_IMAGE_ERROR_FUTURE,     /**< another version has a time in the future, and stays current */
    SB_IMAGE_ERROR_TAKEN, /**< another process believed that this import is dead, and does it */
} SbImageError;

/** This many bytes from the start are enough to judge a volume. */
#define SB_IMAGE_HEAD_BYTES (64 * 1024)

/** This many bytes at the start are sent last: without them, neither libvirt nor QEMU takes a
 * volume for a qcow2. */
#define SB_IMAGE_LAST_BYTES 4096

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

/** Frees IMAGE, which is (nullable). */
void sb_image_free(SbImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImage, sb_image_free)

/** The name of the volume of an image with this content. (transfer full) */
char *sb_image_volume_name(const char *name, const char *sha256, const char *format);

/**
 * Checks that IMAGE, which was just imported, is the newest version of its name. A version that was
 * written while the clock of the libvirt host was ahead stays the newest until then.
 *
 * @return FALSE with SB_IMAGE_ERROR_FUTURE or an SbLibvirtError
 */
gboolean sb_image_check_newest(const SbPool *pool, const SbImage *image,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The command that gets the image NAME into a pool: of the catalogue that ships, or else from a
 * file. (transfer full) */
char *sb_image_command_for(const char *name);

/** Lists the images of a pool, by name, the newest version of each first: of SbImage. (transfer
 * full) or NULL with an SbLibvirtError */
GPtrArray *sb_image_list(const SbPool *pool, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The images among VOLUMES (of SbVolumeInfo), in the order of sb_image_list(). Volumes that are
 * not called as an image are passed over. (transfer full) */
GPtrArray *sb_images_from_volumes(const GPtrArray *volumes);

/**
 * Judges the start of the volume of IMAGE, whose `file_bytes` are set, and sets the sizes that
 * follow from it.
 *
 * @param head  the first SB_IMAGE_HEAD_BYTES, or all if there are fewer
 * @return FALSE with SB_IMAGE_ERROR_INCOMPLETE, SB_IMAGE_ERROR_DAMAGED or an SbQcow2Error
 */
gboolean sb_image_judge_head(SbImage *image, const guint8 *head, gsize length,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Whether ERROR, of sb_image_read_header(), says that the image is damaged: its first bytes are not
 * those that were imported.
 */
gboolean sb_image_is_damage(const GError *error);

/**
 * Reads and judges the start of the volume: libvirt remembers the format that a volume was made
 * with.
 *
 * @return FALSE with SB_IMAGE_ERROR_INCOMPLETE, an error of sb_image_is_damage(), or an
 * SbLibvirtError
 */
gboolean sb_image_read_header(const SbPool *pool, SbImage *image,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Finds the current version of NAME, and reads and checks its header.
 *
 * @return (transfer full) or NULL with SB_IMAGE_ERROR_UNKNOWN, or with an error of
 * sb_image_read_header(): SB_IMAGE_ERROR_INCOMPLETE if no version is whole
 */
SbImage *sb_image_find(const SbPool *pool, const char *name,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The record of IMAGE.
 *
 * @param record_out  (transfer full) (nullable) NULL: it has none, or what is there says nothing
 * about IMAGE
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_image_load_record(const SbPool *pool, const SbImage *image, SbImageRecord **record_out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether IMAGE with RECORD (nullable), or the file that it was imported from, has the sha256
 * DIGEST. Without a record, 16 digits are compared. */
gboolean sb_image_has_digest(const SbImage *image, const SbImageRecord *record,
                             const SbDigest *digest);

/** Removes the volume of an image, then its record. FALSE with an SbLibvirtError. The result may be
 * dropped. */
gboolean sb_image_delete(const SbPool *pool, const SbImage *image, GError **error);

/**
 * Removes the records that have no image: a removal that was killed left them.
 *
 * @param name  (nullable) only those of this image
 * @param count_out  how many were removed
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_image_sweep_records(const SbPool *pool, const char *name, guint *count_out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
