/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Makes an image of a machine that is off: its disk becomes one compressed qcow2 file, and that
 * file becomes an image of the pool.
 *
 * The libvirt host flattens the overlay into a new volume. That volume comes here as a stream, is
 * compressed, and goes back as any image does. So this works with remote hosts too, and the file
 * that becomes the image is written here, not by a guest.
 *
 * Room: build.
 * Threads: call from the thread of the default main loop, which runs inside; the work is done in
 * another.
 */
#pragma once

#include "image/image.h"
#include "libvirt/domain.h"
#include "libvirt/operation.h"

#include <gio/gio.h>

/**
 * Packs the disk of DOMAIN, which is off, into a compressed qcow2.
 *
 * @param base_path  the path of the image that its overlay was made on
 * @return the descriptor of a file that has no name, which the caller closes; or -1 with an error
 */
int sb_golden_image_pack(const SbOperation *operation, const SbDomain *domain,
                         const char *base_path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes the file FD the current version of the image NAME.
 *
 * @param record  where it comes from; its digests are set here
 * @return (transfer full) or NULL with an error
 */
SbImage *sb_golden_image_publish(const SbOperation *operation, const char *pool_name,
                                 const char *name, int fd, SbImageRecord *record,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Downloads the content of IMAGE.
 *
 * @return the descriptor of a file that has no name, which the caller closes; -1 with an error
 */
int sb_golden_image_fetch(const SbOperation *operation, const char *pool_name, const SbImage *image,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
