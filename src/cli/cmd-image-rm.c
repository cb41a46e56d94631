#include "cli/command.h"

#include "fleet/image-users.h"
#include "fleet/volume-names.h"

#include <stdio.h>

static char *pool_name;

const GOptionEntry sb_options_image_rm[] = {{"pool", 'p', 0, G_OPTION_ARG_STRING, &pool_name,
                                             "the storage pool (default: " SB_DEFAULT_POOL ")",
                                             "POOL"},
                                            G_OPTION_ENTRY_NULL};

int sb_cmd_image_rm(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 1, -1);
    if (!arguments)
        return SB_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    virConnect *connection = host ? sb_host_take(host, &error) : NULL;
    g_autoptr(SbPool) pool =
        connection ? sb_pool_open(connection, pool_name ? pool_name : SB_DEFAULT_POOL, NULL, &error)
                   : NULL;
    gboolean done = pool != NULL;
    for (char **name = arguments; done && *name; name++) {
        guint versions = 0;
        done = sb_image_remove_unused(connection, pool, *name, &versions, &error);
        if (done && !cli->is_quiet)
            fprintf(stderr, "image '%s' removed (%u versions)\n", *name, versions);
    }
    g_clear_pointer(&pool, sb_pool_free);
    if (host)
        sb_host_give(host, connection);
    return done ? SB_EXIT_OK : sb_cli_fail(error);
}
