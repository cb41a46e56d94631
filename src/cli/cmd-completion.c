/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/complete.h"

#include "base/resources.h"

#include <stdio.h>
#include <string.h>

static int run(SbCli *cli, char **arguments)
{
    static const char *const shells[] = {"bash", "zsh", "fish", NULL};
    if (strcmp(arguments[0], "words") == 0 && cli->words && *cli->words) {
        sb_complete(cli, cli->words);
        return SB_EXIT_OK;
    }
    if (!g_strv_contains(shells, arguments[0]) || cli->words)
        return sb_cli_usage(cli,
                            "there is a completion for 'bash', 'zsh' and 'fish', not for "
                            "'%.40s'",
                            arguments[0]);
    g_autofree char *path = g_strconcat("src/cli/completion.", arguments[0], NULL);
    g_autoptr(GBytes) script = sb_resource(path);
    fputs(g_bytes_get_data(script, NULL), stdout);
    return SB_EXIT_OK;
}

const SbCommand sb_command_completion = {
    .name = "completion",
    .arguments = "bash|zsh|fish",
    .summary = "print the completion script for a shell",
    .details = "The scripts ask 'seedbed completion words -- WORD…' what the last WORD can become.",
    .parsing = SB_PARSING_WORDS,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
