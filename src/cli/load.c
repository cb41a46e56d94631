/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/load.h"

#include "fleet/load.h"

#include <stdio.h>

SbFleetFile *sb_cli_load_fleet(const SbCli *cli, const char *path)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbFleetFile *fleet = sb_fleet_load(path, diagnostics);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    if (*text && (!fleet || !cli->is_quiet))
        fprintf(stderr, "%s\n", text);
    return fleet;
}
