/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/load.h"
#include "cli/options.h"
#include "cli/power.h"

static SbStopFlags flags;

static const GOptionEntry entries[] = {SB_OPTION_FORMAT,
                                       SB_OPTION_STOP_TIMEOUT,
                                       SB_OPTION_NOW(flags),
                                       {"save", 0, 0, G_OPTION_ARG_NONE, &flags.is_save,
                                        "keep the memory: the next start goes on from there", NULL},
                                       G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    if (!sb_cli_stop_check(cli, &flags))
        return SB_EXIT_USAGE;
    g_auto(GStrv) names = sb_cli_names(cli, arguments);
    return names ? sb_cli_stop(cli, names, &flags) : SB_EXIT_USAGE;
}

const SbCommand sb_command_stop = {
    .name = "stop",
    .arguments = "[NAME…]",
    .summary = "switch machines or fleets off; their disks stay",
    .details = "The guest is asked to power off. If it has not after --timeout, it is stopped. "
               "Without NAME, the fleet of the folder's fleet file is meant.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
