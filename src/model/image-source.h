/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * An image that a fleet file names by where it comes from and what it must be: `{url:, sha256:}` or
 * `{path:, sha256:}`.
 *
 * Room: model.
 * Threads: pure.
 */
#pragma once

#include "base/digest.h"
#include "model/fleet-file-values.h"

/**
 * Reads a mapping with `url` (https, file, or http) or `path`, and `sha256`.
 *
 * @param name_out    (transfer full) what the image is called in the pool: made of the last part of
 *                    the URL or path, and the digest, so that another digest is another image
 * @param url_out     (transfer full) or NULL
 * @param path_out    (transfer full) or NULL: one of the two is set
 * @param digest_out  none of the outputs is written on failure
 * @return FALSE after findings were added
 */
gboolean sb_image_source_read(const SbValueReader *reader, const SbYamlNode *node, char **name_out,
                              char **url_out, char **path_out, SbDigest *digest_out);
