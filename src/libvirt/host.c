/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/host.h"

#include "base/error.h"
#include "base/workers.h"
#include "libvirt/connection-error.h"
#include "model/ssh-config.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Keepalive finds a dead network after 5 x 3 seconds. */
enum { KEEPALIVE_INTERVAL_S = 5, KEEPALIVE_COUNT = 3 };

/* Enough for the connections of all threads. Machines need more: some for each ssh. */
enum { OPEN_FILES = 128 };
/* A libvirtd that starts by its socket needs some seconds. */
enum { OPEN_TIMEOUT_US = 30 * 1000 * 1000 };

struct SbHost {
    char *asked_uri;
    char *uri;
    gboolean is_privileged;
    gboolean is_remote;
    char *ssh_proxy;
    guint cpus;
    GMutex lock;
    GQueue idle; /**< of virConnect, under `lock` */
};

/* URI as a message names it: without one, the connection that libvirt takes. */
static const char *uri_for_message(const char *uri)
{
    return uri ? uri : geteuid() == 0 ? "qemu:///system" : "qemu:///session";
}

static virConnect *open_now(const char *uri, GError **error)
{
    virConnect *connection = virConnectOpenAuth(uri, virConnectAuthPtrDefault, 0);
    if (!connection) {
        g_autoptr(GError) cause = NULL;
        const char *tried = uri_for_message(uri);
        const virError *last = virGetLastError();
        SbLibvirtError code = sb_connection_error_code(tried, last ? last->code : VIR_ERR_OK,
                                                       virGetLastErrorMessage());
        sb_libvirt_set_error(&cause, "cannot connect to libvirt at '%s'", tried);
        g_autofree char *hint = sb_connection_error_hint(tried, code, cause->message);
        return sb_error_set_null(error, SB_LIBVIRT_ERROR, code, "%s\n%s", cause->message, hint);
    }
    sb_libvirt_silence_connection(connection);
    /* Unsupported by drivers that live in this process, such as test:///default. */
    if (virConnectSetKeepAlive(connection, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT) < 0)
        virResetLastError();
    return connection;
}

/* What the thread of one opening has found. */
typedef struct {
    char *uri; /**< (nullable) */
    GAsyncQueue *queue;
    virConnect *connection;
    GError *error;
} Opening;

static void opening_free(Opening *opening)
{
    g_async_queue_unref(opening->queue);
    g_free(opening->uri);
    g_free(opening);
}

static gpointer open_in_thread(gpointer data)
{
    Opening *opening = data;
    opening->connection = open_now(opening->uri, &opening->error);
    g_async_queue_push(opening->queue, opening);
    return NULL;
}

/* The kernel accepts a connection for a libvirtd that is stopped or hangs, and libvirt waits for
 * its answer without a limit. Such a thread is left behind. A remote one may ask for a password. */
static virConnect *open_connection(const char *uri, GError **error)
{
    const char *tried = uri_for_message(uri);
    if (!strstr(tried, ":///"))
        return open_now(uri, error);
    g_autoptr(GAsyncQueue) queue = g_async_queue_new();
    Opening *opening = g_new0(Opening, 1);
    opening->uri = g_strdup(uri);
    opening->queue = g_async_queue_ref(queue);
    g_autoptr(GThread) thread = sb_worker_start("open", open_in_thread, opening, error);
    if (!thread) {
        opening_free(opening);
        return NULL;
    }
    if (!g_async_queue_timeout_pop(queue, OPEN_TIMEOUT_US))
        return sb_error_set_null(
            error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_UNREACHABLE,
            "libvirtd takes connections at '%s', but does not answer\nsee whether it hangs: "
            "'systemctl status libvirtd'; 'systemctl restart libvirtd' leaves the machines running",
            tried);
    g_thread_join(g_steal_pointer(&thread));
    virConnect *connection = opening->connection;
    if (opening->error)
        g_propagate_error(error, opening->error);
    opening_free(opening);
    return connection;
}

