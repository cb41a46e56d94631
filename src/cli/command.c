/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "base/error.h"
#include "cli/help.h"
#include "cli/options.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Cuts ARGV at "--": the rest is a command line for the guest. Returns the new ARGC. */
static int take_words(SbCli *cli, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        cli->words = argv + i + 1;
        argv[i] = NULL;
        return i;
    }
    return argc;
}

int sb_cli_run(SbCli *cli, const SbCommand *command, int argc, char **argv)
{
    cli->command = command;
    if (command->parsing != SB_PARSING_ALL)
        argc = take_words(cli, argc, argv);
    g_autoptr(GError) error = NULL;
    gboolean is_parsed = sb_options_parse(
        cli, command->options, command->parsing == SB_PARSING_LEADING, &argc, &argv, &error);
    if (cli->wants_help) {
        sb_help_print_command(command);
        return SB_EXIT_OK;
    }
    if (!is_parsed)
        return sb_cli_usage(cli, "%s", error->message);
    int count = argc - 1;
    if (count < command->min_arguments ||
        (command->max_arguments != SB_ANY_NUMBER && count > command->max_arguments)) {
        g_autofree char *usage = g_strjoin(" ", command->name, command->arguments, NULL);
        return sb_cli_usage(cli, "usage: seedbed %s", usage);
    }
    return command->run(cli, argv + 1);
}

SbHost *sb_cli_host(SbCli *cli, GError **error)
{
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
