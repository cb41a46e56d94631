/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The pool that images are in: the one that the user names, or the default one, which is made when
 * the first image is imported.
 *
 * Room: image.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/host.h"
#include "libvirt/storage.h"
#include "model/volume-names.h"

/**
 * Opens the pool that an image is looked for in.
 *
 * @param name   (nullable) NULL: the default pool
 * @param image  the name of the image
 * @return (transfer full) or NULL with an SbLibvirtError, SB_STORAGE_ERROR_POOL_TYPE, or, if the
 * default pool does not exist yet, SB_IMAGE_ERROR_UNKNOWN, because then there is no image either
 */
SbPool *sb_image_pool_open(virConnect *connection, const char *name, const char *image,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Sets SB_IMAGE_ERROR_UNKNOWN for IMAGE, because the default pool does not exist yet. */
void sb_image_pool_set_missing(GError **error, const char *image);

/**
 * Opens a pool. It is not an error if the default pool does not exist yet.
 *
 * @param name      (nullable) NULL: the default pool
 * @param pool_out  (transfer full) NULL if the default pool does not exist yet
 * @return FALSE with an SbLibvirtError or SB_STORAGE_ERROR_POOL_TYPE
 */
gboolean sb_image_pool_open_if_there(virConnect *connection, const char *name, SbPool **pool_out,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Opens a pool, and makes the default one if it does not exist.
 *
 * @param name  (nullable) NULL: the default pool
 * @return (transfer full) or NULL with an SbLibvirtError or SB_STORAGE_ERROR_POOL_TYPE
 */
SbPool *sb_image_pool_make(const SbLease *lease, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
