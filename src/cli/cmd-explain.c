/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"

#include "base/error.h"
#include "diagnose/topics.h"
#include "fleet/explain.h"
#include "machine/lookup.h"

#include <stdio.h>
#include <string.h>

static gboolean lists, with_qemu;

static const GOptionEntry entries[] = {
    {"list", 'l', 0, G_OPTION_ARG_NONE, &lists, "list the topics", NULL},
    {"qemu", 0, 0, G_OPTION_ARG_NONE, &with_qemu,
     "also the arguments of QEMU, as libvirt translates the XML", NULL},
    SB_OPTION_POOL,
    SB_OPTION_SETTINGS,
    G_OPTION_ENTRY_NULL};

static int explain_fleet(SbCli *cli, const char *file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbFleetFile) fleet = sb_cli_load_fleet(cli, file);
    if (!fleet)
        return SB_EXIT_USAGE;
    SbHost *host = sb_cli_host(cli, &error);
    g_autofree char *text =
        host ? sb_explain_fleet(host, fleet, cli->pool, with_qemu, &error) : NULL;
    if (!text)
        return sb_cli_fail(error);
    fputs(text, stdout);
    if (!*text)
        fprintf(stderr,
                "fleet '%s': all of its machines exist, 'seedbed explain MACHINE' explains "
                "one\n",
                fleet->name);
    return SB_EXIT_OK;
}

static int explain_machine(SbCli *cli, const char *name)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_autofree char *text = host ? sb_explain_machine(host, name, with_qemu, &error) : NULL;
    if (text) {
        fputs(text, stdout);
        return SB_EXIT_OK;
    }
    if (g_error_matches(error, SB_LOOKUP_ERROR, SB_LOOKUP_ERROR_UNKNOWN))
        sb_error_append(&error, "\nand it is not a topic: 'seedbed explain --list' shows those");
    return sb_cli_fail(error);
}

static int run(SbCli *cli, char **arguments)
{
    const char *name = arguments[0];
    if (lists || !name) {
        g_autofree char *list = sb_topics_list();
        fputs(list, stdout);
        return SB_EXIT_OK;
    }
    if (strpbrk(name, "./"))
        return explain_fleet(cli, name);
    g_autofree char *text = sb_topic(name);
    if (text) {
        puts(text);
        return SB_EXIT_OK;
    }
    /* The name of a machine ends with its number. */
    if (!g_ascii_isdigit(name[strlen(name) - (*name ? 1 : 0)]))
        return sb_cli_usage(cli, "no topic '%s': 'seedbed explain --list' shows the topics", name);
    return explain_machine(cli, name);
}

const SbCommand sb_command_explain = {
    .name = "explain",
    .arguments = "[TOPIC|FLEET.yaml|MACHINE]",
    .summary = "explain what machines are made of: in general, or all parts of one",
    .details = "Each topic ends with the commands that show it on a real machine. Without TOPIC, "
               "the topics are listed. Of a machine, or of the first machine that 'up' would make "
               "of each group, each key of the fleet file is shown with the XML that it becomes, "
               "and what that is for.",
    .options = entries,
    .max_arguments = 1,
    .run = run,
};
