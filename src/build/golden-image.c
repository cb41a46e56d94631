/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "build/golden-image.h"

#include "base/error.h"
#include "base/xml.h"
#include "image/image-file.h"
#include "image/image-import.h"
#include "image/image-pool.h"
#include "image/qcow2-header.h"
#include "image/qcow2-writer.h"
#include "libvirt/volume-stream.h"
#include "model/volume-names.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* One piece of work for another thread, so that signals are heard meanwhile. */
typedef struct {
    const SbOperation *operation;
    const char *pool_name;
    int fd;
    /* for packing */
    const SbDomain *domain;
    const char *base_path;
    const char *name; /* of the image */
    /* for publishing and fetching */
    SbImageRecord *record;
    const SbImage *image;
    SbImage *published;
} Work;

/* ---- a thread ---- */

typedef gboolean (*WorkFunc)(Work *work, virConnect *connection, const SbPool *pool,
                             GError **error);

typedef struct {
    WorkFunc function;
    Work *work;
} Call;

static gboolean call(const SbOperation *operation, gpointer data, GError **error)
{
    const Call *call = data;
    Work *work = call->work;
    work->operation = operation;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_image_pool_open(lease.connection, work->pool_name, work->name, error)
                         : NULL;
    return pool && call->function(work, lease.connection, pool, error);
}

static gboolean run(const SbOperation *operation, WorkFunc function, Work *work, GError **error)
{
    Call called = {.function = function, .work = work};
    return sb_operation_run_beside(operation, "golden-image", call, &called, error);
}

/* ---- files ---- */

/* A file without a name: it is gone when its descriptor is closed, also if this process is killed.
 */
static int open_file(GError **error)
{
    g_autofree char *folder = g_build_filename(g_get_user_cache_dir(), "seedbed", NULL);
    g_autofree char *path = g_build_filename(folder, "image-XXXXXX", NULL);
    int fd = g_mkdir_with_parents(folder, 0700) == 0 ? g_mkstemp(path) : -1;
    if (fd < 0)
        g_set_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot make a file in '%s': %s",
                    folder, g_strerror(errno));
    else
        unlink(path);
    return fd;
}

/* ---- packing ---- */

typedef struct {
    SbQcow2Writer *writer;
    const SbOperation *operation;
    guint64 done_bytes, total_bytes;
} Packing;

static gboolean pack_part(const guint8 *data, guint64 length, gpointer user_data, GError **error)
{
    Packing *packing = user_data;
    packing->done_bytes += length;
    return sb_image_transfer_goes_on(packing->operation, "packing", packing->done_bytes,
                                     packing->total_bytes, error) &&
           sb_qcow2_writer_add(packing->writer, data, length, error);
}

static gboolean pack_volume(const Work *work, virStorageVol *flat, GError **error)
{
    SbVolumeSizes sizes;
    if (!sb_volume_sizes(flat, &sizes, error))
        return FALSE;
    g_autoptr(SbQcow2Writer) writer = sb_qcow2_writer_new(work->fd, sizes.capacity_bytes, error);
    if (!writer)
        return FALSE;
    Packing packing = {writer, work->operation, 0, sizes.capacity_bytes};
    return sb_volume_read_all(flat, pack_part, &packing, error) &&
           sb_qcow2_writer_finish(writer, error);
}

/* The guest is off, but it may have attacked QEMU while it ran. So check its disk again. */
static gboolean check_overlay(const Work *work, virStorageVol *overlay, GError **error)
{
    g_autoptr(GBytes) head = sb_volume_download(overlay, 0, SB_QCOW2_HEADER_BYTES, error);
    if (!head)
        return FALSE;
    gsize length;
    const guint8 *data = g_bytes_get_data(head, &length);
    if (sb_qcow2_overlay_check(data, length, work->base_path, error))
        return TRUE;
    g_prefix_error(error, "the disk of '%s' cannot become an image: ", work->domain->name);
    return FALSE;
}

