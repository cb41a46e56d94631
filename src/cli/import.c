/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/import.h"

#include "base/names.h"
#include "cli/transfer.h"
#include "model/platform.h"
#include "model/qcow2-header.h"
#include "model/volume-names.h"

#include <stdio.h>

gboolean sb_cli_check_arch(const SbCli *cli, const char *arch)
{
    if (!arch || sb_platform_machine(arch))
        return TRUE;
    sb_cli_usage(cli, "'%.40s' is no architecture: there are 'aarch64' and 'x86_64'", arch);
    return FALSE;
}

/* Where a pool is made: where virt-aa-helper and SELinux's policy expect disks, or in the user's
 * own. */
static char *pool_directory(const SbHost *host)
{
    return sb_host_is_privileged(host)
               ? g_strdup("/var/lib/libvirt/seedbed")
               : g_build_filename(g_get_user_data_dir(), "libvirt", "seedbed", NULL);
}

static SbImage *import(SbHost *host, virConnect *connection, const char *pool_name,
                       SbImageImport *request, gboolean *is_new, GError **error)
{
    g_autoptr(SbImageFile) file = sb_image_import_open(request, error);
    if (!file)
        return NULL;
    g_autofree char *directory = pool_name ? NULL : pool_directory(host);
    g_autoptr(SbPool) pool =
        sb_pool_open(connection, pool_name ? pool_name : SB_DEFAULT_POOL, directory, error);
    request->is_privileged = sb_host_is_privileged(host);
    return pool ? sb_image_import_file(pool, request, file, is_new, error) : NULL;
}

int sb_cli_import(SbCli *cli, const char *pool, SbImageImport *request)
{
    g_autoptr(GError) error = NULL;
    SbTransfer transfer = sb_transfer_begin(cli);
    request->file.progress = sb_transfer_on_progress;
    request->file.data = &transfer;
    request->file.max_bytes = SB_QCOW2_MAX_VIRTUAL_BYTES;
    if (!sb_name_check("image", request->name, &error))
        return sb_cli_fail(error);
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    gboolean is_new = FALSE;
    g_autoptr(SbImage) image =
        connection ? import(host, connection, pool, request, &is_new, &error) : NULL;
    sb_transfer_end(&transfer);
    if (!image)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!cli->is_quiet)
        fprintf(stderr,
                is_new ? "image '%s' imported as '%s'\n" : "image '%s' is there already, as '%s'\n",
                image->name, image->volume);
    return SB_EXIT_OK;
}
