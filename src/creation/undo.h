/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A list of what was made for one machine so far, so that exactly that can be removed again.
 *
 * Room: creation.
 * Threads: a list belongs to one thread at a time.
 */
#pragma once

#include "libvirt/storage.h"

typedef struct SbUndo SbUndo;

/** An empty list. (transfer full) */
SbUndo *sb_undo_new(void);

/** Frees UNDO; nothing is taken back. */
void sb_undo_free(SbUndo *undo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbUndo, sb_undo_free)

/** Remembers that the domain with UUID was, or may have been, defined as NAME. */
void sb_undo_add_domain(SbUndo *undo, const char *uuid, const char *name);

/** Remembers that the volume NAME was made. */
void sb_undo_add_volume(SbUndo *undo, const char *name);

/** The same for a volume that libvirt itself makes, and so knows only after a refresh of the pool.
 */
void sb_undo_add_unlisted_volume(SbUndo *undo, const char *name);

/**
 * Takes everything back: the domain stops first and is undefined last, because as long as it is
 * defined, `seedbed down` finds what may be left. If somebody has removed it meanwhile, and made
 * another domain of that name, then the volumes belong to that domain and stay.
 *
 * @return FALSE with the error that stopped it
 */
gboolean sb_undo_run(const SbUndo *undo, virConnect *connection, const SbPool *pool,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
