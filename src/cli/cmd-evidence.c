/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "diagnose/evidence.h"
#include "machine/keep-evidence.h"

#include <stdio.h>

static char *output;

static const GOptionEntry entries[] = {{"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
                                        "also pack it into FILE, a tar.gz archive", "FILE"},
                                       G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    const SbOperation operation = sb_cli_operation(cli, NULL, NULL, &error);
    g_autofree char *folder =
        operation.host ? sb_keep_evidence(&operation, (const char *const *)arguments, NULL, &error)
                       : NULL;
    if (!folder || (output && !sb_evidence_pack(folder, output, &error)))
        return sb_cli_signal_status(sb_cli_fail(error));
    printf("%s\n", output ? output : folder);
    return sb_cli_signal_status(SB_EXIT_OK);
}

const SbCommand sb_command_evidence = {
    .name = "evidence",
    .arguments = "NAME…",
    .summary = "collect all that is known about machines, without secrets",
    .details = "NAME is a fleet or a machine. The folder with the evidence is printed. 'up', "
               "'build' and 'test' collect it by themselves before they take back a machine that "
               "failed. The newest 20 folders are kept.",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