static void give(SbHost *host, virConnect *connection)
{
    g_mutex_lock(&host->lock);
    g_queue_push_head(&host->idle, connection);
    g_mutex_unlock(&host->lock);
}

static gboolean describe(SbHost *host, virConnect *connection, GError **error)
{
    g_autofree char *uri = virConnectGetURI(connection);
    virNodeInfo node;
    if (!uri || virNodeGetInfo(connection, &node) < 0)
        return sb_libvirt_set_error(error, "cannot ask libvirt at '%s' about its host",
                                    uri_for_message(host->asked_uri));
    host->uri = g_steal_pointer(&uri);
    host->cpus = MAX(node.cpus, 1);
    g_autoptr(GUri) parsed = g_uri_parse(host->uri, G_URI_FLAGS_NONE, NULL);
    if (parsed) {
        const char *server = g_uri_get_host(parsed);
        host->is_remote = server && *server;
        host->is_privileged = strcmp(g_uri_get_path(parsed), "/session") != 0;
    }
    host->ssh_proxy = sb_ssh_proxy_command(host->uri);
    return TRUE;
}

/* Without a free descriptor, GLib aborts where libvirt has an error. */
static gboolean check_open_files(GError **error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= OPEN_FILES)
        return TRUE;
    return sb_error_set(
        error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED,
        "this process may open only %u files, and seedbed needs %u or more: 'ulimit -n %u'",
        (guint)limit.rlim_cur, (guint)OPEN_FILES, (guint)OPEN_FILES);
}

SbHost *sb_host_open(const char *uri, GError **error)
{
    if (!check_open_files(error) || !sb_libvirt_init(error))
        return NULL;
    g_autoptr(SbHost) host = g_new0(SbHost, 1);
    g_mutex_init(&host->lock);
    g_queue_init(&host->idle);
    if (!uri) {
        const char *from_environment = g_getenv("LIBVIRT_DEFAULT_URI");
        uri = from_environment && *from_environment ? from_environment : NULL;
    }
    host->asked_uri = g_strdup(uri);
    virConnect *connection = open_connection(uri, error);
    if (!connection)
        return NULL;
    give(host, connection);
    return describe(host, connection, error) ? g_steal_pointer(&host) : NULL;
}

void sb_host_free(SbHost *host)
{
    virConnect *connection;
    while ((connection = g_queue_pop_head(&host->idle)))
        virConnectClose(connection);
    g_mutex_clear(&host->lock);
    g_free(host->asked_uri);
    g_free(host->uri);
    g_free(host->ssh_proxy);
    g_free(host);
}

const char *sb_host_uri(const SbHost *host)
{
    return host->uri;
}

gboolean sb_host_is_privileged(const SbHost *host)
{
    return host->is_privileged;
}

gboolean sb_host_is_remote(const SbHost *host)
{
    return host->is_remote;
}

const char *sb_host_ssh_proxy(const SbHost *host)
{
    return host->ssh_proxy;
}

guint sb_host_cpus(const SbHost *host)
{
    return host->cpus;
}

static virConnect *take(SbHost *host, GError **error)
{
    for (;;) {
        g_mutex_lock(&host->lock);
        virConnect *connection = g_queue_pop_head(&host->idle);
        g_mutex_unlock(&host->lock);
        if (!connection)
            return open_connection(host->asked_uri, error);
        if (virConnectIsAlive(connection) == 1)
            return connection;
        virResetLastError();
        virConnectClose(connection);
    }
}

SbLease sb_lease_take(SbHost *host, GError **error)
{
    SbLease lease = {.host = host, .connection = host ? take(host, error) : NULL};
    return lease;
}

void sb_lease_close(SbLease *lease)
{
    if (lease->connection)
        virConnectClose(g_steal_pointer(&lease->connection));
    virResetLastError();
}

void sb_lease_end(SbLease *lease)
{
    if (lease->connection)
        give(lease->host, g_steal_pointer(&lease->connection));
}
