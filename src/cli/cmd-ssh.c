/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "fleet-file/environment.h"
#include "local/ssh.h"
#include "machine/lookup.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* A terminal of the guest joins stderr and stdout, and changes line ends: files and pipes must not
 * get that. */
static gboolean is_interactive(void)
{
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

static int run(SbCli *cli, char **arguments)
{
    const char *machine = arguments[0];
    char **words = cli->words ? cli->words : arguments + 1;
    if (cli->words && arguments[1])
        return sb_cli_usage(cli, "ssh takes one machine: 'seedbed exec' takes several");
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    g_autoptr(SbAccess) access =
        connection ? sb_lookup_access(host, connection, machine, &error) : NULL;
    if (!access)
        return sb_cli_fail(error);
    g_autofree char *line = *words ? g_strjoinv(" ", words) : NULL;
    g_autofree char *command = line ? sb_environment_wrap(line) : NULL;
    if (command && is_interactive())
        g_ptr_array_insert(cli->ssh_options, 0, (gpointer) "-t"); /* a -T after it counts */
    g_ptr_array_add(cli->ssh_options, NULL);
    g_auto(GStrv) ssh = sb_ssh_command(sb_access_config_path(access), machine,
                                       (const char *const *)cli->ssh_options->pdata, command);
    signal(SIGPIPE, SIG_DFL);
    execvp(ssh[0], ssh);
    fprintf(stderr, "seedbed: cannot start ssh (install 'openssh-client'): %s\n",
            g_strerror(errno));
    return SB_EXIT_INFRASTRUCTURE;
}

const SbCommand sb_command_ssh = {
    .name = "ssh",
    .arguments = "MACHINE [-- COMMAND…]",
    .summary = "log in to a machine, or run a command in it",
    .details = "As with ssh, the words of COMMAND are joined with spaces, and the shell of the "
               "guest reads them. On a terminal the command gets one. The exit status is the "
               "status of the command.\n\n"
               "OPTION can be any of ssh(1), such as -t, -A or -L, before MACHINE. "
               "Options that would weaken the check of the host key are refused.",
    .parsing = SB_PARSING_SSH,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
