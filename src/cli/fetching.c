/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/fetching.h"

#include "cli/transfer.h"
#include "machine/base-images.h"

int sb_cli_get_images(SbCli *cli, const SbFleetFile *fleet, const char *pool)
{
    g_autoptr(GError) error = NULL;
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    const SbOperation operation = {.host = sb_cli_host(cli, &error),
                                   .cancellable = sb_cli_catch_signals(),
                                   .event = sb_transfer_on_event,
                                   .data = &transfer};
    gboolean is_done = operation.host && sb_base_images_get(&operation, fleet, pool, &error);
    sb_transfer_end(&transfer);
    return is_done ? SB_EXIT_OK : sb_cli_signal_status(sb_cli_fail(error));
}
