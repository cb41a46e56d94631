/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "base/error.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

static int caught_signal;

int sb_cli_fail(const GError *error)
{
    fprintf(stderr, "seedbed: %s\n", error->message);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return sb_cli_signal_status(SB_EXIT_INFRASTRUCTURE);
    return sb_error_is_input(error) ? SB_EXIT_USAGE : SB_EXIT_INFRASTRUCTURE;
}

int sb_cli_usage(const SbCli *cli, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fprintf(stderr, "seedbed: %s\nsee 'seedbed %s%s--help'\n", message,
            cli->command ? cli->command->name : "", cli->command ? " " : "");
    return SB_EXIT_USAGE;
}

SbHost *sb_cli_host(SbCli *cli, GError **error)
{
    sb_libvirt_silence();
    if (!cli->host)
        cli->host = sb_host_open(cli->connect, error);
    return cli->host;
}

static gboolean on_signal(gpointer data)
{
    /* DATA is the number of the signal. */
    caught_signal = GPOINTER_TO_INT(data);
    g_cancellable_cancel(sb_cli_catch_signals());
    return G_SOURCE_CONTINUE;
}

GCancellable *sb_cli_catch_signals(void)
{
    static GCancellable *cancellable;
    if (cancellable)
        return cancellable;
    cancellable = g_cancellable_new();
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
        g_unix_signal_add(signals[i], on_signal, GINT_TO_POINTER(signals[i]));
    return cancellable;
}

int sb_cli_signal_status(int otherwise)
{
    return caught_signal ? 128 + caught_signal : otherwise;
}
