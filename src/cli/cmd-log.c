/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/output.h"

#include "base/text.h"
#include "machine/log.h"

#include <stdio.h>
#include <unistd.h>

static gboolean follow, of_qemu;
static char *boot;

static const GOptionEntry entries[] = {
    {"boot", 'b', 0, G_OPTION_ARG_STRING, &boot,
     "only one boot: 1 is the first since the start, 0 the last, -1 the one before", "N"},
    {"follow", 'f', 0, G_OPTION_ARG_NONE, &follow,
     "show what the machine writes, until it stops or you press Ctrl-C", NULL},
    {"qemu", 0, 0, G_OPTION_ARG_NONE, &of_qemu, "show the end of QEMU's own log instead", NULL},
    G_OPTION_ENTRY_NULL};

/* On a terminal the guest's bytes are made harmless; a file or a pipe gets them as they are. */
static void on_event(const SbEvent *event, gpointer data)
{
    if (event->length > 0 && isatty(STDOUT_FILENO)) {
        g_autofree char *clean = sb_text_sanitize(event->text, event->length);
        fputs(clean, stdout);
    } else if (event->length > 0) {
        fwrite(event->text, 1, event->length, stdout);
    }
    /* Nobody reads any more, or the output cannot be written: main() prints the error. */
    if (fflush(stdout) != 0 || ferror(stdout) || sb_output_reader_is_gone())
        g_cancellable_cancel(sb_cli_catch_signals());
}

static int show_boot(const SbOperation *operation, const char *machine, int number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        operation->host ? sb_log_of_boot(operation->host, machine, number, &error) : NULL;
    if (!bytes)
        return sb_cli_fail(error);
    SbEvent event = {.kind = SB_EVENT_CONSOLE, .machine = machine};
    event.text = g_bytes_get_data(bytes, &event.length);
    on_event(&event, NULL);
    return SB_EXIT_OK;
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    gint64 number = 0;
    if (boot && !g_ascii_string_to_signed(boot, 10, -1000, 1000, &number, NULL))
        return sb_cli_usage(cli, "--boot: '%.40s' is not a number", boot);
    if ((boot != NULL) + follow + of_qemu > 1)
        return sb_cli_usage(cli, "--boot, --follow and --qemu exclude each other");
    const SbOperation operation = {
        .host = sb_cli_host(cli, &error), .cancellable = sb_cli_catch_signals(), .event = on_event};
    if (operation.host && boot)
        return show_boot(&operation, arguments[0], (int)number);
    if (operation.host && of_qemu) {
        g_autofree char *text = sb_log_of_qemu(operation.host, arguments[0], &error);
        fputs(text ? text : "", stdout);
        return text ? SB_EXIT_OK : sb_cli_fail(error);
    }
    if (!operation.host || !sb_log(&operation, arguments[0], follow, &error))
        return sb_cli_fail(error);
    return sb_cli_signal_status(SB_EXIT_OK);
}

const SbCommand sb_command_log = {
    .name = "log",
    .arguments = "MACHINE",
    .summary = "show the serial console since the last start of the machine",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
