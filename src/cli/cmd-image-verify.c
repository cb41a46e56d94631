/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/open-pool.h"
#include "cli/options.h"
#include "cli/transfer.h"

#include "base/array.h"
#include "image/image-content.h"
#include "image/warm-image.h"

#include <stdio.h>
#include <string.h>

static const GOptionEntry entries[] = {SB_OPTION_POOL, G_OPTION_ENTRY_NULL};

/* The exit status for the worst finding. */
static int verify_one(const SbOpenPool *pool, const SbImageState *state, SbTransfer *transfer)
{
    const SbOperation operation = {
        .cancellable = sb_cli_catch_signals(), .event = sb_transfer_on_event, .data = transfer};
    const SbImageContent content = {
        .pool = pool->pool, .image = state->image, .record = state->record};
    g_autoptr(GError) error = NULL;
    g_autofree char *sha256 = NULL;
    gboolean is_right = sb_image_content_verify(&operation, &content, &sha256, &error);
    sb_transfer_end(transfer);
    if (is_right && state->problem)
        g_set_error(&error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED, "%s", state->problem);
    if (error)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!transfer->is_quiet)
        printf("%s %s: right, sha256 %s%s\n", state->image->name, state->image->digest, sha256,
               state->record ? "" : " (it has no record: 16 digits were compared)");
    return SB_EXIT_OK;
}

/* Whether a version of the image NAME is whole: then an upload that is not finished does no harm.
 */
static gboolean has_current(const GPtrArray *states, const char *name)
{
    SB_EACH(const SbImageState, state, states)
        if (state->is_current && strcmp(state->image->name, name) == 0)
            return TRUE;
    return FALSE;
}

/* A function, because MAX() would verify twice. */
static void note_status(int *worst, int status)
{
    *worst = MAX(*worst, status);
}

static int verify_warm(const SbOpenPool *pool, const SbWarmImage *image, SbTransfer *transfer)
{
    const SbOperation operation = {
        .cancellable = sb_cli_catch_signals(), .event = sb_transfer_on_event, .data = transfer};
    g_autoptr(GError) error = NULL;
    gboolean is_right = sb_warm_image_verify(&operation, pool->pool, image, &error);
    sb_transfer_end(transfer);
    if (!is_right)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!transfer->is_quiet)
        printf("%s: right, as it was frozen\n", image->name);
    return SB_EXIT_OK;
}

static int verify_warm_one(const SbOpenPool *pool, const char *key, SbTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbWarmImage) image = sb_warm_image_find(pool->pool, key, &error);
    return image ? verify_warm(pool, image, transfer) : sb_cli_fail(error);
}

/* An image that cannot be used is passed over, for it harms nobody. */
static int verify_warm_all(const SbOpenPool *pool, SbTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) images = sb_warm_image_list(pool->pool, &error);
    if (!images)
        return sb_cli_fail(error);
    int status = SB_EXIT_OK;
    SB_EACH(const SbWarmImage, image, images)
        if (!image->problem && sb_cli_signal_status(0) == 0)
            note_status(&status, verify_warm(pool, image, transfer));
    return status;
}

static int verify_all(const SbOpenPool *pool, const char *name, SbTransfer *transfer)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) states = sb_open_pool_states(pool, name, &error);
    if (!states)
        return sb_cli_fail(error);
    int status = SB_EXIT_OK;
    for (guint i = 0; i < states->len && sb_cli_signal_status(0) == 0; i++) {
        const SbImageState *state = g_ptr_array_index(states, i);
        if (!state->is_unfinished) {
            note_status(&status, verify_one(pool, state, transfer));
            continue;
        }
        /* No machine can use it yet, so there is no content to compare. */
        fprintf(stderr, "%s %s: its upload is not finished\n", state->image->name,
                state->image->digest);
        if (!has_current(states, state->image->name))
            note_status(&status, SB_EXIT_INFRASTRUCTURE);
    }
    return status;
}

static int verify_name(const SbOpenPool *pool, const char *name, SbTransfer *transfer)
{
    g_autofree char *key = sb_warm_image_key(name);
    return key && pool->pool ? verify_warm_one(pool, key, transfer)
                             : verify_all(pool, name, transfer);
}

static int run(SbCli *cli, char **names)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbOpenPool) pool = sb_open_pool_new(cli, cli->pool, &error);
    if (!pool)
        return sb_cli_fail(error);
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    int status = *names ? SB_EXIT_OK : verify_all(pool, NULL, &transfer);
    if (!*names && pool->pool && sb_cli_signal_status(0) == 0)
        note_status(&status, verify_warm_all(pool, &transfer));
    for (; *names && sb_cli_signal_status(0) == 0; names++)
        note_status(&status, verify_name(pool, *names, &transfer));
    return status;
}

const SbCommand sb_command_image_verify = {
    .name = "image verify",
    .arguments = "[NAME…]",
    .summary = "read images back, and compare them with their digests",
    .details =
        "Without NAME, all images of the pool are read, and its warm images. Every version "
        "is read. The exit status is 3 if one is damaged, or if no version of an image is whole.",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
