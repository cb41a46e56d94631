/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What an image lacks to be booted by UEFI.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "image/image.h"

/**
 * Reads the partitions of IMAGE, whose header was read, as a file of this machine.
 *
 * @return (transfer none) (nullable) a sentence, such as "it has no partitions"; NULL: it lacks
 * nothing, or its file cannot be read here
 */
const char *sb_image_missing_boot(const SbImage *image);
