/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/machines.h"

#include <stdio.h>

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    g_autoptr(GPtrArray) domains =
        connection ? sb_machines_of_fleet(connection, arguments[0], &error) : NULL;
    g_autoptr(SbAccess) access =
        domains ? sb_access_load(host, connection, arguments[0], domains, &error) : NULL;
    if (!access)
        return sb_cli_fail(error);
    g_autofree char *text = sb_access_config_text(access);
    fputs(text, stdout);
    return SB_EXIT_OK;
}

const SbCommand sb_command_ssh_config = {
    .name = "ssh-config",
    .arguments = "FLEET",
    .summary = "print an ssh_config(5) for the machines of a fleet",
    .details = "For ssh -F, scp -F, rsync -e, ansible: every host key in it is pinned.",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
