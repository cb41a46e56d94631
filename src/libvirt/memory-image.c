/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/memory-image.h"

#include "base/xml.h"
#include "libvirt/volume-stream.h"

gboolean sb_memory_image_save(virDomain *domain, const SbPool *pool, const char *name,
                              GError **error)
{
    g_autofree char *path = sb_pool_path(pool, name);
    if (virDomainSaveFlags(domain, path, NULL, 0) == 0)
        return sb_pool_refresh(pool, error);
    sb_libvirt_set_error(error, "cannot save the memory of '%s' into '%s'",
                         virDomainGetName(domain), path);
    /* libvirt removes the file itself. If it could not, the pool does not know of the file yet. */
    sb_pool_refresh(pool, NULL);
    return FALSE;
}

gboolean sb_memory_image_copy(const SbPool *pool, const char *from, const char *name, guint mode,
                              gboolean is_privileged, GError **error)
{
    SbVolumeSizes sizes;
    g_autoptr(virStorageVol) source = sb_volume_find(pool, from, error);
    if (!source || !sb_volume_sizes(source, &sizes, error))
        return FALSE;
    g_autoptr(xmlDoc) xml = sb_upload_volume_xml(name, sizes.capacity_bytes, mode, is_privileged);
    g_autoptr(virStorageVol) copy = sb_volume_create_from(pool, xml, source, error);
    return copy != NULL;
}

SbSavedImage *sb_memory_image_read(const SbPool *pool, const char *name, GError **error)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, error);
    g_autoptr(GBytes) start =
        volume ? sb_volume_download(volume, 0, SB_SAVED_IMAGE_HEAD_MAX, error) : NULL;
    if (!start)
        return NULL;
    gsize length;
    const guint8 *data = g_bytes_get_data(start, &length);
    SbSavedImage *image = sb_saved_image_parse(data, length, error);
    if (!image)
        g_prefix_error(error, "the volume '%s' cannot be used: ", name);
    return image;
}

gboolean sb_memory_image_write(const SbPool *pool, const char *name, GBytes *head, GError **error)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, error);
    return volume && sb_volume_upload_bytes(volume, head, error);
}

gboolean sb_memory_image_restore(virConnect *connection, const SbPool *pool, const char *name,
                                 gboolean is_paused, GError **error)
{
    g_autofree char *path = sb_pool_path(pool, name);
    if (virDomainRestoreFlags(connection, path, NULL,
                              is_paused ? VIR_DOMAIN_SAVE_PAUSED : VIR_DOMAIN_SAVE_RUNNING) == 0)
        return TRUE;
    return sb_libvirt_set_error(error, "cannot start a machine from the memory in '%s'", path);
}

char *sb_memory_image_domain_xml(virDomain *domain, GError **error)
{
    char *xml = virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE |
                                                VIR_DOMAIN_XML_MIGRATABLE);
    if (!xml)
        sb_libvirt_set_error(error, "cannot read about the domain '%s'", virDomainGetName(domain));
    return xml;
}
