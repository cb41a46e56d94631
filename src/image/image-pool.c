/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-pool.h"

#include "base/error.h"
#include "image/image.h"

#include <string.h>

static gboolean is_default(const char *name)
{
    return !name || strcmp(name, SB_DEFAULT_POOL) == 0;
}

gboolean sb_image_pool_open_if_there(virConnect *connection, const char *name, SbPool **pool_out,
                                     GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbPool *pool = sb_pool_open(connection, name ? name : SB_DEFAULT_POOL, NULL, &cause);
    if (!pool &&
        !(is_default(name) && g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)))
        return sb_error_pass(error, &cause);
    *pool_out = pool;
    return TRUE;
}

void sb_image_pool_set_missing(GError **error, const char *image)
{
    g_autofree char *command = sb_image_command_for(image);
    g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN,
                "no image '%s': there is no pool '%s' yet; '%s' makes it", image, SB_DEFAULT_POOL,
                command);
}

SbPool *sb_image_pool_open(virConnect *connection, const char *name, const char *image,
                           GError **error)
{
    SbPool *pool = NULL;
    if (sb_image_pool_open_if_there(connection, name, &pool, error) && !pool)
        sb_image_pool_set_missing(error, image);
    return pool;
}

SbPool *sb_image_pool_make(const SbLease *lease, const char *name, GError **error)
{
    /* virt-aa-helper and the policy of SELinux expect disks below /var/lib/libvirt. */
    g_autofree char *folder =
        sb_host_is_privileged(lease->host)
            ? g_strdup("/var/lib/libvirt/seedbed")
            : g_build_filename(g_get_user_data_dir(), "libvirt", "seedbed", NULL);
    return sb_pool_open(lease->connection, name ? name : SB_DEFAULT_POOL,
                        is_default(name) ? folder : NULL, error);
}
