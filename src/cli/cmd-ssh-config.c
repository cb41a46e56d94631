/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "fleet/inventory.h"
#include "local/ssh-include.h"

#include <stdio.h>
#include <unistd.h>

static gboolean installs, uninstalls, is_agreed;

static const GOptionEntry entries[] = {
    {"install", 0, 0, G_OPTION_ARG_NONE, &installs,
     "include the machines of all fleets in ~/.ssh/config", NULL},
    {"uninstall", 0, 0, G_OPTION_ARG_NONE, &uninstalls, "take these lines out again", NULL},
    {"yes", 'y', 0, G_OPTION_ARG_NONE, &is_agreed, "do not ask before --install", NULL},
    G_OPTION_ENTRY_NULL};

static int print(SbCli *cli, char **names)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    const SbOperation operation = {.host = host, .event = sb_cli_show_note, .data = cli};
    g_autofree char *text =
        host ? sb_inventory_ssh_config(&operation, (const char *const *)names, &error) : NULL;
    if (!text)
        return sb_cli_fail(error);
    fputs(text, stdout);
    return SB_EXIT_OK;
}

/* Asks on the terminal. FALSE after the usage error was printed, also without a terminal. */
static gboolean is_wanted(const SbCli *cli, const char *path, const char *lines)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        sb_cli_usage(cli, "--install changes '%s': give --yes too", path);
        return FALSE;
    }
    fprintf(stderr, "%sPut these lines at the top of '%s'? [y/N] ", lines, path);
    int answer = getchar();
    if (answer == 'y' || answer == 'Y')
        return TRUE;
    fprintf(stderr, "nothing was changed\n");
    return FALSE;
}

static int install(const SbCli *cli)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = sb_ssh_include_file(), *lines = sb_inventory_include_lines(&error);
    gboolean is_changed;
    if (lines && !is_agreed && !is_wanted(cli, path, lines))
        return SB_EXIT_USAGE;
    if (!lines || !sb_ssh_include_install(path, lines, &is_changed, &error))
        return sb_cli_fail(error);
    if (!cli->is_quiet)
        fprintf(stderr, "'%s' %s: ssh, scp, rsync and git find machines by name\n", path,
                is_changed ? "includes the machines now" : "has included the machines before");
    return SB_EXIT_OK;
}

static int uninstall(const SbCli *cli)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = sb_ssh_include_file();
    gboolean is_changed;
    if (!sb_ssh_include_uninstall(path, &is_changed, &error))
        return sb_cli_fail(error);
    if (!cli->is_quiet)
        fprintf(stderr,
                is_changed ? "'%s' does not include the machines any more\n"
                           : "nothing to do: '%s' does not include the machines\n",
                path);
    return SB_EXIT_OK;
}

static int run(SbCli *cli, char **arguments)
{
    if ((installs || uninstalls) && (*arguments || installs == uninstalls))
        return sb_cli_usage(cli, "--%s is for all machines, and stands alone",
                            installs ? "install" : "uninstall");
    if (is_agreed && !installs)
        return sb_cli_usage(cli, "--yes is only for --install");
    return installs ? install(cli) : uninstalls ? uninstall(cli) : print(cli, arguments);
}

const SbCommand sb_command_ssh_config = {
    .name = "ssh-config",
    .arguments = "[NAME…]",
    .summary = "print an ssh_config(5) for machines or fleets",
    .details = "For ssh -F, scp -F, rsync -e and ansible. Every host key in it is pinned. "
               "Without NAME, it has all machines that run. With --install, ssh, scp, rsync, git "
               "and editors find each machine by its name, without -F.",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
