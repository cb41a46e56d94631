/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/image-pool.h"

#include "model/volume-names.h"

SbImagePool *sb_image_pool_open(SbCli *cli, const char *name, GError **error)
{
    SbHost *host = sb_cli_host(cli, error);
    g_autoptr(SbImagePool) pool = g_new0(SbImagePool, 1);
    pool->lease = sb_lease_take(host, error);
    if (!pool->lease.connection)
        return NULL;
    g_autoptr(GError) cause = NULL;
    pool->pool = sb_pool_open(pool->lease.connection, name ? name : SB_DEFAULT_POOL, NULL, &cause);
    if (pool->pool ||
        (!name && g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND)))
        return g_steal_pointer(&pool);
    g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}

void sb_image_pool_free(SbImagePool *pool)
{
    g_clear_pointer(&pool->pool, sb_pool_free);
    sb_lease_end(&pool->lease);
    g_free(pool);
}

GPtrArray *sb_image_pool_states(const SbImagePool *pool, const char *name, GError **error)
{
    if (pool->pool)
        return sb_image_states(pool->lease.connection, pool->pool, name, error);
    if (!name)
        return g_ptr_array_new();
    g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN,
                "no image '%s': there is no pool '%s' yet; 'seedbed image import %s FILE' makes it",
                name, SB_DEFAULT_POOL, name);
    return NULL;
}

char *sb_image_imported(const SbImageState *state)
{
    g_autoptr(GDateTime) time =
        g_date_time_new_from_unix_utc(state->image->imported_us / G_USEC_PER_SEC);
    return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}

char *sb_join_names(const GPtrArray *array, const char *separator)
{
    if (array->len == 0)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < array->len; i++)
        g_string_append_printf(text, "%s%s", i ? separator : "",
                               (const char *)g_ptr_array_index(array, i));
    return g_string_free(text, FALSE);
}
