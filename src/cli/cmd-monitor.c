/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "machine/monitor.h"

#include <editline/readline.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The next line of standard input: from a terminal it can be edited, and earlier ones can be
 * repeated. For free(); NULL: there is no more. */
static char *next_line(void)
{
    if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        char *line = readline("(qemu) ");
        if (line && *line)
            add_history(line);
        return line;
    }
    char *line = NULL;
    size_t size = 0;
    if (getline(&line, &size, stdin) >= 0)
        return line;
    free(line);
    return NULL;
}

/* A line of standard input is a command; a failure does not end the session. */
static int ask_lines(const SbCli *cli, const char *machine)
{
    gboolean is_well = TRUE;
    char *line;
    while ((line = next_line())) {
        g_strstrip(line);
        if (*line)
            is_well = ask(cli, machine, line);
        fflush(stdout);
        free(line);
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
