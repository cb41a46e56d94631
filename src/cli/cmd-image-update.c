/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "cli/command.h"
#include "cli/open-pool.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/transfer.h"

#include "image/catalogue-files.h"
#include "image/obtain.h"
#include "image/update.h"

#include <stdio.h>

static gboolean is_fetch;

static const GOptionEntry entries[] = {
    {"fetch", 0, 0, G_OPTION_ARG_NONE, &is_fetch, "fetch the newer versions", NULL},
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    G_OPTION_ENTRY_NULL};

/* What became of one image: a word for the table, or NULL with an error. */
static const char *update(const SbOperation *operation, const SbCatalogue *catalogue,
                          const SbImageState *state, const char *pool_name, GError **error)
{
    const SbImageRecord *record = state->record;
    const SbCatalogueImage *image =
        sb_catalogue_find(catalogue, record->catalogue, record->arch ? record->arch : "", error);
    gboolean is_newer;
    if (!image || !sb_image_update_look(operation, image, record, &is_newer, error))
        return NULL;
    if (!is_newer)
        return "up to date";
    if (!is_fetch)
        return "newer version";
    const SbImageTarget target = {.name = state->image->name,
                                  .arch = record->arch,
                                  .pool_name = pool_name,
                                  .catalogue = record->catalogue};
    const SbFetchRequest request = sb_fetch_request(image);
    return sb_image_obtain_url(operation, &target, &request, error) ? "updated" : NULL;
}

/* WORD: as update() returns it. */
static void add_result(JsonArray *updates, const SbImageState *state, const char *word)
{
    g_autofree char *snake = word ? g_strdelimit(g_strdup(word), " ", '_') : NULL;
    JsonObject *update = json_object_new();
    json_object_set_string_member(update, "name", state->image->name);
    json_object_set_string_member(update, "arch", state->record->arch);
    json_object_set_string_member(update, "catalogue", state->record->catalogue);
    json_object_set_string_member(update, "state", snake);
    json_array_add_object_element(updates, update);
}

/* Looks at all images that come from the catalogue. The status of the first that failed. */
static int update_all(SbCli *cli, const SbOperation *operation, const SbCatalogue *catalogue,
                      const GPtrArray *states)
{
    g_autoptr(SbTable) table = sb_table_new("IMAGE", "ARCH", "CATALOGUE", "STATE", NULL);
    JsonArray *updates = json_array_new();
    int status = SB_EXIT_OK;
    json_object_set_array_member(sb_cli_result(cli), "updates", updates);
    SB_EACH(const SbImageState, state, states) {
        if (!state->is_current || !state->record || !state->record->catalogue)
            continue;
        g_autoptr(GError) error = NULL;
        const char *word = update(operation, catalogue, state, cli->pool, &error);
        if (error) {
            g_prefix_error(&error, "'%s': ", state->image->name);
            int failed = sb_cli_fail(error);
            status = status ? status : failed;
        }
        add_result(updates, state, word);
        sb_table_add(table, state->image->name, state->record->arch, state->record->catalogue,
                     word ? word : "not known");
        if (g_cancellable_is_cancelled(operation->cancellable))
            break;
    }
    if (cli->format != SB_FORMAT_JSON)
        sb_table_print(table);
    return status;
}

/* Whether the image NAME can be looked for in the catalogue. */
static gboolean check_name(const GPtrArray *states, const char *name)
{
    SB_EACH(const SbImageState, state, states)
        if (state->is_current && state->record && state->record->catalogue)
            return TRUE;
    fprintf(stderr,
            "seedbed: the image '%s' was not fetched by a name of the catalogue: "
            "'seedbed image info %s' shows where it comes from\n",
            name, name);
    return FALSE;
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCatalogue) catalogue = sb_catalogue_files_load(SB_CATALOGUE_OF_HOST, &error);
    g_autoptr(SbOpenPool) pool = catalogue ? sb_open_pool_new(cli, cli->pool, &error) : NULL;
    g_autoptr(GPtrArray) states = pool ? sb_open_pool_states(pool, arguments[0], &error) : NULL;
    if (!states)
        return sb_cli_fail(error);
    if (arguments[0] && !check_name(states, arguments[0]))
        return SB_EXIT_USAGE;
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    SbOperation operation = sb_cli_operation(cli, sb_transfer_on_event, &transfer, &error);
    int status =
        operation.host ? update_all(cli, &operation, catalogue, states) : sb_cli_fail(error);
    sb_transfer_end(&transfer);
    return sb_cli_signal_status(status);
}

const SbCommand sb_command_image_update = {
    .name = "image update",
    .arguments = "[NAME]",
    .summary = "look for newer versions of images from the catalogue",
    .details = "Reads only the checksum files. NAME: only this image of the pool.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = 1,
    .run = run,
};
