/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/storage.h"

#include "base/error.h"
#include "base/xml.h"

#include <string.h>

/* The largest piece that one message of libvirt's stream protocol carries is 262120 bytes. */
enum { CHUNK_BYTES = 256 * 1000 };

SB_DEFINE_ERROR(sb_storage_error, SB_ERRORS_NONE)

void sb_pool_free(SbPool *pool)
{
    g_clear_pointer(&pool->pool, virStoragePoolFree);
    g_free(pool->name);
    g_free(pool->directory);
    g_free(pool);
}

/* Two processes may make the pool at once: whoever loses takes the other's. */
static virStoragePool *make_pool(virConnect *connection, const char *name, const char *directory,
                                 GError **error)
{
    g_autoptr(xmlDoc) document = sb_pool_xml(name, directory);
    g_autofree char *xml = sb_xml_to_string(document);
    virStoragePool *pool = virStoragePoolDefineXML(connection, xml, 0);
    if (pool)
        return pool;
    g_autoptr(GError) cause = NULL;
    sb_libvirt_set_error(&cause, "cannot make the storage pool '%s' in '%s'", name, directory);
    pool = virStoragePoolLookupByName(connection, name);
    if (!pool)
        g_propagate_error(error, g_steal_pointer(&cause));
    return pool;
}

static gboolean start_pool(virStoragePool *pool, const char *name, GError **error)
{
    if (virStoragePoolIsActive(pool) == 1 ||
        virStoragePoolCreate(pool, VIR_STORAGE_POOL_CREATE_WITH_BUILD) == 0)
        return TRUE;
    /* At once: every further call resets libvirt's error. */
    g_autoptr(GError) cause = NULL;
    sb_libvirt_set_error(&cause, "cannot start the storage pool '%s'", name);
    if (virStoragePoolIsActive(pool) == 1)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&cause));
    return FALSE;
}

SbPool *sb_pool_open(virConnect *connection, const char *name, const char *make_in, GError **error)
{
    g_autoptr(SbPool) opened = g_new0(SbPool, 1);
    opened->name = g_strdup(name);
    opened->pool = virStoragePoolLookupByName(connection, name);
    if (!opened->pool && make_in && sb_libvirt_last_is(VIR_ERR_NO_STORAGE_POOL)) {
        opened->pool = make_pool(connection, name, make_in, error);
        if (!opened->pool)
            return NULL;
    }
    if (!opened->pool) {
        const char *hint = sb_libvirt_last_is(VIR_ERR_NO_STORAGE_POOL)
                               ? " ('virsh pool-list --all' shows what there is)"
                               : "";
        sb_libvirt_set_error(error, "cannot use the storage pool '%s'%s", name, hint);
        return NULL;
    }
    if (!start_pool(opened->pool, name, error))
        return NULL;
    char *xml = virStoragePoolGetXMLDesc(opened->pool, 0);
    if (!xml) {
        sb_libvirt_set_error(error, "cannot read about the storage pool '%s'", name);
        return NULL;
    }
    opened->directory = sb_pool_directory_from_xml(xml);
    free(xml);
    if (!opened->directory) {
        g_set_error(
            error, SB_STORAGE_ERROR, SB_STORAGE_ERROR_POOL_TYPE,
            "the storage pool '%s' does not hold files: use a pool of type dir, fs or netfs "
            "(--pool)",
            name);
        return NULL;
    }
    return g_steal_pointer(&opened);
}

SbPool *sb_pool_reopen(const SbPool *pool, virConnect *connection, GError **error)
{
    virStoragePool *found = virStoragePoolLookupByName(connection, pool->name);
    if (!found) {
        sb_libvirt_set_error(error, "cannot use the storage pool '%s'", pool->name);
        return NULL;
    }
    SbPool *opened = g_new0(SbPool, 1);
    opened->pool = found;
    opened->name = g_strdup(pool->name);
    opened->directory = g_strdup(pool->directory);
    return opened;
}

gboolean sb_pool_refresh(const SbPool *pool, GError **error)
{
    /* "has asynchronous jobs running": somebody makes a volume just now. libvirt has no event for
     * its end. */
    enum { TRIES = 100, PAUSE_US = 50000 };
    for (guint i = 0; i < TRIES; i++) {
        if (virStoragePoolRefresh(pool->pool, 0) == 0)
            return TRUE;
        if (!strstr(virGetLastErrorMessage(), "asynchronous jobs"))
            break;
        g_usleep(PAUSE_US);
    }
    sb_libvirt_set_error(error, "cannot refresh the storage pool '%s'", pool->name);
    return FALSE;
}

char *sb_pool_path(const SbPool *pool, const char *name)
{
    return g_build_filename(pool->directory, name, NULL);
}

GPtrArray *sb_pool_list(const SbPool *pool, GError **error)
{
    virStorageVolPtr *volumes = NULL;
    int count = virStoragePoolListAllVolumes(pool->pool, &volumes, 0);
    if (count < 0) {
        sb_libvirt_set_error(error, "cannot list the storage pool '%s'", pool->name);
        return NULL;
    }
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)sb_volume_info_free);
    for (int i = 0; i < count; i++) {
        /* A volume that vanished since the listing is no error. */
        char *xml = virStorageVolGetXMLDesc(volumes[i], 0);
        SbVolumeInfo *info = xml ? sb_volume_info_from_xml(xml) : NULL;
        if (info)
            g_ptr_array_add(list, info);
        free(xml);
        virStorageVolFree(volumes[i]);
    }
    free(volumes);
    virConnect *connection = virStoragePoolGetConnect(pool->pool);
    return sb_libvirt_still_connected(connection, "the volumes", error) ? g_steal_pointer(&list)
                                                                        : NULL;
}

