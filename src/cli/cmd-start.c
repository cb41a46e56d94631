/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/load.h"
#include "cli/options.h"
#include "cli/power.h"

static gboolean no_wait, strict;

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, SB_OPTION_TIMEOUT,
                                       SB_OPTION_STRICT(strict), SB_OPTION_NO_WAIT(no_wait),
                                       G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    const SbStartOptions options = {.timeout_ms = cli->timeout_ms,
                                    .demands = strict ? SB_DEMAND_NO_WARNINGS : 0,
                                    .no_wait = no_wait};
    if (no_wait && (cli->timeout_ms || strict))
        return sb_cli_usage(cli, "%s is about what --no-wait does not wait for",
                            cli->timeout_ms ? "--timeout" : "--strict");
    g_auto(GStrv) names = sb_cli_names(cli, arguments);
    return names ? sb_cli_start(cli, names, &options) : SB_EXIT_USAGE;
}

const SbCommand sb_command_start = {
    .name = "start",
    .arguments = "[NAME…]",
    .summary = "start machines or fleets that exist, and wait until they are ready",
    .details = "Without NAME, the fleet of the folder's fleet file is meant. A machine that fails "
               "stays as it is.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
