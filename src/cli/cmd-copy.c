/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/transfer.h"

#include "fleet/copy.h"

#include <stdio.h>

static void on_event(const SbEvent *event, gpointer data)
{
    if (event->kind != SB_EVENT_FINISHED)
        sb_transfer_on_event(event, data);
    if (event->kind != SB_EVENT_FINISHED || !event->error)
        return;
    sb_transfer_end(data);
    fprintf(stderr, "seedbed: %s: %s\n", event->machine, event->error->message);
}

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    guint count = g_strv_length(arguments);
    const char *destination = arguments[count - 1];
    g_autoptr(GError) error = NULL;
    SbTransfer transfer = sb_transfer_begin(cli->is_quiet);
    SbOperation operation = sb_cli_operation(cli, on_event, &transfer, &error);
    g_autofree const char **sources = g_new0(const char *, count);
    for (guint i = 0; i + 1 < count; i++)
        sources[i] = arguments[i];
    gboolean is_done = operation.host && sb_copy(&operation, sources, destination, &error);
    sb_transfer_end(&transfer);
    if (!is_done)
        return sb_cli_signal_status(sb_cli_fail(error));
    return SB_EXIT_OK;
}

const SbCommand sb_command_copy = {
    .name = "copy",
    .alias = "cp",
    .arguments = "SOURCE… DESTINATION",
    .summary = "copy files and folders to machines, or from them",
    .details = "One side is MACHINE:PATH. FLEET:PATH as the destination is all machines of the "
               "fleet. Folders are copied with all that is in them.",
    .options = entries,
    .tells_events = TRUE,
    .min_arguments = 2,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
