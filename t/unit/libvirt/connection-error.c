/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/connection-error.h"
#include "test.h"

#include <string.h>

/* Messages of libvirt 9.0. */
static void test_rows(void)
{
    static const struct {
        const char *uri;
        int code;
        const char *message;
        SbLibvirtError error;
        const char *hint;
    } rows[] = {
        {"qemu:///system", VIR_ERR_AUTH_UNAVAILABLE,
         "authentication unavailable: no polkit agent available to authenticate action "
         "'org.libvirt.unix.manage'",
         SB_LIBVIRT_ERROR_DENIED, "join the group 'libvirt'"},
        {"qemu:///system", VIR_ERR_AUTH_FAILED, "authentication failed: access denied by policy",
         SB_LIBVIRT_ERROR_DENIED, "join the group 'libvirt'"},
        {"qemu:///system", VIR_ERR_AUTH_CANCELLED,
         "authentication cancelled: user cancelled authentication process", SB_LIBVIRT_ERROR_DENIED,
         "join the group 'libvirt'"},
        {"qemu:///system", VIR_ERR_SYSTEM_ERROR,
         "Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied",
         SB_LIBVIRT_ERROR_DENIED, "join the group 'libvirt'"},
        {"qemu:///session", VIR_ERR_SYSTEM_ERROR,
         "Cannot create user runtime directory '/run/user/0/libvirt': Permission denied",
         SB_LIBVIRT_ERROR_DENIED, "$XDG_RUNTIME_DIR"},
        {"qemu:///system", VIR_ERR_SYSTEM_ERROR,
         "Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
         SB_LIBVIRT_ERROR_UNREACHABLE, "systemctl start libvirtd"},
        {"qemu:///system", VIR_ERR_SYSTEM_ERROR,
         "Failed to connect socket to '/var/run/libvirt/virtqemud-sock': Connection refused",
         SB_LIBVIRT_ERROR_UNREACHABLE, "systemctl start libvirtd"},
        {"qemu:///system", VIR_ERR_SYSTEM_ERROR, "Failed to find group record for gid '54321'",
         SB_LIBVIRT_ERROR_DENIED, "/etc/group"},
        {"qemu:///system", VIR_ERR_SYSTEM_ERROR, "Failed to find user record for uid '54321'",
         SB_LIBVIRT_ERROR_DENIED, "/etc/passwd"},
        {"qemu:///session", VIR_ERR_SYSTEM_ERROR, "cannot run daemon", SB_LIBVIRT_ERROR_UNREACHABLE,
         "starts the daemon for this URI by itself"},
        {"qemu+ssh://root@h/system", VIR_ERR_SYSTEM_ERROR, "Could not resolve hostname h",
         SB_LIBVIRT_ERROR_UNREACHABLE, "works: virsh -c 'qemu+ssh://root@h/system' uri"},
        {"nonsense", VIR_ERR_NO_CONNECT, "no connection driver", SB_LIBVIRT_ERROR_URI,
         "'qemu:///session'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        SbLibvirtError error = sb_connection_error_code(rows[i].uri, rows[i].code, rows[i].message);
        g_test_message("%s", rows[i].message);
        g_assert_cmpint(error, ==, rows[i].error);
        g_autofree char *hint = sb_connection_error_hint(rows[i].uri, error, rows[i].message);
        g_assert_nonnull(strstr(hint, rows[i].hint));
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/connection-error/rows", test_rows);
    return g_test_run();
}
