/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "cli/command.h"
#include "cli/open-pool.h"
#include "cli/options.h"
#include "cli/transfer.h"

#include "image/image-content.h"

#include <stdio.h>

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, SB_OPTION_POOL, G_OPTION_ENTRY_NULL};

/* (nullable): none of them is finished */
static const SbImageState *current_of(const GPtrArray *states)
{
    SB_EACH(const SbImageState, state, states)
        if (state->is_current)
            return state;
    return NULL;
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbOpenPool) pool = sb_open_pool_new(cli, cli->pool, &error);
    g_autoptr(GPtrArray) states = pool ? sb_open_pool_states(pool, arguments[0], &error) : NULL;
    if (!states)
        return sb_cli_fail(error);
    const SbImageState *state = current_of(states);
    if (!state || state->problem) {
        const SbImageState *bad = state ? state : g_ptr_array_index(states, 0);
        g_set_error(&error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_DAMAGED, "%s", bad->problem);
        return sb_cli_fail(error);
    }
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    SbOperation operation = {
        .cancellable = sb_cli_catch_signals(), .event = sb_transfer_on_event, .data = &transfer};
    sb_cli_listen(cli, &operation);
    const SbImageContent content = {
        .pool = pool->pool, .image = state->image, .record = state->record};
    gboolean is_done = sb_image_content_export(&operation, &content, arguments[1], &error);
    sb_transfer_end(&transfer);
    if (!is_done)
        return sb_cli_signal_status(sb_cli_fail(error));
    JsonObject *result = sb_cli_result(cli);
    json_object_set_string_member(result, "image", state->image->name);
    json_object_set_string_member(result, "volume", state->image->volume);
    if (!cli->is_quiet)
        fprintf(stderr, "image '%s' (%s) written to '%s', and verified\n", state->image->name,
                state->image->digest, arguments[1]);
    return SB_EXIT_OK;
}

const SbCommand sb_command_image_export = {
    .name = "image export",
    .arguments = "NAME FILE",
    .summary = "write an image to a new file, and verify it",
    .options = entries,
    .tells_events = TRUE,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run,
};
