/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/disk-users.h"

#include "base/xml.h"
#include "model/storage-xml.h"

#include <string.h>

struct SbDiskUsers {
    GHashTable *domains; /* path to GPtrArray of names */
    GHashTable *volumes;
    GHashTable *hidden; /* path of its folder to the name of a pool that is not active */
    GPtrArray *none;
    GError *doubt; /* (nullable) */
};

static GHashTable *new_index(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_ptr_array_unref);
}

void sb_disk_users_free(SbDiskUsers *users)
{
    g_hash_table_unref(users->domains);
    g_hash_table_unref(users->volumes);
    g_hash_table_unref(users->hidden);
    g_ptr_array_unref(users->none);
    g_clear_error(&users->doubt);
    g_free(users);
}

static void add(GHashTable *index, const char *path, const char *name)
{
    GPtrArray *names = g_hash_table_lookup(index, path);
    if (!names) {
        names = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(index, g_strdup(path), names);
    }
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup(name));
}

/* Keeps the last libvirt error as the doubt, unless it says that WHAT was removed meanwhile. To ask
 * for a NAME resets the error: so ask before. */
static void doubt(SbDiskUsers *users, const char *what, const char *name)
{
    virError *cause = virSaveLastError();
    GError **kept = users->doubt ? NULL : &users->doubt;
    sb_libvirt_is_fine(sb_libvirt_is_absence(cause), cause, kept, "cannot read about the %s '%s'",
                       what, name);
}

/* ---- domains ---- */

/* The path of `<source pool='…' volume='…'/>`. A pool that is not active holds no image that is in
 * use now. (transfer full) (nullable) */
static char *path_in_pool(SbDiskUsers *users, virConnect *connection, const char *pool_name,
                          const char *volume_name)
{
    g_autoptr(virStoragePool) pool = virStoragePoolLookupByName(connection, pool_name);
    if (pool && virStoragePoolIsActive(pool) == 0)
        return NULL;
    g_autoptr(virStorageVol) volume = pool ? virStorageVolLookupByName(pool, volume_name) : NULL;
    char *path = volume ? virStorageVolGetPath(volume) : NULL;
    if (!path)
        doubt(users, "volume", volume_name);
    return path;
}

/* SOURCE_OWNER is a `<disk>` or a `<backingStore>`, which may hold another one. */
static void add_chain(SbDiskUsers *users, virConnect *connection, const char *domain,
                      xmlNode *source_owner)
{
    for (xmlNode *at = source_owner; at; at = sb_xml_first(at, "backingStore")) {
        g_autofree char *file = sb_xml_attribute(at, "source", "file");
        g_autofree char *pool = sb_xml_attribute(at, "source", "pool");
        g_autofree char *volume = sb_xml_attribute(at, "source", "volume");
        g_autofree char *path = !file && pool && volume
                                    ? path_in_pool(users, connection, pool, volume)
                                    : g_steal_pointer(&file);
        if (path)
            add(users->domains, path, domain);
    }
}

/* A disk whose base is neither in its XML nor among the volumes, because its pool is not active. */
static void doubt_hidden(SbDiskUsers *users, const char *domain, xmlNode *disk)
{
    g_autofree char *format = sb_xml_attribute(disk, "driver", "type");
    g_autofree char *file = sb_xml_attribute(disk, "source", "file");
    g_autofree char *pool = sb_xml_attribute(disk, "source", "pool");
    g_autofree char *folder = file ? g_path_get_dirname(file) : NULL;
    GHashTableIter iter;
    gpointer path, name;
    if (users->doubt || sb_xml_first(disk, "backingStore") || g_strcmp0(format, "raw") == 0)
        return;
    g_hash_table_iter_init(&iter, users->hidden);
    while (!users->doubt && g_hash_table_iter_next(&iter, &path, &name))
        if (g_strcmp0(path, folder) == 0 || g_strcmp0(name, pool) == 0)
            g_set_error(&users->doubt, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED,
                        "the domain '%s' has a disk in the storage pool '%s', which is not "
                        "active, so its base cannot be seen ('virsh pool-start %s')",
                        domain, (char *)name, (char *)name);
}

