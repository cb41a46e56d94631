/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/base-images.h"

#include "base/array.h"
#include "image/obtain.h"

/* What all images of a file share. */
typedef struct {
    const SbOperation *operation;
    const SbFleetFile *fleet;
    const char *pool_name;
} Getting;

/* Where the fleet file says that the image is. (transfer full) (nullable) */
static char *image_path(const SbFleetFile *fleet, const SbImageSource *image)
{
    if (!image->path)
        return NULL;
    g_autofree char *path = sb_file_reference_path(fleet->file, image->path);
    return g_canonicalize_filename(path, NULL);
}

/* ARCH (nullable): what the image must be able to boot. */
static gboolean get_image(const Getting *getting, const SbImageSource *image, const char *arch,
                          GError **error)
{
    if (!image->url && !image->path)
        return TRUE;
    g_autofree char *path = image_path(getting->fleet, image);
    const SbImageTarget target = {
        .name = image->name, .arch = arch, .pool_name = getting->pool_name};
    const SbImageOrigin origin = {.url = image->url, .path = path, .digest = &image->digest};
    return sb_image_obtain(getting->operation, &target, &origin, error);
}

static gboolean get_images(const Getting *getting, const SbMachineSpec *spec, GError **error)
{
    if (!get_image(getting, &spec->image, spec->arch, error))
        return FALSE;
    SB_EACH(const SbMachineDisk, disk, spec->disks) {
        if (!get_image(getting, &disk->image, NULL, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sb_base_images_get(const SbOperation *operation, const SbFleetFile *fleet,
                            const char *pool_name, GError **error)
{
    const Getting getting = {operation, fleet, pool_name};
    SB_EACH(const SbGroup, group, fleet->groups)
        if (!get_images(&getting, &group->spec, error))
            return FALSE;
    return TRUE;
}
