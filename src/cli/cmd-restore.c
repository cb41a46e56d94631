/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "base/names.h"
#include "machine/snapshot.h"

#include <stdio.h>

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbSnapshotRecord) used = NULL;
    if (arguments[1] && !sb_name_check("snapshot", arguments[1], &error))
        return sb_cli_usage(cli, "%s", error->message);
    SbOperation operation = sb_cli_operation(cli, sb_cli_show_note, cli, &error);
    if (!operation.host ||
        !sb_snapshot_restore(&operation, arguments[0], arguments[1], &used, &error))
        return sb_cli_signal_status(sb_cli_fail(error));
    if (!cli->is_quiet)
        fprintf(stderr, "%s: is as in snapshot '%s' of %s%s\n", arguments[0], used->name,
                used->created, used->has_memory ? "" : ", and off");
    return SB_EXIT_OK;
}

const SbCommand sb_command_restore = {
    .name = "restore",
    .arguments = "MACHINE [NAME]",
    .summary = "take a machine back to a snapshot",
    .details =
        "What its disk and memory have now is lost. It stays the same machine, with its name, "
        "address and keys. Without NAME, the newest snapshot is used.",
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run,
};
