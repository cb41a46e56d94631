/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "machine/take-down.h"

#include <stdio.h>

static void on_removed(const char *name, const GError *error, gpointer data)
{
    const SbCli *cli = data;
    if (error)
        fprintf(stderr, "seedbed: '%s' could not be removed: %s\n", name, error->message);
    else if (!cli->is_quiet)
        fprintf(stderr, "%s: removed\n", name);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    guint count = 0;
    if (!host || !sb_down(host, (const char *const *)arguments, on_removed, cli, &count, &error))
        return sb_cli_fail(error);
    if (count == 0 && !cli->is_quiet)
        fprintf(stderr, "nothing to do: no machine, fleet or network has that name\n");
    return SB_EXIT_OK;
}

const SbCommand sb_command_down = {
    .name = "down",
    .arguments = "NAME…",
    .summary = "remove fleets or machines, with everything that belongs to them",
    .details = "NAME is a fleet or a machine. The fleet file is not needed.",
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
