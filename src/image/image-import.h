/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Putting a file into a pool as an image, so that no moment at which the process is killed leaves a
 * wrong one.
 *
 * The volume is made first, which only one of several can do, and gets a claim that says by whom.
 * Then come its content from byte 4096 on, its record, and the first 4 KiB; these only if what was
 * sent has the digest that the volume is called by. Others that want the same image wait while
 * the process of the claim runs, and remove what a dead one left.
 *
 * Room: image.
 * Threads: any, each with its own SbPool.
 */
#pragma once

#include "image/image-file.h"

typedef struct {
    const char *name;        /**< a valid one: base/names.h */
    SbImageFileRequest file; /**< what is imported */
    gboolean is_privileged; /**< whether the volume can be made root's own (sb_host_is_privileged())
                             */
    SbImageRecord *record;  /**< what is known of where it comes from, besides its digests, which
                               are set here */
} SbImageImport;

/**
 * Imports a file; it becomes the current version of its name. What is there already is not sent
 * again.
 *
 * @param is_new_out  whether anything was sent
 * @return (transfer full) the image, or NULL with an error as of sb_image_file_open(), or of
 * libvirt
 */
SbImage *sb_image_import(const SbPool *pool, const SbImageImport *request, gboolean *is_new_out,
                         GError **error);

/**
 * The same in two steps, of which the first needs no pool: what is refused has not made one.
 *
 * @return (transfer full) or NULL
 */
SbImageFile *sb_image_import_open(const SbImageImport *request, GError **error);
SbImage *sb_image_import_file(const SbPool *pool, const SbImageImport *request,
                              const SbImageFile *file, gboolean *is_new_out, GError **error);

/**
 * Whether IMAGE is what an upload left whose process is gone.
 *
 * FALSE also where nothing is known of that process, such as one of another host.
 */
gboolean sb_image_is_abandoned(const SbPool *pool, const SbImage *image);
