/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/config.h"
#include "cli/options.h"

#include "model/user-config.h"

static const GOptionEntry entries[] = {SB_OPTION_POOL, SB_OPTION_TABLE, G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(SbTable) table = sb_table_new("KEY", "VALUE", "FROM", NULL);
    for (const SbConfigKey *key = sb_user_config_keys; key->key; key++) {
        g_auto(SbConfigured) value = sb_cli_configured(cli, key->key, key->built_in);
        sb_table_add(table, key->key, value.text, value.from);
    }
    return sb_cli_print_table(cli, table);
}

const SbCommand sb_command_config = {
    .name = "config",
    .summary = "show your defaults, and where each comes from",
    .details = "They are in seedbed/config.yaml below $XDG_CONFIG_HOME (~/.config). The command "
               "line and the environment count before that file, and so does a fleet file.",
    .options = entries,
    .shows_config = TRUE,
    .run = run,
};
