/**
 * @file
 * Who uses an image, and its removal when nobody does: libvirt itself deletes a base under its
 * overlays.
 *
 * Layer: fleet. Threads: any.
 */
#pragma once

#include "host/image.h"

#define SB_IMAGE_USERS_ERROR (sb_image_users_error_quark())
GQuark sb_image_users_error_quark(void);

typedef enum {
    SB_IMAGE_USERS_ERROR_IN_USE, /**< the message names the users */
} SbImageUsersError;

/** What uses IMAGE: machines by name, volumes of the pool as "volume NAME": of char *. (transfer
 * full) or NULL */
GPtrArray *sb_image_users(virConnect *connection, const SbPool *pool, const SbImage *image,
                          GError **error);

/**
 * Removes all versions of the image NAME; if any is in use, removes nothing.
 *
 * @param versions_out  how many were removed
 */
gboolean sb_image_remove_unused(virConnect *connection, const SbPool *pool, const char *name,
                                guint *versions_out, GError **error);
