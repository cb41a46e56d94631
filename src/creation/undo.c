/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/undo.h"

#include "libvirt/domain.h"

struct SbUndo {
    char *domain_uuid; /**< (nullable) */
    char *domain_name; /**< (nullable) */
    GPtrArray *volumes;
    gboolean has_unlisted; /**< the pool must be refreshed to find all of the volumes */
};

SbUndo *sb_undo_new(void)
{
    SbUndo *undo = g_new0(SbUndo, 1);
    undo->volumes = g_ptr_array_new_with_free_func(g_free);
    return undo;
}

void sb_undo_free(SbUndo *undo)
{
    g_free(undo->domain_uuid);
    g_free(undo->domain_name);
    g_ptr_array_unref(undo->volumes);
    g_free(undo);
}

void sb_undo_add_domain(SbUndo *undo, const char *uuid, const char *name)
{
    g_free(undo->domain_uuid);
    g_free(undo->domain_name);
    undo->domain_uuid = g_strdup(uuid);
    undo->domain_name = g_strdup(name);
}

void sb_undo_add_volume(SbUndo *undo, const char *name)
{
    g_ptr_array_add(undo->volumes, g_strdup(name));
}

void sb_undo_add_unlisted_volume(SbUndo *undo, const char *name)
{
    sb_undo_add_volume(undo, name);
    undo->has_unlisted = TRUE;
}

/* Another process may have removed the domain. Another domain may have its name and the volumes by
 * now. */
static gboolean delete_volumes(const SbUndo *undo, virConnect *connection, const SbPool *pool,
                               GError **error)
{
    gboolean is_replaced = FALSE;
    for (guint i = undo->volumes->len; i > 0; i--) {
        if (undo->domain_uuid && !sb_domain_check_name(connection, undo->domain_name,
                                                       undo->domain_uuid, &is_replaced, error))
            return FALSE;
        if (is_replaced)
            return TRUE;
        if (!sb_volume_delete(pool, g_ptr_array_index(undo->volumes, i - 1), error))
            return FALSE;
    }
    return TRUE;
}

gboolean sb_undo_run(const SbUndo *undo, virConnect *connection, const SbPool *pool, GError **error)
{
    g_autoptr(virDomain) domain = NULL;
    if (undo->domain_uuid &&
        !sb_domain_open_if_there(connection, undo->domain_uuid, &domain, error))
        return FALSE;
    if (domain && !sb_domain_stop(domain, error))
        return FALSE;
    if (undo->has_unlisted && !sb_pool_refresh(pool, error))
        return FALSE;
    return delete_volumes(undo, connection, pool, error) &&
           (!domain || sb_domain_undefine(domain, error));
}
