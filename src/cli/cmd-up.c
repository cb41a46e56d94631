/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/print-xml.h"
#include "cli/up-view.h"

#include "fleet/up.h"

#include <stdio.h>

static gboolean is_cold, keep, wait_for_run, no_wait, print_xml, strict;

static const GOptionEntry entries[] = {
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    SB_OPTION_TIMEOUT,
    SB_OPTION_KEEP(keep),
    SB_OPTION_STRICT(strict),
    SB_OPTION_SETTINGS,
    SB_OPTION_WAIT(wait_for_run),
    SB_OPTION_LIFETIME,
    SB_OPTION_NO_WAIT(no_wait),
    {"cold", 0, 0, G_OPTION_ARG_NONE, &is_cold, "boot all machines: do not use warm images", NULL},
    {"print-xml", 0, 0, G_OPTION_ARG_NONE, &print_xml,
     "print all XML that libvirt would get, and change nothing", NULL},
    G_OPTION_ENTRY_NULL};

static int bring_up(SbCli *cli, const SbFleetFile *fleet, const SbUpOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbUpView) view = sb_up_view_new(cli->is_quiet, no_wait);
    SbOperation operation = sb_cli_operation(cli, sb_up_view_take, view, &error);
    if (!operation.host)
        return sb_cli_fail(error);
    json_object_set_string_member(sb_cli_result(cli), "fleet", fleet->name);
    /* Now, because the machines may stay also if this fails. */
    if (cli->has_unique_fleet && cli->format != SB_FORMAT_JSON) {
        printf("%s\n", fleet->name);
        fflush(stdout);
    }
    gboolean is_up = sb_up(&operation, fleet, options, &error);
    sb_up_view_end(view);
    if (!is_up)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (cli->format != SB_FORMAT_JSON)
        sb_up_view_summarize(view, fleet);
    return SB_EXIT_OK;
}

static int run(SbCli *cli, char **arguments)
{
    SbUpOptions options = {.pool_name = cli->pool,
                           .timeout_ms = cli->timeout_ms,
                           .keep = keep,
                           .wait_for_run = wait_for_run,
                           .demands = strict ? SB_DEMAND_NO_WARNINGS : 0,
                           .no_wait = no_wait};
    if (no_wait && (cli->timeout_ms || strict))
        return sb_cli_usage(cli, "%s is about what --no-wait does not wait for",
                            cli->timeout_ms ? "--timeout" : "--strict");
    g_autoptr(SbFleetFile) fleet = sb_cli_load_fleet(cli, arguments[0]);
    if (!fleet)
        return SB_EXIT_USAGE;
    if (is_cold)
        sb_fleet_file_start_cold(fleet);
    if (print_xml && cli->format == SB_FORMAT_JSON)
        return sb_cli_usage(cli, "--print-xml prints XML, not JSON");
    if (print_xml)
        return sb_cli_print_xml(cli, fleet);
    return bring_up(cli, fleet, &options);
}

const SbCommand sb_command_up = {
    .name = "up",
    .arguments = "[FLEET.yaml]",
    .summary = "make the machines of a fleet file, and wait until they are ready",
    .details = "Machines that exist stay as they are: run it again to add the missing ones. A "
               "machine that fails is removed, and its console is kept. Ctrl-C removes everything "
               "that this run has made.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = 1,
    .run = run,
};
