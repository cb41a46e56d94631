/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "diagnose/topics.h"

#include <stdio.h>

static gboolean lists;

static const GOptionEntry entries[] = {
    {"list", 'l', 0, G_OPTION_ARG_NONE, &lists, "list the topics", NULL}, G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    if (lists || !arguments[0]) {
        g_autofree char *list = sb_topics_list();
        fputs(list, stdout);
        return SB_EXIT_OK;
    }
    g_autofree char *text = sb_topic(arguments[0]);
    if (!text)
        return sb_cli_usage(cli, "no topic '%s': 'seedbed explain --list' shows the topics",
                            arguments[0]);
    puts(text);
    return SB_EXIT_OK;
}

const SbCommand sb_command_explain = {
    .name = "explain",
    .arguments = "[TOPIC]",
    .summary = "explain in a few sentences what machines are made of",
    .details = "Each topic ends with the commands that show it on a real machine. Without TOPIC, "
               "the topics are listed.",
    .options = entries,
    .max_arguments = 1,
    .run = run,
};
