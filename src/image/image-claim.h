/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The start of a volume while a process writes an image into it: it names that process.
 *
 * Room: image.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** A claim has at most this many bytes; a shorter image is written without one. */
enum { SB_IMAGE_CLAIM_MAX_BYTES = 512 };

/** The claim of the process that PROCESS_ID (of local/process-id.h) names. (transfer full) */
GBytes *sb_image_claim_new(const char *process_id);

/** The process that the volume's START names. (transfer full); NULL: it is not a claim */
char *sb_image_claim_read(GBytes *start);

/** Whether the LENGTH bytes of HEAD begin as a claim does. */
gboolean sb_image_claim_is_at(const guint8 *head, gsize length);
