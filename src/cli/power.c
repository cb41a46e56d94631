/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/power.h"

#include "cli/up-view.h"

#include <stdio.h>

gboolean sb_cli_stop_check(const SbCli *cli, const SbStopFlags *flags)
{
    if (flags->is_now && flags->is_save)
        sb_cli_usage(cli, "--now and --save exclude each other");
    else if ((flags->is_now || flags->is_save) && cli->timeout_ms)
        sb_cli_usage(cli, "--timeout is about a guest that is asked, and %s does not ask",
                     flags->is_now ? "--now" : "--save");
    else
        return TRUE;
    return FALSE;
}

static void on_stop_event(const SbEvent *event, gpointer data)
{
    const SbCli *cli = data;
    if (!cli->is_quiet && (event->kind == SB_EVENT_NOTE || event->kind == SB_EVENT_STEP))
        fprintf(stderr, "%s: %s\n", event->machine, event->text);
}

int sb_cli_stop(SbCli *cli, char **names, const SbStopFlags *flags)
{
    g_autoptr(GError) error = NULL;
    SbOperation operation = sb_cli_operation(cli, on_stop_event, cli, &error);
    const SbStopOptions options = {.how = flags->is_now    ? SB_STOP_NOW
                                          : flags->is_save ? SB_STOP_SAVE
                                                           : SB_STOP_ASK,
                                   .timeout_ms = cli->timeout_ms};
    if (!operation.host || !sb_stop(&operation, (const char *const *)names, &options, &error))
        return sb_cli_signal_status(sb_cli_fail(error));
    return SB_EXIT_OK;
}

int sb_cli_start(SbCli *cli, char **names, const SbStartOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbUpView) view = sb_up_view_new(cli->is_quiet, options->no_wait);
    SbOperation operation = sb_cli_operation(cli, sb_up_view_take, view, &error);
    gboolean is_good =
        operation.host && sb_start(&operation, (const char *const *)names, options, &error);
    sb_up_view_end(view);
    return is_good ? SB_EXIT_OK : sb_cli_signal_status(sb_cli_fail(error));
}