static void add_domain(SbDiskUsers *users, virDomain *domain, unsigned int flags)
{
    const char *name = virDomainGetName(domain);
    g_autofree char *xml = virDomainGetXMLDesc(domain, flags);
    if (!xml) {
        doubt(users, "domain", name);
        return;
    }
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, users->doubt ? NULL : &users->doubt);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    xmlNode *devices = root ? sb_xml_first(root, "devices") : NULL;
    xmlNode *disk = devices ? sb_xml_first(devices, "disk") : NULL;
    for (; disk; disk = sb_xml_next(disk, "disk")) {
        add_chain(users, virDomainGetConnect(domain), name, disk);
        doubt_hidden(users, name, disk);
    }
}

/* As people count: f-m-2 before f-m-10. */
static int compare_names(gconstpointer a, gconstpointer b)
{
    return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(GHashTable *index)
{
    GHashTableIter iter;
    gpointer names;
    g_hash_table_iter_init(&iter, index);
    while (g_hash_table_iter_next(&iter, NULL, &names))
        g_ptr_array_sort(names, compare_names);
}

static void add_domains(SbDiskUsers *users, virConnect *connection)
{
    g_autofree virDomainPtr *all = NULL;
    int count = virConnectListAllDomains(connection, &all, 0);
    if (count < 0)
        doubt(users, "list of", "domains");
    for (int i = 0; i < count; i++) {
        /* What runs, and what will run next time. */
        add_domain(users, all[i], 0);
        add_domain(users, all[i], VIR_DOMAIN_XML_INACTIVE);
        virDomainFree(all[i]);
    }
}

/* ---- volumes ---- */

static void add_volume(SbDiskUsers *users, virStorageVol *volume)
{
    const char *name = virStorageVolGetName(volume);
    g_autofree char *xml = virStorageVolGetXMLDesc(volume, 0);
    if (!xml)
        doubt(users, "volume", name);
    g_autoptr(SbVolumeInfo) info = xml ? sb_volume_info_from_xml(xml) : NULL;
    if (info && info->backing_path)
        add(users->volumes, info->backing_path, info->name);
}

static void add_active_pool(SbDiskUsers *users, virStoragePool *pool)
{
    g_autofree virStorageVolPtr *volumes = NULL;
    const char *name = virStoragePoolGetName(pool);
    int count = virStoragePoolListAllVolumes(pool, &volumes, 0);
    if (count < 0)
        doubt(users, "storage pool", name);
    for (int i = 0; i < count; i++) {
        add_volume(users, volumes[i]);
        virStorageVolFree(volumes[i]);
    }
}

static void add_hidden_pool(SbDiskUsers *users, virStoragePool *pool)
{
    const char *name = virStoragePoolGetName(pool);
    g_autofree char *xml = virStoragePoolGetXMLDesc(pool, 0);
    if (!xml)
        doubt(users, "storage pool", name);
    g_autoptr(xmlDoc) document = xml ? sb_xml_parse(xml, NULL) : NULL;
    g_autofree char *path =
        document ? sb_xml_text(xmlDocGetRootElement(document), "target/path") : NULL;
    if (path)
        g_hash_table_insert(users->hidden, g_steal_pointer(&path), g_strdup(name));
}

static void add_pools(SbDiskUsers *users, virConnect *connection, unsigned int which,
                      void (*add_pool)(SbDiskUsers *, virStoragePool *))
{
    g_autofree virStoragePoolPtr *pools = NULL;
    int count = virConnectListAllStoragePools(connection, &pools, which);
    if (count < 0)
        doubt(users, "list of", "storage pools");
    for (int i = 0; i < count; i++) {
        add_pool(users, pools[i]);
        virStoragePoolFree(pools[i]);
    }
}

SbDiskUsers *sb_disk_users_new(virConnect *connection)
{
    SbDiskUsers *users = g_new0(SbDiskUsers, 1);
    users->domains = new_index();
    users->volumes = new_index();
    users->hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    users->none = g_ptr_array_new();
    add_pools(users, connection, VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE, add_hidden_pool);
    add_domains(users, connection);
    add_pools(users, connection, VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE, add_active_pool);
    sort_names(users->domains);
    sort_names(users->volumes);
    return users;
}

const GError *sb_disk_users_doubt(const SbDiskUsers *users)
{
    return users->doubt;
}

const GPtrArray *sb_disk_users_domains(const SbDiskUsers *users, const char *path)
{
    const GPtrArray *names = g_hash_table_lookup(users->domains, path);
    return names ? names : users->none;
}

const GPtrArray *sb_disk_users_volumes(const SbDiskUsers *users, const char *path)
{
    const GPtrArray *names = g_hash_table_lookup(users->volumes, path);
    return names ? names : users->none;
}
