#include "cli/command.h"
#include "cli/import.h"

#include "fleet/volume-names.h"

/* Shared by the commands that only need a pool. */
static char *pool_name;

const GOptionEntry sb_options_image[] = {
    {"pool", 'p', 0, G_OPTION_ARG_STRING, &pool_name,
     "the storage pool (default: " SB_DEFAULT_POOL ", made when it is missing)", "POOL"},
    G_OPTION_ENTRY_NULL};

int sb_cmd_image_import(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 2, 2);
    return arguments ? sb_cli_import(cli, pool_name, arguments[0], arguments[1]) : SB_EXIT_USAGE;
}
