#include "cli/import.h"

#include "base/names.h"
#include "base/units.h"
#include "cli/progress.h"
#include "fleet/volume-names.h"
#include "model/qcow2-header.h"

#include <stdio.h>

/* Where a pool is made: where virt-aa-helper and SELinux's policy expect disks, or in the user's
 * own. */
static char *pool_directory(const SbHost *host)
{
    return sb_host_is_privileged(host)
               ? g_strdup("/var/lib/libvirt/seedbed")
               : g_build_filename(g_get_user_data_dir(), "libvirt", "seedbed", NULL);
}

typedef struct {
    gboolean is_live, is_quiet, has_waited;
    gint64 next_us; /**< when to say something again */
    GCancellable *cancellable;
} Sending;

static void show(const char *what, guint64 done_bytes, guint64 total_bytes)
{
    g_autofree char *done = sb_size_format(done_bytes);
    g_autofree char *total = sb_size_format(total_bytes);
    fprintf(stderr, "\r\033[K%s %s of %s", what, done, total);
}

static gboolean on_progress(SbImagePhase phase, guint64 done_bytes, guint64 total_bytes,
                            gpointer data)
{
    Sending *sending = data;
    /* Signals are the main loop's business, which does not run by itself here. */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    gint64 now = g_get_monotonic_time();
    if (phase == SB_IMAGE_WAITING) {
        if (!sending->has_waited && !sending->is_quiet)
            fputs("another process imports the same image: waiting\n", stderr);
        sending->has_waited = TRUE;
    } else if (sending->is_live && now >= sending->next_us) {
        show(phase == SB_IMAGE_READING ? "reading" : "sending", done_bytes, total_bytes);
        sending->next_us = now + G_USEC_PER_SEC / 5;
    }
    return !g_cancellable_is_cancelled(sending->cancellable);
}

static SbImage *import(SbHost *host, virConnect *connection, const char *pool_name,
                       SbImageImport *request, gboolean *is_new, GError **error)
{
    if (!sb_name_check("image", request->name, error))
        return NULL;
    g_autofree char *directory = pool_name ? NULL : pool_directory(host);
    g_autoptr(SbPool) pool =
        sb_pool_open(connection, pool_name ? pool_name : SB_DEFAULT_POOL, directory, error);
    request->is_privileged = sb_host_is_privileged(host);
    return pool ? sb_image_import(pool, request, is_new, error) : NULL;
}

int sb_cli_import(SbCli *cli, const char *pool, SbImageImport *request)
{
    g_autoptr(GError) error = NULL;
    Sending sending = {.is_live = !cli->is_quiet && sb_progress_is_live(),
                       .is_quiet = cli->is_quiet,
                       .next_us = g_get_monotonic_time() + G_USEC_PER_SEC / 2,
                       .cancellable = sb_cli_catch_signals()};
    request->file.progress = on_progress;
    request->file.data = &sending;
    request->file.max_bytes = SB_QCOW2_MAX_VIRTUAL_BYTES;
    SbHost *host = sb_cli_host(cli, &error);
    virConnect *connection = host ? sb_host_take(host, &error) : NULL;
    gboolean is_new = FALSE;
    g_autoptr(SbImage) image =
        connection ? import(host, connection, pool, request, &is_new, &error) : NULL;
    if (host)
        sb_host_give(host, connection);
    if (sending.is_live)
        fputs("\r\033[K", stderr);
    if (!image)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!cli->is_quiet)
        fprintf(stderr,
                is_new ? "image '%s' imported as '%s'\n" : "image '%s' is there already, as '%s'\n",
                image->name, image->volume);
    return SB_EXIT_OK;
}
