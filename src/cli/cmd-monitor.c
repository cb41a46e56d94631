/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "machine/monitor.h"

#include <stdio.h>
#include <unistd.h>

static gboolean ask(const SbCli *cli, const char *machine, const char *command)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *reply = sb_monitor(cli->host, machine, command, &error);
    if (!reply) {
        sb_cli_fail(error);
        return FALSE;
    }
    fputs(reply, stdout);
    return TRUE;
}

/* A line of standard input is a command; a failure does not end the session. */
static int ask_lines(const SbCli *cli, const char *machine)
{
    char line[4096];
    gboolean is_terminal = isatty(STDIN_FILENO), is_well = TRUE;
    for (;;) {
        if (is_terminal)
            fputs("(qemu) ", stderr);
        if (!fgets(line, sizeof line, stdin))
            break;
        g_strstrip(line);
        if (*line)
            is_well = ask(cli, machine, line);
        fflush(stdout);
    }
    return is_well ? SB_EXIT_OK : SB_EXIT_INFRASTRUCTURE;
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    char **words = cli->words ? cli->words : arguments + 1;
    if (!sb_cli_host(cli, &error))
        return sb_cli_fail(error);
    if (!*words)
        return ask_lines(cli, arguments[0]);
    g_autofree char *command = g_strjoinv(" ", words);
    return ask(cli, arguments[0], command) ? SB_EXIT_OK : SB_EXIT_INFRASTRUCTURE;
}

const SbCommand sb_command_monitor = {
    .name = "monitor",
    .arguments = "MACHINE [-- COMMAND…]",
    .summary = "give commands to the QEMU of a machine, such as 'info status'",
    .details = "Without COMMAND, each line of standard input is one. They go to QEMU's human "
               "monitor through libvirt, which marks the domain as tainted: it cannot know what "
               "they change.",
    .parsing = SB_PARSING_LEADING,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
