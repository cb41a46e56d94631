/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/print-xml.h"

static const GOptionEntry entries[] = {SB_OPTION_POOL, SB_OPTION_SETTINGS, G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(SbFleetFile) fleet = sb_cli_load_fleet(cli, arguments[0]);
    return fleet ? sb_cli_print_xml(cli, fleet) : SB_EXIT_USAGE;
}

const SbCommand sb_command_xml = {
    .name = "xml",
    .arguments = "[FLEET.yaml]",
    .summary = "print all XML that 'up' would send to libvirt, and change nothing",
    .options = entries,
    .max_arguments = 1,
    .run = run,
};
