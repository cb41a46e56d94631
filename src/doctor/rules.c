/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/rules.h"

#include "rules/diagnosis.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>

gboolean sb_doctor_is_spinning(const SbFacts *facts)
{
    const guint64 long_ns = G_GUINT64_CONSTANT(120) * 1000 * 1000 * 1000;
    return facts->cpu_ns > long_ns && facts->console &&
           (facts->console->len == 0 || sb_facts_console_stage(facts) == SB_STAGE_FIRMWARE);
}

/* virt-aa-helper gives no machine a file there: restricted[] of libvirt's source. */
gboolean sb_doctor_is_restricted(const char *directory)
{
    static const char *const folders[] = {
        "/bin/",       "/boot/",          "/etc/",           "/lib",           "/proc/",
        "/sbin/",      "/sys/",           "/usr/bin/",       "/usr/lib",       "/usr/sbin/",
        "/usr/share/", "/usr/local/bin/", "/usr/local/etc/", "/usr/local/lib", "/usr/local/sbin/"};
    g_autofree char *path = g_strconcat(directory, "/", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
        if (g_str_has_prefix(path, folders[i]))
            return TRUE;
    return FALSE;
}

/* Whether a daemon listens at its socket. The file stays when a daemon is killed. A daemon that
 * systemd starts for the first connection is started by this one. */
static gboolean answers(const char *folder, const char *daemon)
{
    g_autofree char *path = g_strdup_printf("%s/%s-sock", folder, daemon);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    g_autoptr(GError) error = NULL;
    /* A user may be refused by a daemon that is there. */
    return socket && (g_socket_connect(socket, address, NULL, &error) ||
                      g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
}

GPtrArray *sb_doctor_missing_daemons(const char *folder)
{
    /* The first one serves libvirtd, too. */
    static const char *const daemons[] = {"virtlogd", "virtqemud", "virtnetworkd", "virtstoraged"};
    gboolean is_modular = answers(folder, "virtqemud") && !answers(folder, "libvirt");
    GPtrArray *missing = g_ptr_array_new();
    for (gsize i = 0; i < (is_modular ? G_N_ELEMENTS(daemons) : 1); i++)
        if (!answers(folder, daemons[i]))
            g_ptr_array_add(missing, (gpointer)daemons[i]);
    return missing;
}
