/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/survey.h"

#include "model/storage-xml.h"

#include <string.h>

static void surveyed_free(gpointer data)
{
    SbSurveyed *surveyed = data;
    g_free(surveyed->name);
    g_free(surveyed->directory);
    g_free(surveyed->xml);
    g_free(surveyed);
}

GPtrArray *sb_survey_networks(virConnect *connection, GError **error)
{
    g_autofree virNetworkPtr *networks = NULL;
    int count = virConnectListAllNetworks(connection, &networks, 0);
    if (count < 0)
        return sb_libvirt_set_error_null(error, "cannot list the networks");
    GPtrArray *all = g_ptr_array_new_with_free_func(surveyed_free);
    for (int i = 0; i < count; i++) {
        int autostart = 0;
        SbSurveyed *surveyed = g_new0(SbSurveyed, 1);
        surveyed->name = g_strdup(virNetworkGetName(networks[i]));
        surveyed->is_active = virNetworkIsActive(networks[i]) == 1;
        surveyed->has_autostart =
            virNetworkGetAutostart(networks[i], &autostart) == 0 && autostart == 1;
        surveyed->xml = virNetworkGetXMLDesc(networks[i], 0);
        g_ptr_array_add(all, surveyed);
        virNetworkFree(networks[i]);
    }
    virResetLastError();
    return all;
}

GPtrArray *sb_survey_pools(virConnect *connection, GError **error)
{
    g_autofree virStoragePoolPtr *pools = NULL;
    int count = virConnectListAllStoragePools(connection, &pools, 0);
    if (count < 0)
        return sb_libvirt_set_error_null(error, "cannot list the storage pools");
    GPtrArray *all = g_ptr_array_new_with_free_func(surveyed_free);
    for (int i = 0; i < count; i++) {
        int autostart = 0;
        virStoragePoolInfo info;
        SbSurveyed *surveyed = g_new0(SbSurveyed, 1);
        surveyed->name = g_strdup(virStoragePoolGetName(pools[i]));
        surveyed->is_active = virStoragePoolIsActive(pools[i]) == 1;
        surveyed->has_autostart =
            virStoragePoolGetAutostart(pools[i], &autostart) == 0 && autostart == 1;
        surveyed->xml = virStoragePoolGetXMLDesc(pools[i], 0);
        surveyed->directory = surveyed->xml ? sb_pool_directory_from_xml(surveyed->xml) : NULL;
        if (virStoragePoolGetInfo(pools[i], &info) == 0)
            surveyed->free_bytes = info.available;
        g_ptr_array_add(all, surveyed);
        virStoragePoolFree(pools[i]);
    }
    virResetLastError();
    return all;
}

gboolean sb_survey_has_security(virConnect *connection, const char *model)
{
    g_autofree char *xml = virConnectGetCapabilities(connection);
    g_autofree char *element = g_strdup_printf("<model>%s</model>", model);
    virResetLastError();
    const char *models = xml ? strstr(xml, "<secmodel>") : NULL;
    return models && strstr(models, element);
}
