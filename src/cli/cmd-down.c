/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "fleet/down.h"

#include <stdio.h>

static void on_event(const SbEvent *event, gpointer data)
{
    const SbCli *cli = data;
    if (event->kind == SB_EVENT_REMOVED && !cli->is_quiet)
        fprintf(stderr, "%s: removed\n", event->machine);
    else if (event->kind == SB_EVENT_NOTE && !cli->is_quiet)
        fprintf(stderr, "%s: %s\n", event->machine, event->text);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    guint count = 0;
    const SbOperation operation = {.host = host, .event = on_event, .data = cli};
    if (!host || !sb_down(&operation, (const char *const *)arguments, &count, &error))
        return sb_cli_fail(error);
    if (count == 0 && !cli->is_quiet)
        fprintf(stderr, "nothing to do: no machine, fleet or network has that name\n");
    return SB_EXIT_OK;
}

const SbCommand sb_command_down = {
    .name = "down",
    .arguments = "NAME…",
    .summary = "remove fleets or machines, with everything that belongs to them",
    .details = "NAME is a fleet or a machine. If both have it, write FLEET/ for the fleet, or "
               "FLEET/GROUP-N for the machine. The fleet file is not needed.",
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
