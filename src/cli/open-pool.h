/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The pool that a command about images is for.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "image/image-state.h"

typedef struct {
    SbLease lease;
    SbPool *pool; /**< (nullable) NULL: the default pool does not exist yet */
} SbOpenPool;

/**
 * Opens the pool.
 *
 * @param name  (nullable) NULL: the default pool, which does not have to exist
 * @return (transfer full) or NULL with an SbLibvirtError
 */
SbOpenPool *sb_open_pool_new(SbCli *cli, const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Closes the pool, and gives the connection back. */
void sb_open_pool_free(SbOpenPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbOpenPool, sb_open_pool_free)

/** As sb_image_states(). (transfer full) or NULL with an error */
GPtrArray *sb_open_pool_states(const SbOpenPool *pool, const char *name,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Says on stderr why the images of STATES may have more users than the known ones, if so. */
void sb_image_tell_doubt(const GPtrArray *states);

/** The time of STATE's import: ISO 8601, UTC. (transfer full) */
char *sb_image_imported(const SbImageState *state);

/** The names of ARRAY (of char *), with SEPARATOR between; NULL if there are none. (transfer full)
 */
char *sb_join_names(const GPtrArray *array, const char *separator);
