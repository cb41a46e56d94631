/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "base/error.h"
#include "base/json-members.h"
#include "base/text.h"
#include "cli/event-json.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

SB_DEFINE_ERROR(sb_cli_error, SB_ERRORS_ALL)

static int caught_signal;

/* (nullable) The error that was told last: --format json prints it at the end. */
static GError *told;

/* ERROR, but with the name of the signal for GLib's words at the end of what was cancelled.
 * (transfer full) */
static GError *name_signal(const GError *error)
{
    g_autoptr(GError) words = NULL;
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
        !g_cancellable_set_error_if_cancelled(sb_cli_catch_signals(), &words) ||
        !g_str_has_suffix(error->message, words->message))
        return g_error_copy(error);
    gsize kept = strlen(error->message) - strlen(words->message);
    return g_error_new(error->domain, error->code, "%.*sstopped by %s", (int)kept, error->message,
                       caught_signal == SIGINT    ? "SIGINT"
                       : caught_signal == SIGTERM ? "SIGTERM"
                                                  : "SIGHUP");
}

int sb_cli_fail(const GError *error)
{
    GError *named = name_signal(error);
    g_clear_error(&told);
    told = named;
    g_autofree char *text = sb_output_text(told->message);
    fprintf(stderr, "seedbed: %s\n", text);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return sb_cli_signal_status(SB_EXIT_INFRASTRUCTURE);
    return sb_error_is_input(error) ? SB_EXIT_USAGE : SB_EXIT_INFRASTRUCTURE;
}

int sb_cli_refuse(const char *text)
{
    g_autofree char *shown = sb_output_text(text);
    fprintf(stderr, "%s\n", shown);
    g_clear_error(&told);
    told = g_error_new_literal(SB_CLI_ERROR, SB_CLI_ERROR_FILE, text);
    return SB_EXIT_USAGE;
}

int sb_cli_usage(const SbCli *cli, const char *format, ...)
{
    SB_TEXT_FORMAT(message, format);
    g_autofree char *shown = sb_output_text(message);
    fprintf(stderr, "seedbed: %s\nsee 'seedbed %s%s--help'\n", shown,
            cli->command ? cli->command->name : "", cli->command ? " " : "");
    g_clear_error(&told);
    told = g_error_new_literal(SB_CLI_ERROR, SB_CLI_ERROR_USAGE, message);
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

int sb_cli_print_table(const SbCli *cli, SbTable *table)
{
    g_autoptr(GError) error = NULL;
    if (cli->columns && !sb_table_choose(table, cli->columns, &error))
        return sb_cli_usage(cli, "--columns: %s", error->message);
    g_autofree char *lines = sb_table_to_string(table, cli->is_wide ? 0 : sb_output_width(stdout));
    g_autofree char *text = sb_output_text(lines);
    fputs(text, stdout);
    return SB_EXIT_OK;
}

/* ---- --format json ---- */

void sb_cli_listen(const SbCli *cli, SbOperation *operation)
{
    if (cli->format == SB_FORMAT_JSON)
        operation->event = sb_event_json_print;
}

SbOperation sb_cli_operation(SbCli *cli, SbEventFunc event, gpointer data, GError **error)
{
    /* Before the host: a signal that comes while libvirt is asked must not end the process. */
    GCancellable *cancellable = sb_cli_catch_signals();
    SbOperation operation = {sb_cli_host(cli, error), cancellable, event, data};
    sb_cli_listen(cli, &operation);
    return operation;
}

void sb_cli_show_note(const SbEvent *event, gpointer data)
{
    const SbCli *cli = data;
    if (event->kind == SB_EVENT_NOTE && !cli->is_quiet)
        fprintf(stderr, "%s: %s\n", event->machine, event->text);
}

JsonObject *sb_cli_result(SbCli *cli)
{
    if (!cli->result)
        cli->result = json_object_new();
    return cli->result;
}

static void add_member(JsonObject *object, const char *name, JsonNode *node, gpointer builder)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_value(builder, json_node_copy(node));
}

static void print_end(const SbCli *cli, int status)
{
    JsonBuilder *builder = sb_json_document(told ? "error" : "result");
    sb_json_add_text(builder, "command", cli->command->name);
    if (told)
        sb_event_json_add_error(builder, "error", told);
    if (cli->result)
        json_object_foreach_member(cli->result, add_member, builder);
    sb_json_add_number(builder, "exit_status", (guint64)status);
    json_builder_end_object(builder);
    sb_json_print_line(builder);
}

void sb_cli_end(SbCli *cli, int status)
{
    if (cli->command && cli->format == SB_FORMAT_JSON && !cli->wants_help &&
        (told || cli->command->tells_events))
        print_end(cli, status);
    g_clear_error(&told);
    g_clear_pointer(&cli->result, json_object_unref);
}
