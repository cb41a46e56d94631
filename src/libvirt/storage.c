/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/storage.h"

#include "base/array.h"
#include "base/error.h"
#include "base/retry.h"
#include "base/xml.h"
#include "libvirt/hints.h"

#include <string.h>

SB_DEFINE_ERROR(sb_storage_error, SB_ERRORS_NONE)

void sb_pool_free(SbPool *pool)
{
    g_clear_pointer(&pool->pool, virStoragePoolFree);
    g_free(pool->name);
    g_free(pool->directory);
    g_free(pool);
}

/* If two processes make the pool at the same time, the slower one takes the pool of the other. */
static virStoragePool *make_pool(virConnect *connection, const char *name, const char *directory,
                                 GError **error)
{
    g_autoptr(xmlDoc) document = sb_pool_xml(name, directory);
    g_autofree char *xml = sb_xml_to_string(document);
    virStoragePool *pool = virStoragePoolDefineXML(connection, xml, 0);
    if (pool)
        return pool;
    virError *cause = virSaveLastError();
    pool = virStoragePoolLookupByName(connection, name);
    sb_libvirt_is_fine(pool != NULL, cause, error, "cannot make the storage pool '%s' in '%s'",
                       name, directory);
    return pool;
}

static gboolean start_pool(virStoragePool *pool, const char *name, GError **error)
{
    if (virStoragePoolIsActive(pool) == 1 ||
        virStoragePoolCreate(pool, VIR_STORAGE_POOL_CREATE_WITH_BUILD) == 0)
        return TRUE;
    virError *cause = virSaveLastError();
    return sb_libvirt_is_fine(virStoragePoolIsActive(pool) == 1, cause, error,
                              "cannot start the storage pool '%s'", name);
}

/* POOL is (transfer full). */
static SbPool *describe_pool(virStoragePool *pool, GError **error)
{
    g_autoptr(SbPool) opened = g_new0(SbPool, 1);
    opened->pool = pool;
    opened->name = g_strdup(virStoragePoolGetName(pool));
    g_autofree char *xml = virStoragePoolGetXMLDesc(pool, 0);
    if (!xml)
        return sb_libvirt_set_error_null(error, "cannot read about the storage pool '%s'",
                                         opened->name);
    opened->directory = sb_pool_directory_from_xml(xml);
    if (opened->directory)
        return g_steal_pointer(&opened);
    return sb_error_set_null(
        error, SB_STORAGE_ERROR, SB_STORAGE_ERROR_POOL_TYPE,
        "the storage pool '%s' does not hold files: use a pool of type dir, fs or netfs (--pool)",
        opened->name);
}

SbPool *sb_pool_open(virConnect *connection, const char *name, const char *make_in, GError **error)
{
    g_autoptr(virStoragePool) pool = virStoragePoolLookupByName(connection, name);
    if (!pool && make_in && sb_libvirt_last_is(VIR_ERR_NO_STORAGE_POOL)) {
        pool = make_pool(connection, name, make_in, error);
        if (!pool)
            return NULL;
    }
    if (!pool) {
        const char *hint = sb_libvirt_last_is(VIR_ERR_NO_STORAGE_POOL)
                               ? " ('virsh pool-list --all' shows what there is)"
                               : "";
        return sb_libvirt_set_error_null(error, "cannot use the storage pool '%s'%s", name, hint);
    }
    return start_pool(pool, name, error) ? describe_pool(g_steal_pointer(&pool), error) : NULL;
}

/* Adds POOL (transfer full) to POOLS; not one that is gone, or that does not hold files. */
static gboolean add_pool(GPtrArray *pools, virStoragePool *pool, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbPool *opened = describe_pool(pool, &cause);
    if (opened)
        g_ptr_array_add(pools, opened);
    if (!cause || g_error_matches(cause, SB_STORAGE_ERROR, SB_STORAGE_ERROR_POOL_TYPE) ||
        g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
        return TRUE;
    return sb_error_pass(error, &cause);
}

static GPtrArray *open_pools(virConnect *connection, unsigned int flags, GError **error)
{
    g_autofree virStoragePoolPtr *all = NULL;
    int count = virConnectListAllStoragePools(connection, &all, flags);
    if (count < 0)
        return sb_libvirt_set_error_null(error, "cannot list the storage pools");
    g_autoptr(GPtrArray) pools = g_ptr_array_new_with_free_func((GDestroyNotify)sb_pool_free);
    gboolean is_whole = TRUE;
    for (int i = 0; i < count; i++) {
        if (is_whole)
            is_whole = add_pool(pools, all[i], error);
        else
            virStoragePoolFree(all[i]);
    }
    return is_whole ? g_steal_pointer(&pools) : NULL;
}

GPtrArray *sb_pool_open_all(virConnect *connection, GError **error)
{
    return open_pools(connection, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE, error);
}

SbPool *sb_pool_open_folder(virConnect *connection, const char *folder, const char *likely,
                            GError **error)
{
    g_autoptr(GPtrArray) pools = open_pools(connection, 0, error);
    const SbPool *found = NULL;
    SB_EACH(const SbPool, pool, pools) {
        if (strcmp(pool->directory, folder) == 0 && (!found || strcmp(pool->name, likely) == 0))
            found = pool;
    }
    if (found)
        return sb_pool_open(connection, found->name, NULL, error);
    if (pools)
        g_set_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND,
                    "no storage pool has the folder '%s'", folder);
    return NULL;
}