static gboolean pack(Work *work, virConnect *connection, const SbPool *pool, GError **error)
{
    g_autofree char *overlay_name = sb_overlay_name(work->domain->name);
    g_autofree char *flat_name = sb_flat_name(work->domain->name);
    g_autoptr(virStorageVol) overlay = sb_volume_find(pool, overlay_name, error);
    if (!overlay || !check_overlay(work, overlay, error))
        return FALSE;
    SbVolumeSizes sizes;
    if (!sb_volume_sizes(overlay, &sizes, error))
        return FALSE;
    g_autoptr(xmlDoc) xml = sb_upload_volume_xml(flat_name, sizes.capacity_bytes, 0600,
                                                 sb_host_is_privileged(work->operation->host));
    g_autoptr(virStorageVol) flat = sb_volume_create_from(pool, xml, overlay, error);
    if (!flat)
        return FALSE;
    gboolean is_packed = pack_volume(work, flat, error);
    /* If it stays, the removal of the machine deletes it, or says why it cannot. */
    sb_volume_delete(pool, flat_name, NULL);
    return is_packed;
}

int sb_golden_image_pack(const SbOperation *operation, const SbDomain *domain,
                         const char *base_path, GError **error)
{
    Work work = {.pool_name = domain->metadata->pool,
                 .fd = open_file(error),
                 .name = domain->metadata->image,
                 .domain = domain,
                 .base_path = base_path};
    if (work.fd < 0 || run(operation, pack, &work, error))
        return work.fd;
    close(work.fd);
    return -1;
}

/* ---- publishing ---- */

static gboolean publish(Work *work, virConnect *connection, const SbPool *pool, GError **error)
{
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", work->fd);
    SbImageImport request = {.name = work->name, .file = {.path = path}, .record = work->record};
    gboolean is_new;
    g_autoptr(SbImageFile) file = sb_image_import_open(work->operation, &request, error);
    work->published =
        file ? sb_image_import(work->operation, pool, &request, file, &is_new, error) : NULL;
    return work->published != NULL;
}

SbImage *sb_golden_image_publish(const SbOperation *operation, const char *pool_name,
                                 const char *name, int fd, SbImageRecord *record, GError **error)
{
    Work work = {.pool_name = pool_name, .fd = fd, .name = name, .record = record};
    run(operation, publish, &work, error);
    return work.published;
}

/* ---- fetching ---- */

static gboolean copy_failed(GError **error)
{
    return sb_error_set(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_FILE, "cannot write a copy of it: %s",
                        g_strerror(errno));
}

static gboolean fetch_part(const guint8 *data, guint64 length, gpointer user_data, GError **error)
{
    const Work *work = user_data;
    if (g_cancellable_set_error_if_cancelled(work->operation->cancellable, error))
        return FALSE;
    off_t end = lseek(work->fd, data ? 0 : (off_t)length, SEEK_CUR);
    while (end >= 0 && data && length > 0) {
        gssize put = write(work->fd, data, length);
        if (put < 0 && errno != EINTR)
            end = -1;
        data += MAX(put, 0);
        length -= (guint64)MAX(put, 0);
    }
    return end >= 0 || copy_failed(error);
}

static gboolean fetch(Work *work, virConnect *connection, const SbPool *pool, GError **error)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, work->image->volume, error);
    if (!volume || !sb_volume_read_all(volume, fetch_part, work, error))
        return FALSE;
    /* It may end with a hole. */
    return ftruncate(work->fd, lseek(work->fd, 0, SEEK_CUR)) == 0 || copy_failed(error);
}

int sb_golden_image_fetch(const SbOperation *operation, const char *pool_name, const SbImage *image,
                          GError **error)
{
    Work work = {
        .pool_name = pool_name, .fd = open_file(error), .name = image->name, .image = image};
    if (work.fd < 0 || run(operation, fetch, &work, error))
        return work.fd;
    close(work.fd);
    return -1;
}
