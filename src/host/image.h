/**
 * @file
 * Images: immutable base volumes in a pool, called `NAME.<first 16 hex digits of the content's
 * sha256>.qcow2`.
 *
 * The name is the tag and the digest is the version; the newest volume of a name is its current
 * version. An upload that was cut off leaves a volume without qcow2's magic, because the first 64
 * KiB are sent last; whoever meets such a volume, and sees that nobody is writing it, removes it.
 * Layer: host. Threads: any, each with its own SbPool.
 */
#pragma once

#include "host/storage.h"

#define SB_IMAGE_ERROR (sb_image_error_quark())
GQuark sb_image_error_quark(void);

typedef enum {
    SB_IMAGE_ERROR_UNKNOWN, /**< no image of that name is in the pool; the message lists those that
                               are */
    SB_IMAGE_ERROR_FILE,    /**< the file to import cannot be read */
    SB_IMAGE_ERROR_REFUSED, /**< the file, or what is in the pool, is not a plain qcow2 image */
} SbImageError;

typedef struct {
    char *name;
    char *digest; /**< 16 hex digits */
    char *volume;
    char *path;
    char *format;          /**< "qcow2" */
    guint64 virtual_bytes; /**< the size of the disk; 0 until sb_image_find() has read the header */
    guint64 file_bytes;
    gint64 modified; /**< seconds since the epoch */
} SbImage;

void sb_image_free(SbImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImage, sb_image_free)

/** The images of a pool, by name, the newest version of each first: of SbImage. (transfer full) or
 * NULL */
GPtrArray *sb_image_list(const SbPool *pool, GError **error);

/** The current version of NAME, its header read and checked. (transfer full) or NULL */
SbImage *sb_image_find(const SbPool *pool, const char *name, GError **error);

/**
 * Imports the qcow2 file at PATH as NAME. What is there already is not sent again.
 *
 * @param is_privileged  whether the volume can be made root's own (sb_host_is_privileged())
 * @param progress       (nullable) called while bytes are sent
 * @param is_new_out     whether anything was sent
 * @return (transfer full) the image, or NULL
 */
SbImage *sb_image_import(const SbPool *pool, const char *name, const char *path,
                         gboolean is_privileged, SbTransferFunc progress, gpointer data,
                         gboolean *is_new_out, GError **error);
