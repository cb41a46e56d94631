/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What an image has to be booted by UEFI.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "image/efi-boot.h"
#include "image/image.h"

/** Reads the partitions of IMAGE, whose header was read, as a file of this machine. FALSE: its file
 * cannot be read here. */
gboolean sb_image_boot_look(const SbImage *image, SbEfiBoot *boot_out) G_GNUC_WARN_UNUSED_RESULT;
