/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/event-json.h"
#include "cli/options.h"
#include "cli/output.h"

#include "base/text.h"
#include "machine/exec.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    int width;          /**< of the longest name */
    gboolean is_unread; /**< whoever read the output has gone */
} View;

static void print_line(View *view, const SbEvent *event)
{
    FILE *to = event->number ? stderr : stdout;
    fprintf(to, "%-*s | ", view->width, event->machine);
    if (isatty(fileno(to))) {
        g_autofree char *clean = sb_text_sanitize(event->text, event->length);
        fputs(clean, to);
    } else {
        fwrite(event->text, 1, event->length, to);
    }
    fputc('\n', to);
    fflush(to);
    /* Nothing goes on if nobody reads it. */
    view->is_unread |= sb_output_reader_is_gone();
    if (view->is_unread)
        g_cancellable_cancel(sb_cli_catch_signals());
}

static void print_end(const View *view, const SbEvent *event)
{
    if (view->is_unread)
        return;
    if (g_error_matches(event->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fprintf(stderr, "%-*s | stopped%s\n", view->width, event->machine,
                event->number ? "" : "; what runs there may go on");
    else if (event->error)
        fprintf(stderr, "seedbed: %s\n", event->error->message);
    else if (event->number != 0)
        fprintf(stderr, "%-*s | exit status %u\n", view->width, event->machine, event->number);
}

static void on_json_event(const SbEvent *event, gpointer data)
{
    sb_event_json_print(event, NULL);
    if (sb_output_reader_is_gone())
        g_cancellable_cancel(sb_cli_catch_signals());
}

static void on_event(const SbEvent *event, gpointer data)
{
    View *view = data;
    if (event->kind == SB_EVENT_PLANNED)
        view->width = MAX(view->width, (int)strlen(event->machine));
    else if (event->kind == SB_EVENT_LINE)
        print_line(view, event);
    else if (event->kind == SB_EVENT_EXITED)
        print_end(view, event);
}

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, G_OPTION_ENTRY_NULL};

static int run(SbCli *cli, char **arguments)
{
    if (!cli->words || !*cli->words)
        return sb_cli_usage(cli, "exec needs machines and a command: seedbed exec NAME… -- "
                                 "COMMAND…");
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    if (!host)
        return sb_cli_fail(error);
    View view = {0};
    SbEventFunc listener = cli->format == SB_FORMAT_JSON ? on_json_event : on_event;
    const SbOperation operation = {host, sb_cli_catch_signals(), listener, &view};
    SbExecResult result;
    if (!sb_exec(&operation, (const char *const *)arguments, (const char *const *)cli->words,
                 &result, &error))
        return sb_cli_fail(error);
    return sb_cli_signal_status(result.unreached ? SB_EXIT_INFRASTRUCTURE : result.status);
}

const SbCommand sb_command_exec = {
    .name = "exec",
    .arguments = "NAME… -- COMMAND…",
    .summary = "run a command on machines or whole fleets, on all at the same time",
    .details = "One word is a line for the account's shell; several are a program and its "
               "arguments. Each line of output begins with the name of its machine. The exit "
               "status is the highest status of the commands, or 3 if a machine was not reached.",
    .options = entries,
    .tells_events = TRUE,
    .parsing = SB_PARSING_WORDS,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
