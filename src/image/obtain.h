/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How an image gets into a pool from outside: from a file or a URL, and only if the pool does not
 * have it.
 *
 * Events: SB_EVENT_PROGRESS, and SB_EVENT_NOTE for the results.
 *
 * Room: image.
 * Threads: that of the default main loop, which runs meanwhile.
 */
#pragma once

#include "image/fetch.h"
#include "image/image-file.h"

/** What an image is to be in the pool. */
typedef struct {
    const char *name;
    const char *arch;      /**< (nullable) "aarch64" or "x86_64"; NULL: not known */
    const char *pool_name; /**< (nullable) NULL: the default pool, made if it does not exist */
    const char *catalogue; /**< (nullable) its name in the catalogue, if it comes from there */
} SbImageTarget;

/** Where a fleet file says that an image comes from. */
typedef struct {
    const char *url;        /**< (nullable) */
    const char *path;       /**< (nullable) an absolute one; one of the two is set */
    const SbDigest *digest; /**< the sha256 that the file must have */
} SbImageOrigin;

/**
 * Imports a file. Content that the pool has is not sent again.
 *
 * @return FALSE with an SbNamesError, an SbImageError, an SbQcow2Error, an SbDiskFormatError, an
 * SbContentError, an SbLibvirtError or G_IO_ERROR_CANCELLED
 */
gboolean sb_image_obtain_file(const SbOperation *operation, const SbImageTarget *target,
                              const SbImageFileRequest *file,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Fetches a file with sb_fetch(), and imports it.
 *
 * @return FALSE with an error of sb_fetch() or sb_image_obtain_file()
 */
gboolean sb_image_obtain_url(const SbOperation *operation, const SbImageTarget *target,
                             const SbFetchRequest *request,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes sure that the current version of an image is the one that a fleet file names: imports or
 * fetches it if the pool does not have it.
 *
 * @return FALSE with an error of sb_image_obtain_file() or sb_image_obtain_url()
 */
gboolean sb_image_obtain(const SbOperation *operation, const SbImageTarget *target,
                         const SbImageOrigin *origin, GError **error) G_GNUC_WARN_UNUSED_RESULT;
