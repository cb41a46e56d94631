/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/base-images.h"

#include "image/obtain.h"

/* Where the fleet file says that the image is. (transfer full) (nullable) */
static char *image_path(const SbFleetFile *fleet, const SbGroup *group)
{
    if (!group->spec.image.path)
        return NULL;
    g_autofree char *path = sb_file_reference_path(fleet->file, group->spec.image.path);
    return g_canonicalize_filename(path, NULL);
}

static gboolean get_image(const SbOperation *operation, const SbFleetFile *fleet,
                          const SbGroup *group, const char *pool_name, GError **error)
{
    if (!group->spec.image.url && !group->spec.image.path)
        return TRUE;
    g_autofree char *path = image_path(fleet, group);
    const SbImageTarget target = {
        .name = group->spec.image.name, .arch = group->spec.arch, .pool_name = pool_name};
    const SbImageOrigin origin = {
        .url = group->spec.image.url, .path = path, .digest = &group->spec.image.digest};
    return sb_image_obtain(operation, &target, &origin, error);
}

gboolean sb_base_images_get(const SbOperation *operation, const SbFleetFile *fleet,
                            const char *pool_name, GError **error)
{
    for (guint i = 0; i < fleet->groups->len; i++)
        if (!get_image(operation, fleet, g_ptr_array_index(fleet->groups, i), pool_name, error))
            return FALSE;
    return TRUE;
}
