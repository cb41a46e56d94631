/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/up-view.h"

#include "base/names.h"
#include "base/text.h"
#include "build/build.h"

#include <stdio.h>

static char *image_name, *group_name, *check;
static gboolean is_warm, keep, wait_for_run, no_cache, strict;

static const GOptionEntry entries[] = {
    {"name", 'n', 0, G_OPTION_ARG_STRING, &image_name, "the name of the new image", "NAME"},
    {"group", 'g', 0, G_OPTION_ARG_STRING, &group_name,
     "the group of the file to build, if the file has several", "GROUP"},
    {"check", 0, 0, G_OPTION_ARG_STRING, &check,
     "a command that must succeed in a fresh machine of the image before it is published",
     "COMMAND"},
    {"no-cache", 0, 0, G_OPTION_ARG_NONE, &no_cache, "make all layers again", NULL},
    {"warm", 0, 0, G_OPTION_ARG_NONE, &is_warm,
     "boot the image once more and freeze it: machines of it start from memory", NULL},
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    SB_OPTION_TIMEOUT,
    SB_OPTION_KEEP(keep),
    SB_OPTION_STRICT(strict),
    SB_OPTION_SETTINGS,
    SB_OPTION_WAIT(wait_for_run),
    G_OPTION_ENTRY_NULL};

static void take(const SbEvent *event, gpointer data)
{
    if (event->kind == SB_EVENT_LINE) {
        g_autofree char *clean = sb_text_sanitize(event->text, event->length);
        fprintf(stderr, "check | %s\n", clean);
    } else {
        sb_up_view_take(event, data);
    }
}

static int build(SbCli *cli, const SbFleetFile *fleet, const SbBuildOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbUpView) up = sb_up_view_new(cli->is_quiet, FALSE);
    SbOperation operation = sb_cli_operation(cli, take, up, &error);
    gboolean is_new = FALSE;
    g_autoptr(SbImage) image =
        operation.host ? sb_build(&operation, fleet, options, &is_new, &error) : NULL;
    sb_up_view_end(up);
    if (!image) {
        int status = sb_cli_signal_status(sb_cli_fail(error));
        return g_error_matches(error, SB_BUILD_ERROR, SB_BUILD_ERROR_CHECK) ? SB_EXIT_TESTS_FAILED
                                                                            : status;
    }
    JsonObject *result = sb_cli_result(cli);
    json_object_set_string_member(result, "image", image->name);
    json_object_set_string_member(result, "volume", image->volume);
    json_object_set_boolean_member(result, "is_new", is_new);
    if (!cli->is_quiet)
        fprintf(stderr, is_new ? "image '%s' built as '%s'\n" : "image '%s' is up to date: '%s'\n",
                image->name, image->volume);
    return SB_EXIT_OK;
}

static int run(SbCli *cli, char **arguments)
{
    SbBuildOptions options = {.name = image_name,
                              .group = group_name,
                              .check = check,
                              .no_cache = no_cache,
                              .is_warm = is_warm,
                              .up = {.pool_name = cli->pool,
                                     .timeout_ms = cli->timeout_ms,
                                     .keep = keep,
                                     .wait_for_run = wait_for_run,
                                     .demands = strict ? SB_DEMAND_NO_WARNINGS : 0}};
    g_autoptr(GError) error = NULL;
    if (!image_name)
        return sb_cli_usage(cli, "the new image needs a name: --name NAME");
    if (!sb_image_name_check(image_name, &error))
        return sb_cli_usage(cli, "--name: %s", error->message);
    g_autoptr(SbFleetFile) fleet = sb_cli_load_fleet(cli, arguments[0]);
    if (!fleet)
        return SB_EXIT_USAGE;
    if (cli->has_own_fleet)
        options.fleet = fleet->name;
    return build(cli, fleet, &options);
}

const SbCommand sb_command_build = {
    .name = "build",
    .arguments = "[FLEET.yaml]",
    .summary = "make a golden image: boot, configure, clean, pack, import",
    .details = "A machine boots the image that the file names, with the user-data of the file. "
               "When cloud-init is done, everything that belongs to this one machine is removed, "
               "and its disk becomes the image --name NAME. An image of the same base image and "
               "files is not made again.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = 1,
    .run = run,
};
