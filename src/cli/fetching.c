/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/fetching.h"

#include "base/units.h"
#include "cli/import.h"
#include "cli/progress.h"
#include "image/image.h"
#include "model/volume-names.h"

#include <stdio.h>

enum { SAY_EVERY_MS = 5000, REDRAW_MS = 200 };

typedef struct {
    gboolean is_quiet;
    gboolean is_live;
    gboolean is_drawn;
    gint64 next_us; /* when to say something again */
    GCancellable *cancellable;
} Progress;

/* (transfer full) such as "120 MiB of 300 MiB, 10 MiB/s, 18 s left" */
static char *describe(const SbDownloadState *state)
{
    if (state->phase == SB_DOWNLOAD_WAITING)
        return g_strdup("another process downloads it: waiting");
    if (state->phase == SB_DOWNLOAD_CHECKING)
        return g_strdup("reading what is there");
    if (state->phase == SB_DOWNLOAD_RETRYING)
        return g_strdup_printf("%s: trying again", state->reason);
    g_autofree char *done = sb_size_format(state->done_bytes);
    GString *text = g_string_new(done);
    if (state->total_bytes) {
        g_autofree char *total = sb_size_format(state->total_bytes);
        g_string_append_printf(text, " of %s", total);
    }
    if (state->bytes_per_second) {
        g_autofree char *rate = sb_size_format(state->bytes_per_second);
        g_string_append_printf(text, ", %s/s", rate);
    }
    if (state->bytes_per_second && state->total_bytes >= state->done_bytes) {
        guint64 left_s = (state->total_bytes - state->done_bytes) / state->bytes_per_second;
        g_autofree char *left = sb_duration_format((gint64)MIN(left_s, 1000000) * 1000);
        g_string_append_printf(text, ", %s left", left);
    }
    return g_string_free(text, FALSE);
}

static gboolean on_progress(const SbDownloadState *state, gpointer data)
{
    Progress *progress = data;
    /* Signals are the main loop's business, which does not run by itself here. */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    gint64 now = g_get_monotonic_time();
    if (!progress->is_quiet && now >= progress->next_us) {
        g_autofree char *text = describe(state);
        fprintf(stderr, progress->is_live ? "\r\033[K%s" : "%s\n", text);
        progress->is_drawn = progress->is_live;
        progress->next_us = now + (progress->is_live ? REDRAW_MS : SAY_EVERY_MS) * 1000;
    }
    return !g_cancellable_is_cancelled(progress->cancellable);
}

SbFetched *sb_cli_fetch(SbCli *cli, SbFetchRequest *request, GError **error)
{
    Progress progress = {.is_quiet = cli->is_quiet,
                         .is_live = sb_progress_is_live(),
                         .next_us = g_get_monotonic_time() + G_USEC_PER_SEC,
                         .cancellable = sb_cli_catch_signals()};
    request->progress = on_progress;
    request->data = &progress;
    SbFetched *fetched = sb_fetch(request, error);
    if (progress.is_drawn)
        fputs("\r\033[K", stderr);
    if (fetched && !cli->is_quiet)
        fprintf(stderr, "fetched '%s'\n  %s %s\n  verified: %s\n", request->url,
                sb_digest_type_name(fetched->digest.type), fetched->digest.hex, fetched->verified);
    return fetched;
}

int sb_cli_import_fetched(SbCli *cli, const char *pool, const char *name, const char *arch,
                          const SbFetchRequest *request, const SbFetched *fetched)
{
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    sb_image_record_set_source(record, request->url);
    record->verified = g_strdup(fetched->verified);
    record->arch = g_strdup(arch);
    SbImageImport import = {.name = name, .file.path = fetched->path, .record = record};
    return sb_cli_import(cli, pool, &import);
}

/* ---- for a fleet ---- */

/* Whether the pool has the image of GROUP; no pool is no error, it is made by the import. */
static gboolean find(virConnect *connection, const char *pool_name, const SbGroup *group,
                     gboolean *is_there_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPool) pool =
        sb_pool_open(connection, pool_name ? pool_name : SB_DEFAULT_POOL, NULL, &cause);
    g_autoptr(SbImage) image = pool ? sb_image_find(pool, group->image, &cause) : NULL;
    if (!image && !g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) &&
        !g_error_matches(cause, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    *is_there_out = image && sb_image_has_digest(pool, image, &group->image_digest);
    return TRUE;
}

/* Where the fleet file says that the image is. (transfer full) */
static char *image_path(const SbFleet *fleet, const SbGroup *group)
{
    g_autofree char *folder = g_path_get_dirname(fleet->file->file);
    g_autofree char *absolute_folder = g_canonicalize_filename(folder, NULL);
    return g_canonicalize_filename(group->image_path, absolute_folder);
}

static int import_file(SbCli *cli, const SbFleet *fleet, const SbGroup *group, const char *pool)
{
    g_autofree char *path = image_path(fleet, group);
    g_autoptr(SbImageRecord) record = sb_image_record_new();
    sb_image_record_set_source(record, path);
    record->verified = g_strdup("sha256 as the fleet file says");
    record->arch = g_strdup(group->arch);
    SbImageImport import = {.name = group->image,
                            .file = {.path = path, .digest = &group->image_digest},
                            .record = record};
    return sb_cli_import(cli, pool, &import);
}

static int fetch_url(SbCli *cli, const SbGroup *group, const char *pool)
{
    g_autoptr(GError) error = NULL;
    SbFetchRequest request = {.url = group->image_url, .digest = &group->image_digest};
    g_autoptr(SbFetched) fetched = sb_cli_fetch(cli, &request, &error);
    return fetched ? sb_cli_import_fetched(cli, pool, group->image, group->arch, &request, fetched)
                   : sb_cli_signal_status(sb_cli_fail(error));
}

static int get_image(SbCli *cli, const SbFleet *fleet, const SbGroup *group, const char *pool)
{
    g_autoptr(GError) error = NULL;
    gboolean is_there = FALSE;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    gboolean is_known = connection && find(connection, pool, group, &is_there, &error);
    if (!is_known)
        return sb_cli_fail(error);
    if (is_there)
        return SB_EXIT_OK;
    return group->image_path ? import_file(cli, fleet, group, pool) : fetch_url(cli, group, pool);
}

int sb_cli_get_images(SbCli *cli, const SbFleet *fleet, const char *pool)
{
    for (guint i = 0; i < fleet->file->groups->len; i++) {
        const SbGroup *group = g_ptr_array_index(fleet->file->groups, i);
        gboolean has_source = group->image_url || group->image_path;
        int status = has_source ? get_image(cli, fleet, group, pool) : SB_EXIT_OK;
        if (status != SB_EXIT_OK)
            return status;
    }
    return SB_EXIT_OK;
}
