/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * From a machine that is off to an image: its disk becomes one compressed qcow2 file, and that an
 * image of the pool.
 *
 * The libvirt host flattens the overlay into a volume of its own, which comes here as a stream, is
 * compressed, and goes back as every image does: so it works wherever the libvirt host is, and its
 * programs only ever read what was made here, and is checked to be that still.
 *
 * Room: build.
 * Threads: call from the thread of the default main loop, which runs inside; the work is done in
 * another.
 */
#pragma once

#include "image/image.h"
#include "libvirt/connection.h"
#include "libvirt/domain.h"

#include <gio/gio.h>

/**
 * Packs the disk of DOMAIN, which is off.
 *
 * @param base_path  the path of the image that its overlay was made on
 * @return the descriptor of a file that has no name, which the caller closes; or -1 with an error
 */
int sb_golden_image_pack(SbHost *host, const SbDomain *domain, const char *base_path,
                         GCancellable *cancellable, GError **error);

/**
 * Makes the file FD the current version of the image NAME.
 *
 * @param record  where it comes from; its digests are set here
 * @return (transfer full) or NULL
 */
SbImage *sb_golden_image_publish(SbHost *host, const char *pool_name, const char *name, int fd,
                                 SbImageRecord *record, GCancellable *cancellable, GError **error);

/** The content of IMAGE as such a file; or -1 with an error. */
int sb_golden_image_fetch(SbHost *host, const char *pool_name, const SbImage *image,
                          GCancellable *cancellable, GError **error);
