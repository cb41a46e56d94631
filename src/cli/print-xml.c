/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/print-xml.h"

#include "base/array.h"
#include "fleet/preview.h"

#include <stdio.h>

int sb_cli_print_xml(SbCli *cli, const SbFleetFile *fleet)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    guint machines = 0;
    g_autoptr(GPtrArray) documents =
        host ? sb_preview(host, fleet, cli->pool, &machines, &error) : NULL;
    if (!documents)
        return sb_cli_fail(error);
    SB_EACH(const SbPreviewDocument, document, documents)
        printf("<!-- %s -->\n%s\n", document->subject, document->xml);
    if (machines == 0 && !cli->is_quiet)
        fprintf(stderr, "fleet '%s': all of its machines exist, 'up' would make none\n",
                fleet->name);
    return SB_EXIT_OK;
}