SbPool *sb_pool_reopen(const SbPool *pool, virConnect *connection, GError **error)
{
    virStoragePool *found = virStoragePoolLookupByName(connection, pool->name);
    if (!found)
        return sb_libvirt_set_error_null(error, "cannot use the storage pool '%s'", pool->name);
    SbPool *opened = g_new0(SbPool, 1);
    opened->pool = found;
    opened->name = g_strdup(pool->name);
    opened->directory = g_strdup(pool->directory);
    return opened;
}

gboolean sb_pool_refresh(const SbPool *pool, GError **error)
{
    /* "has asynchronous jobs running": a volume is being made. libvirt has no event for the end. */
    SbRetry retry = SB_VOLUME_RETRY;
    do {
        if (virStoragePoolRefresh(pool->pool, 0) == 0)
            return TRUE;
    } while (strstr(virGetLastErrorMessage(), "asynchronous jobs") && sb_retry_again(&retry));
    return sb_libvirt_set_error(error, "cannot refresh the storage pool '%s'", pool->name);
}

/* As libvirt last saw it, which may be long ago. What it cannot say is no lack. */
static guint64 free_bytes(const SbPool *pool)
{
    virStoragePoolInfo info;
    gboolean is_known = virStoragePoolGetInfo(pool->pool, &info) == 0;
    virResetLastError();
    return is_known ? info.available : G_MAXUINT64;
}

gboolean sb_pool_check_room(const SbPool *pool, guint64 needed_bytes, GError **error)
{
    if (free_bytes(pool) >= needed_bytes)
        return TRUE;
    sb_pool_refresh(pool, NULL);
    guint64 room = free_bytes(pool);
    if (room >= needed_bytes)
        return TRUE;
    g_autofree char *has = g_format_size_full(room, G_FORMAT_SIZE_IEC_UNITS),
                    *needs = g_format_size_full(needed_bytes, G_FORMAT_SIZE_IEC_UNITS);
    g_autofree char *text = g_strdup_printf(
        "No space left on device: the pool '%s' has room for %s, and %s or more are to be written",
        pool->name, has, needs);
    g_autofree char *hint = sb_libvirt_hint(NULL, text);
    return sb_error_set(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED, "%s\ntry: %s", text,
                        hint);
}

char *sb_pool_path(const SbPool *pool, const char *name)
{
    return g_build_filename(pool->directory, name, NULL);
}

/* TRUE also if VOLUME was removed since the listing. */
static gboolean add_volume(GPtrArray *list, const SbPool *pool, virStorageVol *volume,
                           GError **error)
{
    g_autofree char *xml = virStorageVolGetXMLDesc(volume, 0);
    if (!xml) {
        virError *cause = virSaveLastError();
        return sb_libvirt_is_fine(sb_libvirt_is_absence(cause), cause, error,
                                  "cannot read about the volume '%s' in the pool '%s'",
                                  virStorageVolGetName(volume), pool->name);
    }
    SbVolumeInfo *info = sb_volume_info_from_xml(xml);
    if (info)
        g_ptr_array_add(list, info);
    return TRUE;
}

/* Every volume, to be freed by the caller; -1 with an error. */
static int list_volumes(const SbPool *pool, virStorageVolPtr **volumes_out, GError **error)
{
    int count = virStoragePoolListAllVolumes(pool->pool, volumes_out, 0);
    if (count < 0)
        sb_libvirt_set_error(error, "cannot list the storage pool '%s'", pool->name);
    return count;
}

