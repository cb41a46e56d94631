/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "base/names.h"
#include "machine/snapshot.h"

#include <stdio.h>

static gboolean is_removal;

static const GOptionEntry entries[] = {
    {"remove", 0, 0, G_OPTION_ARG_NONE, &is_removal,
     "remove the snapshot NAME; without NAME, all of the machine", NULL},
    G_OPTION_ENTRY_NULL};

static gboolean take(SbCli *cli, const SbOperation *operation, char **arguments, GError **error)
{
    g_autofree char *name = NULL;
    if (!sb_snapshot_take(operation, arguments[0], arguments[1], &name, error))
        return FALSE;
    if (!cli->is_quiet)
        fprintf(stderr, "%s: snapshot '%s' taken\n", arguments[0], name);
    return TRUE;
}

static gboolean remove_snapshots(SbCli *cli, const SbOperation *operation, char **arguments,
                                 GError **error)
{
    if (!sb_snapshot_remove(operation, arguments[0], arguments[1], error))
        return FALSE;
    if (!cli->is_quiet)
        fprintf(stderr,
                arguments[1] ? "%s: snapshot '%s' removed\n" : "%s: all snapshots removed\n",
                arguments[0], arguments[1]);
    return TRUE;
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    if (arguments[1] && !sb_name_check("snapshot", arguments[1], &error))
        return sb_cli_usage(cli, "%s", error->message);
    SbOperation operation = sb_cli_operation(cli, sb_cli_show_note, cli, &error);
    gboolean is_done =
        operation.host && (is_removal ? remove_snapshots(cli, &operation, arguments, &error)
                                      : take(cli, &operation, arguments, &error));
    return is_done ? SB_EXIT_OK : sb_cli_signal_status(sb_cli_fail(error));
}

const SbCommand sb_command_snapshot = {
    .name = "snapshot",
    .arguments = "MACHINE [NAME]",
    .summary = "keep disk and memory of a machine as they are now",
    .details = "The machine stops for some seconds, and goes on. 'seedbed restore' takes it back. "
               "Without NAME, the snapshot is called by the first number that is free.",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run,
};
