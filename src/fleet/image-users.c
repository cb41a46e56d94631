#include "fleet/image-users.h"

#include "host/domain.h"

#include <string.h>

G_DEFINE_QUARK(sb_image_users_error_quark, sb_image_users_error)

GPtrArray *sb_image_users(virConnect *connection, const SbPool *pool, const SbImage *image,
                          GError **error)
{
    g_autoptr(GPtrArray) domains = sb_domain_list(connection, error);
    g_autoptr(GPtrArray) volumes = domains ? sb_pool_list(pool, error) : NULL;
    if (!volumes)
        return NULL;
    GPtrArray *users = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < domains->len; i++) {
        const SbDomain *domain = g_ptr_array_index(domains, i);
        if (strcmp(domain->metadata->image_volume, image->volume) == 0 &&
            strcmp(domain->metadata->pool, pool->name) == 0)
            g_ptr_array_add(users, g_strdup(domain->name));
    }
    for (guint i = 0; i < volumes->len; i++) {
        const SbVolumeInfo *volume = g_ptr_array_index(volumes, i);
        if (g_strcmp0(volume->backing_path, image->path) == 0)
            g_ptr_array_add(users, g_strdup_printf("volume %s", volume->name));
    }
    return users;
}

/* FALSE with an error also if there are users. */
static gboolean check_unused(virConnect *connection, const SbPool *pool, const SbImage *image,
                             GError **error)
{
    g_autoptr(GPtrArray) users = sb_image_users(connection, pool, image, error);
    if (!users)
        return FALSE;
    if (users->len == 0)
        return TRUE;
    g_ptr_array_add(users, NULL);
    g_autofree char *names = g_strjoinv(", ", (char **)users->pdata);
    g_set_error(error, SB_IMAGE_USERS_ERROR, SB_IMAGE_USERS_ERROR_IN_USE,
                "the image '%s' (volume '%s') is in use by %s: remove them first ('seedbed down')",
                image->name, image->volume, names);
    return FALSE;
}

gboolean sb_image_remove_unused(virConnect *connection, const SbPool *pool, const char *name,
                                guint *versions_out, GError **error)
{
    g_autoptr(GPtrArray) images = sb_image_list(pool, error);
    if (!images)
        return FALSE;
    g_autoptr(GPtrArray) versions = g_ptr_array_new();
    for (guint i = 0; i < images->len; i++) {
        const SbImage *image = g_ptr_array_index(images, i);
        if (strcmp(image->name, name) != 0)
            continue;
        if (!check_unused(connection, pool, image, error))
            return FALSE;
        g_ptr_array_add(versions, (gpointer)image);
    }
    if (versions->len == 0) {
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN,
                    "no image '%s' in the pool '%s': see 'seedbed image list'", name, pool->name);
        return FALSE;
    }
    for (guint i = 0; i < versions->len; i++)
        if (!sb_image_delete(pool, g_ptr_array_index(versions, i), error))
            return FALSE;
    sb_image_sweep_records(pool, name);
    *versions_out = versions->len;
    return TRUE;
}
