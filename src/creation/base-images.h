/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Puts the images that a fleet file names by a URL or a path into the pool, before a machine needs
 * them.
 *
 * Room: creation.
 * Threads: that of the default main loop, which runs meanwhile.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "libvirt/operation.h"

/**
 * Fetches or imports each image that FLEET names by a URL or a path, if the pool does not have it.
 * Tells SB_EVENT_PROGRESS and SB_EVENT_NOTE.
 *
 * @param pool_name  (nullable) NULL: the default pool, made if it does not exist
 * @return FALSE with an error of sb_image_obtain(), for the first image that failed
 */
gboolean sb_base_images_get(const SbOperation *operation, const SbFleetFile *fleet,
                            const char *pool_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
