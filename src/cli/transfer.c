/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/transfer.h"

#include "base/units.h"
#include "cli/progress.h"

#include <stdio.h>

SbTransfer sb_transfer_begin(const SbCli *cli)
{
    return (SbTransfer){.is_live = !cli->is_quiet && sb_progress_is_live(),
                        .is_quiet = cli->is_quiet,
                        .next_us = g_get_monotonic_time() + G_USEC_PER_SEC / 2,
                        .cancellable = sb_cli_catch_signals()};
}

static void show(SbTransfer *transfer, const char *what, guint64 done_bytes, guint64 total_bytes)
{
    gint64 now = g_get_monotonic_time();
    if (!transfer->is_live || now < transfer->next_us)
        return;
    g_autofree char *done = sb_size_format(done_bytes);
    g_autofree char *total = sb_size_format(total_bytes);
    fprintf(stderr, "\r\033[K%s %s of %s", what, done, total);
    transfer->is_drawn = TRUE;
    transfer->next_us = now + G_USEC_PER_SEC / 5;
}

gboolean sb_transfer_on_progress(SbImagePhase phase, guint64 done_bytes, guint64 total_bytes,
                                 gpointer data)
{
    SbTransfer *transfer = data;
    /* Signals are the main loop's business, which does not run by itself here. */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    if (phase == SB_IMAGE_WAITING) {
        if (!transfer->has_waited && !transfer->is_quiet)
            fputs("another process imports the same image: waiting\n", stderr);
        transfer->has_waited = TRUE;
    } else {
        show(transfer, phase == SB_IMAGE_READING ? "reading" : "sending", done_bytes, total_bytes);
    }
    return !g_cancellable_is_cancelled(transfer->cancellable);
}

void sb_transfer_end(SbTransfer *transfer)
{
    if (transfer->is_drawn)
        fputs("\r\033[K", stderr);
    transfer->is_drawn = FALSE;
}
