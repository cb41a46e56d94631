/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * All that is to be known of the images of a pool: where they come from, which are current, and who
 * uses them; and their removal when nobody does, because libvirt itself deletes a base under its
 * overlays.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "image/image.h"

#define SB_IMAGE_STATE_ERROR (sb_image_state_error_quark())
GQuark sb_image_state_error_quark(void);

typedef enum {
    SB_IMAGE_STATE_ERROR_IN_USE, /**< the message names the users */
} SbImageStateError;

typedef struct {
    SbImage *image;         /**< its header read, if it can be */
    SbImageRecord *record;  /**< (nullable) */
    char *problem;          /**< (nullable) why it cannot be used */
    gboolean is_unfinished; /**< its upload is going on, or was cut off */
    gboolean is_current;    /**< what new machines of that name use */
    GPtrArray *machines;    /**< domains that use it: of char * */
    GPtrArray *overlays;    /**< volumes that are based on it: of char * */
} SbImageState;

void sb_image_state_free(SbImageState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImageState, sb_image_state_free)

/**
 * The images of a pool, by name, the newest version of each first: of SbImageState.
 *
 * @param pool  (nullable) NULL: the default pool does not exist yet, and so no image
 * @param name  (nullable) only the versions of this one; then it is an error if there is none
 * @return (transfer full) or NULL with SB_IMAGE_ERROR_UNKNOWN or another error
 */
GPtrArray *sb_image_states(virConnect *connection, const SbPool *pool, const char *name,
                           GError **error);

/** Whether STATE has no users; if it has, FALSE with SB_IMAGE_STATE_ERROR_IN_USE. */
gboolean sb_image_state_check_unused(const SbImageState *state, GError **error);

/**
 * Removes all versions of the image NAME; if any is in use, removes nothing.
 *
 * @param versions_out  how many were removed
 */
gboolean sb_image_remove_unused(virConnect *connection, const SbPool *pool, const char *name,
                                guint *versions_out, GError **error);

/** Called with a version that is kept although it is old, as it is in use: WHY is the message. */
typedef void (*SbImageKeptFunc)(const SbImageState *state, const char *why, gpointer data);

/**
 * Removes the versions that are not current and not in use, and what dead uploads left.
 *
 * @param name  (nullable) only of this image
 */
gboolean sb_image_remove_old(virConnect *connection, const SbPool *pool, const char *name,
                             SbImageKeptFunc kept, gpointer data, guint *versions_out,
                             GError **error);
