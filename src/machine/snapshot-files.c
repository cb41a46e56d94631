/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/snapshot-files.h"

#include "base/array.h"
#include "libvirt/volume-stream.h"

#include <string.h>

/* Adds the record NAME to LIST, unless it is not whole, not of this machine, or was just removed.
 * FALSE with an error: a snapshot that cannot be read is there, and must not be replaced. */
static gboolean load(const SbPool *pool, const SbDomain *domain, const char *name,
                     const char *volume_name, GPtrArray *list, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    if (!sb_volume_read_if_there(pool, volume_name, SB_SNAPSHOT_RECORD_MAX_BYTES + 1, &bytes,
                                 error))
        return FALSE;
    if (!bytes)
        return TRUE;
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbSnapshotRecord) record = sb_snapshot_record_parse(name, text, length);
    if (record && strcmp(record->uuid, domain->uuid) == 0)
        g_ptr_array_add(list, g_steal_pointer(&record));
    return TRUE;
}

static int compare_records(gconstpointer a, gconstpointer b)
{
    const SbSnapshotRecord *first = *(SbSnapshotRecord *const *)a;
    const SbSnapshotRecord *second = *(SbSnapshotRecord *const *)b;
    int by_time = strcmp(first->created, second->created);
    return by_time ? by_time : strcmp(first->name, second->name);
}

GPtrArray *sb_snapshot_list(const SbPool *pool, const SbDomain *domain, GError **error)
{
    g_autoptr(GPtrArray) names = sb_pool_list_names(pool, error);
    if (!names)
        return NULL;
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify)sb_snapshot_record_free);
    SB_EACH(const char, volume, names) {
        SbSnapshotPart part = SB_SNAPSHOT_PARTS;
        g_autofree char *name = sb_snapshot_of_volume(domain->name, volume, &part);
        if (part == SB_SNAPSHOT_RECORD && !load(pool, domain, name, volume, list, error))
            return NULL;
    }
    g_ptr_array_sort(list, compare_records);
    return g_steal_pointer(&list);
}

GPtrArray *sb_snapshot_volumes(const SbPool *pool, const char *machine, const char *name,
                               GError **error)
{
    g_autoptr(GPtrArray) names = sb_pool_list_names(pool, error);
    if (!names)
        return NULL;
    GPtrArray *volumes = g_ptr_array_new_with_free_func(g_free);
    for (guint part = SB_SNAPSHOT_PARTS; part > 0; part--)
        SB_EACH(const char, volume, names) {
            SbSnapshotPart of = SB_SNAPSHOT_PARTS;
            g_autofree char *found = sb_snapshot_of_volume(machine, volume, &of);
            if (found && of == part - 1 && (!name || strcmp(found, name) == 0))
                g_ptr_array_add(volumes, g_strdup(volume));
        }
    return volumes;
}

GPtrArray *sb_snapshot_names(virConnect *connection, const SbDomain *domain)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(SbPool) pool = sb_pool_open(connection, domain->metadata->pool, NULL, NULL);
    g_autoptr(GPtrArray) snapshots = pool ? sb_snapshot_list(pool, domain, NULL) : NULL;
    for (guint i = 0; snapshots && i < snapshots->len; i++)
        g_ptr_array_add(names,
                        g_strdup(((SbSnapshotRecord *)g_ptr_array_index(snapshots, i))->name));
    return names;
}
