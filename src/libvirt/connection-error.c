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
    const char *known = known_hint(uri, code, message);
    g_autofree char *quoted = g_shell_quote(uri);
    return known ? g_strdup(known)
                 : g_strdup_printf("see whether this works: virsh -c %s uri", quoted);
}
