#include "cli/command.h"
#include "cli/machines.h"

#include "base/text.h"
#include "fleet/volume-names.h"
#include "host/storage.h"

#include <stdio.h>
#include <unistd.h>

/* virtlogd starts a new file after 2 MiB; what fits twice is certainly all. */
enum { CHUNK_BYTES = 4 * 1024 * 1024, FOLLOW_POLL_MS = 500 };

static gboolean follow;

const GOptionEntry sb_options_log[] = {{"follow", 'F', 0, G_OPTION_ARG_NONE, &follow,
                                        "go on as the machine writes, until it stops (or Ctrl-C)",
                                        NULL},
                                       G_OPTION_ENTRY_NULL};

typedef struct {
    virConnect *connection;
    SbDomain *domain;
    SbPool *pool;
    guint64 offset;
    GMainLoop *loop;
    GError *error;
} Log;

/* On a terminal the guest's bytes are made harmless; a file or pipe gets them as they are. */
static void print_bytes(GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (isatty(STDOUT_FILENO)) {
        g_autofree char *clean = sb_text_sanitize(data, length);
        fputs(clean, stdout);
    } else {
        fwrite(data, 1, length, stdout);
    }
    fflush(stdout);
}

static gboolean print_new(Log *log, GError **error)
{
    g_autofree char *name = sb_console_log_name(log->domain->name);
    g_autoptr(virStorageVol) volume = sb_volume_find(log->pool, name, NULL);
    if (!volume && sb_pool_refresh(log->pool, error))
        volume = sb_volume_find(log->pool, name, error);
    if (!volume)
        return FALSE;
    virStorageVolInfo info;
    /* A file that is shorter than what was read is the next one. */
    if (virStorageVolGetInfo(volume, &info) == 0 && info.capacity < log->offset)
        log->offset = 0;
    g_autoptr(GBytes) bytes = sb_volume_download(volume, log->offset, CHUNK_BYTES, error);
    if (!bytes)
        return FALSE;
    log->offset += g_bytes_get_size(bytes);
    print_bytes(bytes);
    return TRUE;
}

static gboolean on_poll(gpointer data)
{
    Log *log = data;
    g_autoptr(SbDomain) now = sb_domain_find(log->connection, log->domain->name, NULL);
    if (print_new(log, &log->error) && now && sb_domain_state_is_active(now->state))
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(log->loop);
    return G_SOURCE_REMOVE;
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    g_main_loop_quit(data);
}

static gboolean follow_log(Log *log, GError **error)
{
    log->loop = g_main_loop_new(NULL, FALSE);
    g_cancellable_connect(sb_cli_catch_signals(), G_CALLBACK(on_cancelled), log->loop, NULL);
    guint timer = g_timeout_add(FOLLOW_POLL_MS, on_poll, log);
    g_main_loop_run(log->loop);
    GSource *left = g_main_context_find_source_by_id(NULL, timer);
    if (left)
        g_source_destroy(left);
    g_main_loop_unref(log->loop);
    if (!log->error)
        return TRUE;
    g_propagate_error(error, log->error);
    return FALSE;
}

static gboolean show(Log *log, const char *machine, GError **error)
{
    log->domain = sb_machines_find(log->connection, machine, error);
    if (!log->domain)
        return FALSE;
    log->pool = sb_pool_open(log->connection, log->domain->metadata->pool, NULL, error);
    return log->pool && print_new(log, error) && (!follow || follow_log(log, error));
}

int sb_cmd_log(SbCli *cli, int argc, char **argv)
{
    char **arguments = sb_cli_arguments(cli, argc, argv, 1, 1);
    if (!arguments)
        return SB_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    Log log = {.connection = host ? sb_host_take(host, &error) : NULL};
    gboolean shown = log.connection && show(&log, arguments[0], &error);
    g_clear_pointer(&log.pool, sb_pool_free);
    g_clear_pointer(&log.domain, sb_domain_free);
    if (host)
        sb_host_give(host, log.connection);
    return shown ? sb_cli_signal_status(SB_EXIT_OK) : sb_cli_fail(error);
}
