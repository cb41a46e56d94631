/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Text of which only the beginning and the end are kept, if it is too long to keep all.
 *
 * Room: base.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include <glib.h>

typedef struct SbCappedText SbCappedText;

/** Keeps the first HEAD_BYTES and the last TAIL_BYTES. (transfer full) */
SbCappedText *sb_capped_text_new(gsize head_bytes, gsize tail_bytes);

/** Frees TEXT and all that it has. */
void sb_capped_text_free(SbCappedText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCappedText, sb_capped_text_free)

/** Adds LENGTH bytes. Bytes for which there is no room are dropped. */
void sb_capped_text_add(SbCappedText *text, const char *bytes, gsize length);

/** Removes all bytes. */
void sb_capped_text_clear(SbCappedText *text);

/** Whether nothing was added. */
gboolean sb_capped_text_is_empty(const SbCappedText *text);

/**
 * Returns the bytes that were kept. If bytes are missing, a line in the middle says how many.
 * They are the same bytes as those that were added: they may include NULs, and a character may be
 * cut.
 *
 * @return (transfer full)
 */
GString *sb_capped_text_get(const SbCappedText *text);