GPtrArray *sb_pool_list_names(const SbPool *pool, GError **error)
{
    g_autofree virStorageVolPtr *volumes = NULL;
    int count = list_volumes(pool, &volumes, error);
    if (count < 0)
        return NULL;
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < count; i++) {
        g_ptr_array_add(names, g_strdup(virStorageVolGetName(volumes[i])));
        virStorageVolFree(volumes[i]);
    }
    return names;
}

GPtrArray *sb_pool_list(const SbPool *pool, gboolean (*is_wanted)(const char *name), GError **error)
{
    g_autofree virStorageVolPtr *volumes = NULL;
    int count = list_volumes(pool, &volumes, error);
    if (count < 0)
        return NULL;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sb_volume_info_free);
    gboolean is_whole = TRUE;
    for (int i = 0; i < count; i++) {
        if (is_wanted(virStorageVolGetName(volumes[i])))
            is_whole = is_whole && add_volume(list, pool, volumes[i], error);
        virStorageVolFree(volumes[i]);
    }
    return is_whole ? g_steal_pointer(&list) : NULL;
}

virStorageVol *sb_volume_find(const SbPool *pool, const char *name, GError **error)
{
    virStorageVol *volume = virStorageVolLookupByName(pool->pool, name);
    if (!volume)
        sb_libvirt_set_error(error,
                             sb_libvirt_last_is(VIR_ERR_NO_STORAGE_VOL)
                                 ? "no volume '%s' in the pool '%s'"
                                 : "cannot look for the volume '%s' in the pool '%s'",
                             name, pool->name);
    return volume;
}

virStorageVol *sb_volume_create(const SbPool *pool, xmlDoc *document, GError **error)
{
    g_autofree char *xml = sb_xml_to_string(document);
    virStorageVol *volume = virStorageVolCreateXML(pool->pool, xml, 0);
    if (!volume) {
        g_autofree char *name = sb_xml_text(xmlDocGetRootElement(document), "name");
        sb_libvirt_set_error(error, "cannot make the volume '%s' in the pool '%s'", name,
                             pool->name);
    }
    return volume;
}

virStorageVol *sb_volume_create_from(const SbPool *pool, xmlDoc *document, virStorageVol *source,
                                     GError **error)
{
    g_autofree char *xml = sb_xml_to_string(document);
    virStorageVol *volume = virStorageVolCreateXMLFrom(pool->pool, xml, source, 0);
    if (!volume) {
        g_autofree char *name = sb_xml_text(xmlDocGetRootElement(document), "name");
        sb_libvirt_set_error(error, "cannot make the volume '%s' from '%s'", name,
                             virStorageVolGetName(source));
    }
    return volume;
}

/* "still being allocated", "still in use": libvirt is busy with a call of another process, which
 * may be dead by now. It has no event for the end of that. */
gboolean sb_volume_is_busy(void)
{
    return sb_libvirt_last_is(VIR_ERR_OPERATION_INVALID);
}

gboolean sb_volume_delete(const SbPool *pool, const char *name, GError **error)
{
    for (SbRetry retry = SB_VOLUME_RETRY;;) {
        g_autoptr(virStorageVol) volume = virStorageVolLookupByName(pool->pool, name);
        if (volume && virStorageVolDelete(volume, 0) == 0)
            return TRUE;
        if (sb_volume_is_busy() && sb_retry_again(&retry))
            continue;
        virError *cause = virSaveLastError();
        return sb_libvirt_is_fine(sb_libvirt_last_is(VIR_ERR_NO_STORAGE_VOL), cause, error,
                                  "cannot delete the volume '%s' in the pool '%s'", name,
                                  pool->name);
    }
}

SbVolumeInfo *sb_volume_describe(virStorageVol *volume, GError **error)
{
    g_autofree char *xml = virStorageVolGetXMLDesc(volume, 0);
    SbVolumeInfo *info = xml ? sb_volume_info_from_xml(xml) : NULL;
    if (!info)
        sb_libvirt_set_error(error, "cannot read about the volume '%s'",
                             virStorageVolGetName(volume));
    return info;
}

gboolean sb_volume_sizes(virStorageVol *volume, SbVolumeSizes *sizes_out, GError **error)
{
    virStorageVolInfo info, physical;
    if (virStorageVolGetInfo(volume, &info) < 0 ||
        virStorageVolGetInfoFlags(volume, &physical, VIR_STORAGE_VOL_GET_PHYSICAL) < 0)
        return sb_libvirt_set_error(error, "cannot read about the volume '%s'",
                                    virStorageVolGetName(volume));
    *sizes_out = (SbVolumeSizes){.capacity_bytes = info.capacity,
                                 .allocated_bytes = info.allocation,
                                 .file_bytes = physical.allocation};
    return TRUE;
}
