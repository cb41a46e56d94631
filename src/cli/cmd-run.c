/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/up-view.h"

#include "fleet/run.h"

#include <stdio.h>

static gboolean keep, strict;
static char *name, *memory, *vcpus, *disk, *user_data, *network;

static const GOptionEntry entries[] = {
    {"name", 'n', 0, G_OPTION_ARG_STRING, &name, "the name of the fleet (default: a new one)",
     "NAME"},
    {"memory", 'm', 0, G_OPTION_ARG_STRING, &memory, "such as '2 GiB'", "SIZE"},
    {"vcpus", 0, 0, G_OPTION_ARG_STRING, &vcpus, "the number of CPUs", "NUMBER"},
    {"disk", 0, 0, G_OPTION_ARG_STRING, &disk, "the size of the disk", "SIZE"},
    {"user-data", 'u', 0, G_OPTION_ARG_FILENAME, &user_data, "what cloud-init does", "FILE"},
    {"network", 0, 0, G_OPTION_ARG_STRING, &network, "as in a fleet file, such as 'isolated'",
     "NETWORK"},
    {"keep", 'k', 0, G_OPTION_ARG_NONE, &keep, "leave the machine, also after a command", NULL},
    {"set", 0, 0, G_OPTION_ARG_CALLBACK, sb_option_set, "any other key of a fleet file",
     "KEY=VALUE"},
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    SB_OPTION_TIMEOUT,
    SB_OPTION_STRICT(strict),
    SB_OPTION_LIFETIME,
    G_OPTION_ENTRY_NULL};

static void take(const SbEvent *event, gpointer data)
{
    SbUpView *view = data;
    if (event->kind != SB_EVENT_LINE) {
        sb_up_view_take(event, view);
        return;
    }
    FILE *to = event->number ? stderr : stdout;
    fwrite(event->text, 1, event->length, to);
    fputc('\n', to);
    fflush(to);
}

static int run_machine(SbCli *cli, const SbFleetFile *fleet, const SbRunOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbUpView) view = sb_up_view_new(cli->is_quiet, FALSE);
    SbOperation operation = sb_cli_operation(cli, take, view, &error);
    json_object_set_string_member(sb_cli_result(cli), "fleet", fleet->name);
    int status = 0;
    gboolean is_good = operation.host && sb_run(&operation, fleet, options, &status, &error);
    sb_up_view_end(view);
    if (!is_good)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!options->command && cli->format != SB_FORMAT_JSON)
        sb_up_view_summarize(view, fleet);
    return status;
}

static int run(SbCli *cli, char **arguments)
{
    g_autofree char *command = cli->words && *cli->words ? g_strjoinv(" ", cli->words) : NULL;
    const SbRunOptions options = {.command = command,
                                  .keep = keep,
                                  .up = {.pool_name = cli->pool,
                                         .timeout_ms = cli->timeout_ms,
                                         .keep = keep,
                                         .demands = strict ? SB_DEMAND_NO_WARNINGS : 0}};
    const SbCliSetting settings[] = {
        {"image", arguments[0]},          {"fleet", name},
        {"machines.vm.memory", memory},   {"machines.vm.vcpus", vcpus},
        {"machines.vm.disk", disk},       {"machines.vm.user-data", user_data},
        {"machines.vm.network", network}, {NULL, NULL}};
    cli->has_unique_fleet = !name;
    g_autoptr(SbFleetFile) fleet = sb_cli_load_text(cli, SB_RUN_FLEET_FILE, settings);
    return fleet ? run_machine(cli, fleet, &options) : SB_EXIT_USAGE;
}

const SbCommand sb_command_run = {
    .name = "run",
    .arguments = "IMAGE [-- COMMAND…]",
    .summary = "make one machine of an image, without a fleet file",
    .details = "With a COMMAND, the machine runs it and is removed; the exit status is that of the "
               "command. Without one, the machine stays: 'seedbed down' removes it.",
    .options = entries,
    .tells_events = TRUE,
    .parsing = SB_PARSING_WORDS,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
