/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/connection-error.h"

#include <string.h>

static gboolean is_no_uri(const char *uri)
{
    g_autofree char *scheme = g_uri_parse_scheme(uri);
    return !scheme;
}

/* libvirtd looks up who connects: such as the user of a container, whom its host does not know. */
static gboolean is_no_account(const char *message)
{
    return strstr(message, "Failed to find group record") ||
           strstr(message, "Failed to find user record");
}

/* Not by libvirt's code alone: a socket that may not be opened is a system error among others, and
 * a word that is not a URI may be an alias in libvirt.conf. */
SbLibvirtError sb_connection_error_code(const char *uri, int code, const char *message)
{
    if (is_no_uri(uri))
        return SB_LIBVIRT_ERROR_URI;
    if (code == VIR_ERR_AUTH_FAILED || code == VIR_ERR_AUTH_UNAVAILABLE ||
        code == VIR_ERR_AUTH_CANCELLED || strstr(message, "Permission denied") ||
        is_no_account(message))
        return SB_LIBVIRT_ERROR_DENIED;
    return SB_LIBVIRT_ERROR_UNREACHABLE;
}

/* What ssh and ssh-copy-id take: [-p PORT] [USER@]HOST of the URI of a libvirtd that ssh reaches;
 * NULL for another one. (transfer full) */
static char *ssh_destination(const char *uri)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NONE, NULL);
    const char *host = parsed ? g_uri_get_host(parsed) : NULL;
    const char *user = parsed ? g_uri_get_userinfo(parsed) : NULL;
    if (!host || !*host || !strstr(g_uri_get_scheme(parsed), "ssh"))
        return NULL;
    GString *destination = g_string_new(NULL);
    if (g_uri_get_port(parsed) > 0)
        g_string_append_printf(destination, "-p %d ", g_uri_get_port(parsed));
    if (user)
        g_string_append_printf(destination, "%s@", user);
    g_string_append(destination, host);
    return g_string_free(destination, FALSE);
}

/* The words are those of OpenSSH, of virt-ssh-helper and of the netcats that libvirt runs on the
 * other host. (transfer full) (nullable) */
static char *ssh_hint(const char *uri, const char *message)
{
    static const struct {
        const char *words, *also;
        const char *hint; /**< {ssh} is the destination of ssh */
    } rows[] = {
        {"Permission denied (", "",
         "ssh refuses the login: 'ssh-copy-id {ssh}' gives your key to that host; 'ssh {ssh} true' "
         "must work without a question"},
        {"Host key verification failed", "",
         "connect once by 'ssh {ssh}', and accept the host's key if it is the right one"},
        {"Could not resolve hostname", "",
         "nobody knows that name here: correct the URI, or add it to /etc/hosts or ~/.ssh/config"},
        {"not found", "nc",
         "'ssh {ssh} apt-get install libvirt-daemon-system netcat-openbsd': one "
         "of its programs is missing there"},
        {"not found", "virt-ssh-helper",
         "'ssh {ssh} apt-get install libvirt-daemon-system' installs libvirt there"},
        {"Permission denied", "nc:",
         "that user may not use libvirt there: 'ssh {ssh} id' must show the group 'libvirt'; or "
         "connect as root"},
        {"Permission denied", "libvirt-sock",
         "that user may not use libvirt there: 'ssh {ssh} id' must show the group 'libvirt'; or "
         "connect as root"},
        {"No such file", "nc:", "no libvirtd runs there: 'ssh {ssh} systemctl start libvirtd'"},
        {"No such file", "cat:", "no libvirtd runs there: 'ssh {ssh} systemctl start libvirtd'"},
        {"No such file", "libvirt-sock",
         "no libvirtd runs there: 'ssh {ssh} systemctl start libvirtd'"},
        {"Connection refused", "port ", "no ssh server answers there: 'ssh {ssh} true' must work"},
        {"timed out", "port ", "that host does not answer: 'ssh {ssh} true' must work"},
        {"No route to host", "port ", "that host does not answer: 'ssh {ssh} true' must work"},
    };
    g_autofree char *destination = ssh_destination(uri);
    for (gsize i = 0; destination && i < G_N_ELEMENTS(rows); i++) {
        if (!strstr(message, rows[i].words) || !strstr(message, rows[i].also))
            continue;
        GString *hint = g_string_new(rows[i].hint);
        g_string_replace(hint, "{ssh}", destination, 0);
        return g_string_free(hint, FALSE);
    }
    return NULL;
}

/* (nullable) NULL: libvirtd is on another host, and the reason is none of these. */
static const char *known_hint(const char *uri, SbLibvirtError code, const char *message)
{
    if (is_no_account(message))
        return "libvirtd takes only users that /etc/passwd and /etc/group of its host have: add "
               "this user and its group there";
    if (code == SB_LIBVIRT_ERROR_URI)
        return "libvirt's URIs are such as 'qemu:///system', 'qemu:///session' or "
               "'qemu+ssh://root@SERVER/system'";
    gboolean is_local = strstr(uri, ":///") != NULL;
    gboolean is_session = is_local && g_str_has_suffix(uri, "/session");
    if (is_session && code == SB_LIBVIRT_ERROR_DENIED)
        return "libvirt keeps what belongs to 'qemu:///session' in $XDG_RUNTIME_DIR and $HOME: "
               "both must be folders of the user's own";
    if (is_session)
        return "where libvirt is installed, it starts the daemon for this URI by itself: 'apt-get "
               "install libvirt-daemon-system qemu-system-arm'";
    if (code == SB_LIBVIRT_ERROR_DENIED)
        return "join the group 'libvirt' (then log in again), or use '-c qemu:///session', "
               "which needs no rights";
    if (is_local)
        return "start it with 'systemctl start libvirtd' (without systemd: 'virtlogd -d && "
               "libvirtd -d'), or install it: 'apt-get install libvirt-daemon-system "
               "qemu-system-arm'";
    return NULL;
}

char *sb_connection_error_hint(const char *uri, SbLibvirtError code, const char *message)
{
    char *by_ssh = ssh_hint(uri, message);
    if (by_ssh)
        return by_ssh;
    const char *known = known_hint(uri, code, message);
    g_autofree char *quoted = g_shell_quote(uri);
    return known ? g_strdup(known)
                 : g_strdup_printf("see whether this works: virsh -c %s uri", quoted);
}
