/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "machine/lookup.h"

#include <stdio.h>

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    g_autoptr(SbAccess) access =
        connection ? sb_lookup_fleet_access(host, connection, arguments[0], &error) : NULL;
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
    .details = "For ssh -F, scp -F, rsync -e and ansible. Every host key in it is pinned.",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
