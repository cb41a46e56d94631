/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/load.h"
#include "cli/options.h"
#include "cli/power.h"

static SbStopFlags flags;
static gboolean no_wait;

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, SB_OPTION_STOP_TIMEOUT,
                                       SB_OPTION_NOW(flags), SB_OPTION_NO_WAIT(no_wait),
                                       G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    const SbStartOptions options = {.no_wait = no_wait};
    if (!sb_cli_stop_check(cli, &flags))
        return SB_EXIT_USAGE;
    g_auto(GStrv) names = sb_cli_names(cli, arguments);
    int status = names ? sb_cli_stop(cli, names, &flags) : SB_EXIT_USAGE;
    return status == SB_EXIT_OK ? sb_cli_start(cli, names, &options) : status;
}

const SbCommand sb_command_restart = {
    .name = "restart",
    .arguments = "[NAME…]",
    .summary = "stop machines or fleets, and start them again",
    .details = "This is 'stop' and then 'start'. A machine that is off is started.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
