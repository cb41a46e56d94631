/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/open-pool.h"

#include "image/image-pool.h"

#include <stdio.h>

SbOpenPool *sb_open_pool_new(SbCli *cli, const char *name, GError **error)
{
    SbHost *host = sb_cli_host(cli, error);
    g_autoptr(SbOpenPool) pool = g_new0(SbOpenPool, 1);
    pool->lease = sb_lease_take(host, error);
    if (!pool->lease.connection)
        return NULL;
    return sb_image_pool_open_if_there(pool->lease.connection, name, &pool->pool, error)
               ? g_steal_pointer(&pool)
               : NULL;
}

void sb_open_pool_free(SbOpenPool *pool)
{
    g_clear_pointer(&pool->pool, sb_pool_free);
    sb_lease_end(&pool->lease);
    g_free(pool);
}

GPtrArray *sb_open_pool_states(const SbOpenPool *pool, const char *name, GError **error)
{
    return sb_image_states(pool->lease.connection, pool->pool, name, error);
}

void sb_image_tell_doubt(const GPtrArray *states)
{
    const SbImageState *first = states->len > 0 ? g_ptr_array_index(states, 0) : NULL;
    if (first && first->doubt)
        fprintf(stderr, "seedbed: the images may have more users than are shown: %s\n",
                first->doubt);
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
