/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/output.h"

#include "base/loop.h"
#include "base/text.h"
#include "libvirt/console-log.h"
#include "machine/lookup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FOLLOW_POLL_MS = 500 };

static gboolean follow;

static const GOptionEntry entries[] = {{"follow", 'F', 0, G_OPTION_ARG_NONE, &follow,
                                        "go on as the machine writes, until it stops (or Ctrl-C)",
                                        NULL},
                                       G_OPTION_ENTRY_NULL};

typedef struct {
    virConnect *connection;
    SbDomain *domain;
    SbPool *pool;
    SbConsoleLog *log;
    SbLoop *loop;
    GError *error;
} Reading;

/* On a terminal the guest's bytes are made harmless; a file or pipe gets them as they are. FALSE if
 * nobody takes them: main() says so where that is a failure. */
static gboolean print_bytes(GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (length > 0 && isatty(STDOUT_FILENO)) {
        g_autofree char *clean = sb_text_sanitize(data, length);
        fputs(clean, stdout);
    } else if (length > 0) {
        fwrite(data, 1, length, stdout);
    }
    return fflush(stdout) == 0 && !ferror(stdout) && !sb_output_reader_is_gone();
}

static gboolean is_running(const Reading *reading)
{
    g_autoptr(SbDomain) now = sb_domain_find(reading->connection, reading->domain->name, NULL);
    return now && strcmp(now->uuid, reading->domain->uuid) == 0 &&
           sb_domain_state_is_active(now->state);
}

static gboolean on_poll(gpointer data)
{
    Reading *reading = data;
    /* Asked first, so that the last words of a machine that stops are read. */
    gboolean was_running = is_running(reading);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = sb_console_log_read(reading->log, &error);
    if (bytes && print_bytes(bytes) && was_running)
        return G_SOURCE_CONTINUE;
    /* 'down' takes the log away with the machine, whose end it is. */
    gboolean is_taken = g_error_matches(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    if (!bytes && !(is_taken && !is_running(reading)))
        reading->error = g_steal_pointer(&error);
    sb_loop_end(reading->loop);
    return G_SOURCE_REMOVE;
}

static gboolean follow_log(Reading *reading, GError **error)
{
    g_autoptr(SbLoop) loop = sb_loop_new(sb_cli_catch_signals(), NULL, NULL);
    reading->loop = loop;
    guint timer = g_timeout_add(FOLLOW_POLL_MS, on_poll, reading);
    sb_loop_wait(loop);
    GSource *left = g_main_context_find_source_by_id(NULL, timer);
    if (left)
        g_source_destroy(left);
    if (!reading->error)
        return TRUE;
    g_propagate_error(error, reading->error);
    return FALSE;
}

static gboolean show(Reading *reading, const char *machine, GError **error)
{
    reading->domain = sb_lookup_machine(reading->connection, machine, error);
    if (!reading->domain)
        return FALSE;
    reading->pool = sb_pool_open(reading->connection, reading->domain->metadata->pool, NULL, error);
    if (!reading->pool)
        return FALSE;
    reading->log = sb_console_log_new(reading->pool, machine);
    g_autoptr(GBytes) bytes = sb_console_log_read(reading->log, error);
    if (!bytes)
        return FALSE;
    return !print_bytes(bytes) || !follow || follow_log(reading, error);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    Reading reading = {.connection = lease.connection};
    gboolean shown = reading.connection && show(&reading, arguments[0], &error);
    g_clear_pointer(&reading.log, sb_console_log_free);
    g_clear_pointer(&reading.pool, sb_pool_free);
    g_clear_pointer(&reading.domain, sb_domain_free);
    return shown ? sb_cli_signal_status(SB_EXIT_OK) : sb_cli_fail(error);
}

const SbCommand sb_command_log = {
    .name = "log",
    .arguments = "MACHINE",
    .summary = "show the serial console from the start of the machine",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