virStorageVol *sb_volume_find(const SbPool *pool, const char *name, GError **error)
{
    virStorageVol *volume = virStorageVolLookupByName(pool->pool, name);
    if (!volume)
        sb_libvirt_set_error(error, "no volume '%s' in the pool '%s'", name, pool->name);
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

/* "still being allocated", "still in use": libvirt is busy with what somebody asked for, who may be
 * dead by now. It has no event for the end. TRUE after a pause, if it is worth to try again. */
static gboolean pause_while_busy(guint *tries)
{
    enum { TRIES = 100, PAUSE_US = 50000 };
    if (!sb_libvirt_last_is(VIR_ERR_OPERATION_INVALID) || ++*tries == TRIES)
        return FALSE;
    virResetLastError();
    g_usleep(PAUSE_US);
    return TRUE;
}

int sb_volume_begin_upload(virStorageVol *volume, virStream *stream, guint64 offset,
                           guint64 length_bytes, unsigned int flags)
{
    guint tries = 0;
    int status;
    do
        status = virStorageVolUpload(volume, stream, offset, length_bytes, flags);
    while (status < 0 && pause_while_busy(&tries));
    return status;
}

int sb_volume_begin_download(virStorageVol *volume, virStream *stream, guint64 offset,
                             guint64 length, unsigned int flags)
{
    guint tries = 0;
    int status;
    do
        status = virStorageVolDownload(volume, stream, offset, length, flags);
    while (status < 0 && pause_while_busy(&tries));
    return status;
}

gboolean sb_volume_delete(const SbPool *pool, const char *name, GError **error)
{
    for (guint tries = 0;;) {
        g_autoptr(virStorageVol) volume = virStorageVolLookupByName(pool->pool, name);
        if (volume && virStorageVolDelete(volume, 0) == 0)
            return TRUE;
        if (sb_libvirt_last_is(VIR_ERR_NO_STORAGE_VOL)) {
            virResetLastError();
            return TRUE;
        }
        if (pause_while_busy(&tries))
            continue;
        sb_libvirt_set_error(error, "cannot delete the volume '%s' in the pool '%s'", name,
                             pool->name);
        return FALSE;
    }
}

/* A stream that must be aborted unless it was finished. */
static virStream *open_stream(virStorageVol *volume, GError **error)
{
    virStream *stream = virStreamNew(virStorageVolGetConnect(volume), 0);
    if (!stream)
        sb_libvirt_set_error(error, "cannot open a stream for the volume '%s'",
                             virStorageVolGetName(volume));
    return stream;
}

static gboolean send_all(virStream *stream, virStorageVol *volume, const char *data, gsize length,
                         GError **error)
{
    while (length > 0) {
        int sent = virStreamSend(stream, data, MIN(length, CHUNK_BYTES));
        if (sent < 0) {
            sb_libvirt_set_error(error, "cannot write into the volume '%s'",
                                 virStorageVolGetName(volume));
            return FALSE;
        }
        data += sent;
        length -= sent;
    }
    return TRUE;
}

static gboolean finish(virStream *stream, virStorageVol *volume, GError **error)
{
    if (virStreamFinish(stream) == 0)
        return TRUE;
    sb_libvirt_set_error(error, "the transfer of the volume '%s' failed at its end",
                         virStorageVolGetName(volume));
    return FALSE;
}

gboolean sb_volume_upload_bytes(virStorageVol *volume, GBytes *bytes, GError **error)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autoptr(virStream) stream = open_stream(volume, error);
    if (!stream)
        return FALSE;
    if (sb_volume_begin_upload(volume, stream, 0, length, 0) < 0) {
        sb_libvirt_set_error(error, "cannot write into the volume '%s'",
                             virStorageVolGetName(volume));
        return FALSE;
    }
    if (!send_all(stream, volume, data, length, error)) {
        virStreamAbort(stream);
        return FALSE;
    }
    return finish(stream, volume, error);
}

GBytes *sb_volume_download(virStorageVol *volume, guint64 offset, gsize max_bytes, GError **error)
{
    g_autoptr(virStream) stream = open_stream(volume, error);
    if (!stream)
        return NULL;
    /* No more than what is read: libvirtd would send all of it, as fast as it can. */
    if (sb_volume_begin_download(volume, stream, offset, max_bytes, 0) < 0) {
        sb_libvirt_set_error(error, "cannot read the volume '%s'", virStorageVolGetName(volume));
        return NULL;
    }
    g_autoptr(GByteArray) content = g_byte_array_new();
    g_autofree char *buffer = g_malloc(CHUNK_BYTES);
    while (content->len < max_bytes) {
        int got = virStreamRecv(stream, buffer, MIN(max_bytes - content->len, CHUNK_BYTES));
        if (got < 0) {
            sb_libvirt_set_error(error, "cannot read the volume '%s'",
                                 virStorageVolGetName(volume));
            virStreamAbort(stream);
            return NULL;
        }
        if (got == 0) {
            virStreamFinish(stream);
            return g_byte_array_free_to_bytes(g_steal_pointer(&content));
        }
        g_byte_array_append(content, (guint8 *)buffer, got);
    }
    virStreamAbort(stream);
    virResetLastError();
    return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}
