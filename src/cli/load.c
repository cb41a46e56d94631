/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/load.h"

#include "fleet/load.h"

#include <stdio.h>

SbFleetFile *sb_cli_load_fleet(const SbCli *cli, const char *path)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    for (guint i = 0; cli->settings && i < cli->settings->len; i++)
        g_ptr_array_add(values, g_ptr_array_index(cli->settings, i));
    g_ptr_array_add(values, NULL);
    g_autofree char *unique =
        cli->has_unique_fleet ? g_strdup_printf("%08x", g_random_int()) : NULL;
    const SbFleetSettings settings = {(const char *const *)values->pdata, unique};
    SbFleetFile *fleet = sb_fleet_load(path, &settings, diagnostics);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    if (*text && (!fleet || !cli->is_quiet))
        fprintf(stderr, "%s\n", text);
    if (fleet && unique && !cli->is_quiet)
        fprintf(stderr, "the fleet is called '%s'\n", fleet->name);
    return fleet;
}
