/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/fetching.h"

#include "cli/transfer.h"
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
                          const SbGroup *group, const char *pool, GError **error)
{
    if (!group->spec.image.url && !group->spec.image.path)
        return TRUE;
    g_autofree char *path = image_path(fleet, group);
    const SbImageTarget target = {
        .name = group->spec.image.name, .arch = group->spec.arch, .pool_name = pool};
    const SbImageOrigin origin = {
        .url = group->spec.image.url, .path = path, .digest = &group->spec.image.digest};
    return sb_image_obtain(operation, &target, &origin, error);
}

int sb_cli_get_images(SbCli *cli, const SbFleetFile *fleet, const char *pool)
{
    g_autoptr(GError) error = NULL;
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    const SbOperation operation = {.host = sb_cli_host(cli, &error),
                                   .cancellable = sb_cli_catch_signals(),
                                   .event = sb_transfer_on_event,
                                   .data = &transfer};
    gboolean is_done = operation.host != NULL;
    for (guint i = 0; is_done && i < fleet->groups->len; i++)
        is_done = get_image(&operation, fleet, g_ptr_array_index(fleet->groups, i), pool, &error);
    sb_transfer_end(&transfer);
    return is_done ? SB_EXIT_OK : sb_cli_signal_status(sb_cli_fail(error));
}
