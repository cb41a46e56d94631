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

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, SB_OPTION_POOL, G_OPTION_ENTRY_NULL};

/* What all images have in common. */
typedef struct {
    SbCli *cli;
    const SbOpenPool *pool;
    SbTransfer transfer;
    JsonArray *verified; /* of the result */
} Verification;

static SbOperation operation_of(Verification *verification)
{
    SbOperation operation = {.cancellable = sb_cli_catch_signals(),
                             .event = sb_transfer_on_event,
                             .data = &verification->transfer};
    sb_cli_listen(verification->cli, &operation);
    return operation;
}

/* Tells that image NAME is right, as TEXT says, or why it is not. The exit status. */
static int tell(Verification *verification, const char *name, const char *digest, const char *text,
                const GError *error)
{
    JsonObject *image = json_object_new();
    json_object_set_string_member(image, "name", name);
    json_object_set_string_member(image, "digest", digest);
    json_object_set_string_member(image, "problem", error ? error->message : NULL);
    json_array_add_object_element(verification->verified, image);
    sb_transfer_end(&verification->transfer);
    if (error)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!verification->cli->is_quiet && verification->cli->format != SB_FORMAT_JSON)
        puts(text);
    return SB_EXIT_OK;
}

static int verify_one(Verification *verification, const SbImageState *state)
{
    const SbOperation operation = operation_of(verification);
    const SbImageContent content = {
        .pool = verification->pool->pool, .image = state->image, .record = state->record};
    g_autoptr(GError) error = NULL;
    g_autofree char *sha256 = NULL;
    if (sb_image_content_verify(&operation, &content, &sha256, &error) && state->problem)
        g_set_error(&error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED, "%s", state->problem);
    g_autofree char *text = g_strdup_printf(
        "%s %s: right, sha256 %s%s", state->image->name, state->image->digest, sha256,
        state->record ? "" : " (it has no record: 16 digits were compared)");
    return tell(verification, state->image->name, state->image->digest, text, error);
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

static int verify_warm(Verification *verification, const SbWarmImage *image)
{
    const SbOperation operation = operation_of(verification);
    g_autoptr(GError) error = NULL;
    (void)!sb_warm_image_verify(&operation, verification->pool->pool, image, &error);
    g_autofree char *text = g_strdup_printf("%s: right, as it was frozen", image->name);
    return tell(verification, image->name, image->key, text, error);
}

static int verify_warm_one(Verification *verification, const char *key)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbWarmImage) image = sb_warm_image_find(verification->pool->pool, key, &error);
    return image ? verify_warm(verification, image) : sb_cli_fail(error);
}

/* An image that cannot be used is passed over, for it harms nobody. */
static int verify_warm_all(Verification *verification)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) images = sb_warm_image_list(verification->pool->pool, &error);
    if (!images)
        return sb_cli_fail(error);
    int status = SB_EXIT_OK;
    SB_EACH(const SbWarmImage, image, images)
        if (!image->problem && sb_cli_signal_status(0) == 0)
            note_status(&status, verify_warm(verification, image));
    return status;
}

static int verify_all(Verification *verification, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) states = sb_open_pool_states(verification->pool, name, &error);
    if (!states)
        return sb_cli_fail(error);
    int status = SB_EXIT_OK;
    for (guint i = 0; i < states->len && sb_cli_signal_status(0) == 0; i++) {
        const SbImageState *state = g_ptr_array_index(states, i);
        if (!state->is_unfinished) {
            note_status(&status, verify_one(verification, state));
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

static int verify_name(Verification *verification, const char *name)
{
    g_autofree char *key = sb_warm_image_key(name);
    return key && verification->pool->pool ? verify_warm_one(verification, key)
                                           : verify_all(verification, name);
}

static int run(SbCli *cli, char **names)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbOpenPool) pool = sb_open_pool_new(cli, cli->pool, &error);
    if (!pool)
        return sb_cli_fail(error);
    Verification verification = {cli, pool, sb_transfer_begin(cli->is_quiet), json_array_new()};
    json_object_set_array_member(sb_cli_result(cli), "verified", verification.verified);
    int status = *names ? SB_EXIT_OK : verify_all(&verification, NULL);
    if (!*names && pool->pool && sb_cli_signal_status(0) == 0)
        note_status(&status, verify_warm_all(&verification));
    for (; *names && sb_cli_signal_status(0) == 0; names++)
        note_status(&status, verify_name(&verification, *names));
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
    .tells_events = TRUE,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
