/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "libvirt/console-session.h"
#include "machine/lookup.h"

#include <stdio.h>

static gboolean force;

static const GOptionEntry entries[] = {
    {"force", 0, 0, G_OPTION_ARG_NONE, &force, "disconnect the client that has the console", NULL},
    G_OPTION_ENTRY_NULL};

static void on_connected(const char *name, gpointer data)
{
    const SbCli *cli = data;
    if (!cli->is_quiet)
        fprintf(stderr, "Connected to '%s'. Escape character is ^] (Ctrl + ])\n", name);
}

static gboolean attach(SbCli *cli, virConnect *connection, const char *machine, GError **error)
{
    g_autoptr(SbDomain) domain = sb_lookup_machine(connection, machine, error);
    g_autoptr(virDomain) handle = domain ? sb_domain_open(connection, domain->uuid, error) : NULL;
    if (!handle)
        return FALSE;
    return sb_console_attach(handle, force, on_connected, cli, sb_cli_catch_signals(), error);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    gboolean done = connection && attach(cli, connection, arguments[0], &error);
    return done ? sb_cli_signal_status(SB_EXIT_OK) : sb_cli_fail(error);
}

const SbCommand sb_command_console = {
    .name = "console",
    .arguments = "MACHINE",
    .summary = "use the serial console; Ctrl-] ends the session",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
