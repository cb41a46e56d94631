/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Whether the catalogue has a newer version of an image that was fetched from it.
 *
 * Room: image.
 * Threads: that of the default main loop, which runs meanwhile.
 */
#pragma once

#include "image/catalogue.h"
#include "libvirt/operation.h"
#include "model/image-record.h"

/**
 * Compares the digest that the distribution publishes now with the digest in the record. Fetches no
 * image: only the index, the checksum file and its signature.
 *
 * @param operation     its host is not used
 * @param image         the entry of the catalogue that RECORD names
 * @param is_newer_out  whether the file has another digest now
 * @return FALSE with an error of sb_fetch_digest()
 */
gboolean sb_image_update_look(const SbOperation *operation, const SbCatalogueImage *image,
                              const SbImageRecord *record, gboolean *is_newer_out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
