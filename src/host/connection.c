#include "host/connection.h"

#include <libxml/uri.h>
#include <string.h>
#include <unistd.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlURI, xmlFreeURI)

/* Keepalive finds a dead network after 5 x 3 seconds. */
enum { KEEPALIVE_INTERVAL_S = 5, KEEPALIVE_COUNT = 3 };

struct SbHost {
    char *asked_uri;
    char *uri;
    gboolean is_privileged;
    gboolean is_remote;
    char *ssh_jump;
    char *arch;
    guint cpus;
    GMutex lock;
    GQueue idle; /**< of virConnect, under `lock` */
};

static const char *what_to_do(SbLibvirtError code, const char *uri)
{
    gboolean is_local = !uri || strstr(uri, ":///");
    if (code == SB_LIBVIRT_ERROR_DENIED ||
        (is_local && strstr(virGetLastErrorMessage(), "Permission denied")))
        return "join the group 'libvirt' (then log in again), or use '-c qemu:///session', "
               "which needs no rights";
    if (is_local)
        return "start it with 'systemctl start libvirtd' (without systemd: 'virtlogd -d && "
               "libvirtd "
               "-d'), or install it: 'apt-get install libvirt-daemon-system qemu-system-arm'";
    return "see whether 'virsh -c URI version' works";
}

static virConnect *open_connection(const char *uri, GError **error)
{
    virConnect *connection = virConnectOpenAuth(uri, virConnectAuthPtrDefault, 0);
    if (!connection) {
        g_autoptr(GError) cause = NULL;
        const char *shown = uri ? uri : geteuid() == 0 ? "qemu:///system" : "qemu:///session";
        gboolean is_denied = strstr(virGetLastErrorMessage(), "Permission denied") != NULL;
        const virError *last = virGetLastError();
        const char *advice = what_to_do(last && (last->code == VIR_ERR_AUTH_FAILED ||
                                                 last->code == VIR_ERR_AUTH_UNAVAILABLE ||
                                                 last->code == VIR_ERR_AUTH_CANCELLED)
                                            ? SB_LIBVIRT_ERROR_DENIED
                                            : SB_LIBVIRT_ERROR_UNREACHABLE,
                                        uri);
        sb_libvirt_set_error(&cause, "cannot connect to libvirt at '%s'", shown);
        g_set_error(error, SB_LIBVIRT_ERROR,
                    is_denied ? SB_LIBVIRT_ERROR_DENIED : SB_LIBVIRT_ERROR_UNREACHABLE, "%s\n%s",
                    cause->message, advice);
        return NULL;
    }
    /* Unsupported by drivers that live in this process, such as test:///default. */
    if (virConnectSetKeepAlive(connection, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT) < 0)
        virResetLastError();
    return connection;
}

/* `qemu+ssh://user@server:port/system` gives "user@server:port". */
static char *ssh_jump_of(const xmlURI *uri)
{
    if (!uri->server || !uri->scheme || !g_str_has_suffix(uri->scheme, "+ssh"))
        return NULL;
    GString *jump = g_string_new(uri->user);
    if (uri->user)
        g_string_append_c(jump, '@');
    g_string_append(jump, uri->server);
    if (uri->port > 0)
        g_string_append_printf(jump, ":%d", uri->port);
    return g_string_free(jump, FALSE);
}

static gboolean describe(SbHost *host, virConnect *connection, GError **error)
{
    char *uri = virConnectGetURI(connection);
    virNodeInfo node;
    if (!uri || virNodeGetInfo(connection, &node) < 0) {
        free(uri);
        sb_libvirt_set_error(error, "cannot ask libvirt about its host");
        return FALSE;
    }
    host->uri = g_strdup(uri);
    free(uri);
    host->cpus = MAX(node.cpus, 1);
    host->arch = g_strdup(node.model);
    g_autoptr(xmlURI) parsed = xmlParseURI(host->uri);
    if (parsed) {
        host->is_remote = parsed->server != NULL;
        host->is_privileged = g_strcmp0(parsed->path, "/session") != 0;
        host->ssh_jump = ssh_jump_of(parsed);
    }
    return TRUE;
}

SbHost *sb_host_open(const char *uri, GError **error)
{
    sb_libvirt_init();
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
    sb_host_give(host, connection);
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
    g_free(host->ssh_jump);
    g_free(host->arch);
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

const char *sb_host_ssh_jump(const SbHost *host)
{
    return host->ssh_jump;
}

guint sb_host_cpus(const SbHost *host)
{
    return host->cpus;
}

const char *sb_host_arch(const SbHost *host)
{
    return host->arch;
}

virConnect *sb_host_take(SbHost *host, GError **error)
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

void sb_host_give(SbHost *host, virConnect *connection)
{
    if (!connection)
        return;
    g_mutex_lock(&host->lock);
    g_queue_push_head(&host->idle, connection);
    g_mutex_unlock(&host->lock);
}
