/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The image of a machine in a fleet file: a name in the pool, or `{url:, sha256:}`, or
 * `{path:, sha256:}`.
 *
 * Room: fleet-file.
 * Threads: pure.
 */
#pragma once

#include "base/digest.h"
#include "fleet-file/fleet-file-values.h"

typedef struct {
    char *name;      /**< (nullable) in the pool; NULL: not given */
    char *url;       /**< (nullable) where it comes from, if the file says so */
    char *path;      /**< (nullable) or the file that it is, relative to the fleet file */
    SbDigest digest; /**< with one of both: the digest that the content must have */
    SbMark mark;     /**< of the value in the fleet file; line 0: not given */
} SbImageSource;

/**
 * Of an SbImageSource: `read` takes a name, or a mapping with `url` (https, http or file) or
 * `path`, and `sha256`. If that is wrong, only the mark of the field is written.
 *
 * The name of a mapping is made of the last part of the URL or path, and the digest: another digest
 * is another image. So the volume says all of it, and there is no `describe`.
 */
extern const SbFieldType sb_image_source_type;
