/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/xml-preview.h"

#include "model/volume-names.h"

static char *pool_name;

const GOptionEntry sb_options_xml[] = {
    {"pool", 'p', 0, G_OPTION_ARG_STRING, &pool_name,
     "the storage pool with the images (default: " SB_DEFAULT_POOL ")", "POOL"},
    G_OPTION_ENTRY_NULL};

int sb_cmd_xml(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 1, 1);
    if (!arguments)
        return SB_EXIT_USAGE;
    g_autoptr(SbFleet) fleet = sb_cli_load_fleet(cli, arguments[0]);
    if (!fleet)
        return SB_EXIT_USAGE;
    return sb_xml_preview(cli, fleet, pool_name ? pool_name : SB_DEFAULT_POOL);
}
