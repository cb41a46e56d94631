/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/obtain.h"

#include "base/error.h"
#include "base/names.h"
#include "image/image-import.h"
#include "image/image-pool.h"

/* One import, in its thread. */
typedef struct {
    const SbImageTarget *target;
    const SbImageImport *import;
} Work;

/* It is not refused: a machine can have a kernel outside of its image. */
static void note_missing(const SbOperation *operation, const SbImage *image,
                         const SbImageFile *file)
{
    if (!file->boot.missing)
        return;
    g_autofree char *text = g_strdup_printf(
        "image '%s' will not boot by itself, because UEFI finds no boot loader in it: %s; %s, or "
        "set 'kernel' in the fleet file",
        image->name, file->boot.missing, file->boot.mend);
    sb_operation_note(operation, NULL, text);
}

static gboolean import(const SbOperation *operation, gpointer data, GError **error)
{
    const Work *work = data;
    g_autoptr(SbImageFile) file = sb_image_import_open(operation, work->import, error);
    if (!file)
        return FALSE;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(SbPool) pool =
        lease.connection ? sb_image_pool_make(&lease, work->target->pool_name, error) : NULL;
    gboolean is_new = FALSE;
    g_autoptr(SbImage) image =
        pool ? sb_image_import(operation, pool, work->import, file, &is_new, error) : NULL;
    if (!image)
        return FALSE;
    g_autofree char *text = g_strdup_printf(is_new ? "image '%s' imported as '%s'"
                                                   : "image '%s' is there already, as '%s'",
                                            image->name, image->volume);
    sb_operation_note(operation, NULL, text);
    note_missing(operation, image, file);
    return TRUE;
}

static gboolean import_from(const SbOperation *operation, const SbImageTarget *target,
                            const SbImageFileRequest *file, SbImageRecord *record, GError **error)
{
    record->arch = g_strdup(target->arch);
    const SbImageImport request = {.name = target->name, .file = *file, .record = record};
    Work work = {.target = target, .import = &request};
    return sb_operation_run_beside(operation, "import", import, &work, error);
}

gboolean sb_image_obtain_file(const SbOperation *operation, const SbImageTarget *target,
                              const SbImageFileRequest *file, GError **error)
{
    if (!sb_image_name_check(target->name, error))
        return FALSE;
    g_autofree char *path = g_canonicalize_filename(file->path, NULL);
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    sb_image_record_set_source(record, path);
    record->verified = g_strdup(file->digest ? "sha256 as given" : NULL);
    return import_from(operation, target, file, record, error);
}

gboolean sb_image_obtain_url(const SbOperation *operation, const SbImageTarget *target,
                             const SbFetchRequest *request, GError **error)
{
    g_autoptr(SbFetched) fetched =
        sb_image_name_check(target->name, error) ? sb_fetch(operation, request, error) : NULL;
    if (!fetched)
        return FALSE;
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    sb_image_record_set_source(record, fetched->url);
    record->verified = g_strdup(fetched->verified);
    record->catalogue = g_strdup(target->catalogue);
    record->fetched = sb_digest_name(&fetched->digest);
    const SbImageFileRequest file = {.path = fetched->path};
    return import_from(operation, target, &file, record, error);
}

/* Whether the pool has the image. A pool that does not exist yet has none. */
static gboolean find(const SbOperation *operation, const SbImageTarget *target,
                     const SbDigest *digest, gboolean *is_there_out, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(SbPool) pool = NULL;
    if (!lease.connection ||
        !sb_image_pool_open_if_there(lease.connection, target->pool_name, &pool, error))
        return FALSE;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbImage) image = pool ? sb_image_find(pool, target->name, &cause) : NULL;
    if (cause && !g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN) &&
        !g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_INCOMPLETE))
        return sb_error_pass(error, &cause);
    g_autoptr(SbImageRecord) record = NULL;
    if (image && !sb_image_load_record(pool, image, &record, error))
        return FALSE;
    *is_there_out = image && sb_image_has_digest(image, record, digest);
    return TRUE;
}

gboolean sb_image_obtain(const SbOperation *operation, const SbImageTarget *target,
                         const SbImageOrigin *origin, GError **error)
{
    gboolean is_there = FALSE;
    if (!find(operation, target, origin->digest, &is_there, error))
        return FALSE;
    if (is_there)
        return TRUE;
    if (origin->path) {
        const SbImageFileRequest file = {.path = origin->path, .digest = origin->digest};
        return sb_image_obtain_file(operation, target, &file, error);
    }
    const SbFetchRequest request = {.url = origin->url, .digest = origin->digest};
    return sb_image_obtain_url(operation, target, &request, error);
}
