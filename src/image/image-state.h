/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * All facts about the images of a pool: where they come from, which versions are current, and who
 * uses them. Also their removal if nobody does, because libvirt deletes a base under its overlays.
 *
 * Room: image.
 * Threads: any.
 */
#pragma once

#include "image/image.h"
#include "libvirt/operation.h"

#define SB_IMAGE_STATE_ERROR (sb_image_state_error_quark())
GQuark sb_image_state_error_quark(void);

typedef enum {
    SB_IMAGE_STATE_ERROR_IN_USE, /**< the message names the users */
    SB_IMAGE_STATE_ERROR_DOUBT,  /**< it may have users that cannot be seen now */
} SbImageStateError;

typedef struct {
    SbImage *image;         /**< its header read, if it can be */
    SbImageRecord *record;  /**< (nullable) */
    char *problem;          /**< (nullable) why it cannot be used */
    gboolean is_unfinished; /**< its upload is going on, or was cut off */
    gboolean is_current;    /**< new machines of that name use it */
    GPtrArray *machines;    /**< domains that use it: of char * */
    GPtrArray *overlays;    /**< volumes that are based on it: of char * */
    char *doubt;            /**< (nullable) why it may have more users than these */
} SbImageState;

/**
 * Lists the images of a pool, by name, the newest version of each first: of SbImageState.
 *
 * @param pool  (nullable) NULL: the default pool does not exist yet, and so no image
 * @param name  (nullable) only the versions of this one; then it is an error if there is none
 * @return (transfer full) or NULL with SB_IMAGE_ERROR_UNKNOWN or another error
 */
GPtrArray *sb_image_states(virConnect *connection, const SbPool *pool, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Whether STATE has no users. If it has or may have some, FALSE with an SbImageStateError. */
gboolean sb_image_state_check_unused(const SbImageState *state,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes all versions of the image NAME; if any is in use, removes nothing.
 *
 * @param pool          (nullable) as for sb_image_states()
 * @param versions_out  the number of versions that were removed. 0: there was only a record without
 *                      an image, which is removed too
 * @return FALSE with an SbImageStateError, SB_IMAGE_ERROR_UNKNOWN or an SbLibvirtError
 */
gboolean sb_image_remove_unused(virConnect *connection, const SbPool *pool, const char *name,
                                guint *versions_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes the versions that are not current and not in use, and the rest of uploads whose process
 * is dead. Tells an SB_EVENT_NOTE for each old version that is kept because it is in use.
 *
 * @param pool          (nullable) as for sb_image_states()
 * @param name          (nullable) only of this image
 * @param versions_out  the number of versions that were removed
 * @return FALSE with SB_IMAGE_ERROR_UNKNOWN or an SbLibvirtError
 */
gboolean sb_image_remove_old(const SbOperation *operation, virConnect *connection,
                             const SbPool *pool, const char *name, guint *versions_out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
