/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Who uses the warm images of a pool, and their removal if nobody does: a layer that goes breaks
 * the overlays on it.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "image/image-state.h"
#include "image/warm-image.h"

typedef struct {
    SbWarmImage *warm;
    GPtrArray *machines; /**< domains that use it, also one that is being frozen: of char * */
    char *doubt;         /**< (nullable) why it may have more users than these */
} SbWarmState;

/** Frees STATE with all that it has. */
void sb_warm_state_free(SbWarmState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbWarmState, sb_warm_state_free)

/**
 * Lists the warm images of a pool with their users: of SbWarmState, by key.
 *
 * @param pool   (nullable) NULL: the default pool does not exist yet
 * @param image  (nullable) only those upon the base image of this name
 * @return (transfer full) or NULL with an SbLibvirtError
 */
GPtrArray *sb_warm_states(virConnect *connection, const SbPool *pool, const char *image,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes the warm image KEY, also the parts of one that is not whole.
 *
 * @return FALSE with SB_WARM_IMAGE_ERROR_UNKNOWN, an SbImageStateError or an SbLibvirtError
 */
gboolean sb_warm_state_remove(virConnect *connection, const SbPool *pool, const char *key,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Removes all warm images upon the base image NAME; if one or NAME is in use, removes none. FALSE
 * with an SbImageStateError or an SbLibvirtError. */
gboolean sb_warm_state_remove_all(virConnect *connection, const SbPool *pool, const char *image,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes what is left of freezing that was cut off. Warm images in use stay.
 *
 * @param with_old  remove also those upon an old version of their image
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_warm_state_sweep(virConnect *connection, const SbPool *pool, gboolean with_old,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
