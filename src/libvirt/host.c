/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/host.h"

#include "model/ssh-config.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Keepalive finds a dead network after 5 x 3 seconds. */
enum { KEEPALIVE_INTERVAL_S = 5, KEEPALIVE_COUNT = 3 };

/* Enough for the connections of all threads. Machines need more: some for each ssh. */
enum { OPEN_FILES = 128 };

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

static gboolean is_no_uri(const char *uri)
{
    g_autofree char *scheme = g_uri_parse_scheme(uri);
    return !scheme;
}

/* What the user can do, after the calling thread's libvirt could not connect to URI. */
static const char *what_to_do(const char *uri, SbLibvirtError code)
{
    if (code == SB_LIBVIRT_ERROR_URI)
        return "libvirt's URIs are such as 'qemu:///system', 'qemu:///session' or "
               "'qemu+ssh://root@SERVER/system'";
    gboolean is_local = strstr(uri, ":///") != NULL;
    gboolean is_session = is_local && g_str_has_suffix(uri, "/session");
    if (is_session && code == SB_LIBVIRT_ERROR_DENIED)
        return "libvirt keeps what belongs to 'qemu:///session' in $XDG_RUNTIME_DIR and $HOME: "
               "both "
               "must be folders of the user's own";
    if (is_session)
        return "where libvirt is installed, it starts the daemon for this URI by itself: 'apt-get "
               "install libvirt-daemon-system qemu-system-arm'";
    if (code == SB_LIBVIRT_ERROR_DENIED)
        return "join the group 'libvirt' (then log in again), or use '-c qemu:///session', "
               "which needs no rights";
    if (is_local)
        return "start it with 'systemctl start libvirtd' (without systemd: 'virtlogd -d && "
               "libvirtd "
               "-d'), or install it: 'apt-get install libvirt-daemon-system qemu-system-arm'";
    return "see whether 'virsh -c URI uri' works";
}

/* Not by libvirt's code alone: a socket that may not be opened is a system error among others, and
 * a word that is not a URI may be an alias in libvirt.conf. */
static SbLibvirtError classify(const char *uri)
{
    const virError *last = virGetLastError();
    int code = last ? last->code : VIR_ERR_OK;
    if (is_no_uri(uri))
        return SB_LIBVIRT_ERROR_URI;
    if (code == VIR_ERR_AUTH_FAILED || code == VIR_ERR_AUTH_UNAVAILABLE ||
        code == VIR_ERR_AUTH_CANCELLED || strstr(virGetLastErrorMessage(), "Permission denied"))
        return SB_LIBVIRT_ERROR_DENIED;
    return SB_LIBVIRT_ERROR_UNREACHABLE;
}

/* URI as a message names it: without one, the connection that libvirt takes. */
static const char *uri_for_message(const char *uri)
{
    return uri ? uri : geteuid() == 0 ? "qemu:///system" : "qemu:///session";
}

static virConnect *open_connection(const char *uri, GError **error)
{
    virConnect *connection = virConnectOpenAuth(uri, virConnectAuthPtrDefault, 0);
    if (!connection) {
        g_autoptr(GError) cause = NULL;
        const char *tried = uri_for_message(uri);
        SbLibvirtError code = classify(tried);
        sb_libvirt_set_error(&cause, "cannot connect to libvirt at '%s'", tried);
        g_set_error(error, SB_LIBVIRT_ERROR, code, "%s\n%s", cause->message,
                    what_to_do(tried, code));
        return NULL;
    }
    sb_libvirt_silence_connection(connection);
    /* Unsupported by drivers that live in this process, such as test:///default. */
    if (virConnectSetKeepAlive(connection, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT) < 0)
        virResetLastError();
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
    char *uri = virConnectGetURI(connection);
    virNodeInfo node;
    if (!uri || virNodeGetInfo(connection, &node) < 0) {
        free(uri);
        sb_libvirt_set_error(error, "cannot ask libvirt at '%s' about its host",
                             uri_for_message(host->asked_uri));
        return FALSE;
    }
    host->uri = g_strdup(uri);
    free(uri);
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
    g_set_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_FAILED,
                "this process may open only %u files, and seedbed needs %u or more: 'ulimit -n %u'",
                (guint)limit.rlim_cur, (guint)OPEN_FILES, (guint)OPEN_FILES);
    return FALSE;
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

void sb_lease_end(SbLease *lease)
{
    if (lease->connection)
        give(lease->host, g_steal_pointer(&lease->connection));
}
