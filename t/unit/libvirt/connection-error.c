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
        {"qemu+ssh://root@h/system", VIR_ERR_SYSTEM_ERROR,
         "Cannot recv data: ssh: Could not resolve hostname h: Name or service not known: "
         "Connection reset by peer",
         SB_LIBVIRT_ERROR_UNREACHABLE, "/etc/hosts"},
        {"qemu+ssh://root@h/system", VIR_ERR_SYSTEM_ERROR,
         "Cannot recv data: root@h: Permission denied (publickey).: Connection reset by peer",
         SB_LIBVIRT_ERROR_DENIED, "'ssh-copy-id root@h'"},
        {"qemu+ssh://h:2222/system", VIR_ERR_SYSTEM_ERROR,
         "Cannot recv data: Host key verification failed.: Connection reset by peer",
         SB_LIBVIRT_ERROR_UNREACHABLE, "'ssh -p 2222 h'"},
        {"qemu+ssh://joe@h/system", VIR_ERR_SYSTEM_ERROR,
         "End of file while reading data: nc: unix connect failed: Permission denied: "
         "Input/output error",
         SB_LIBVIRT_ERROR_DENIED, "'ssh joe@h id'"},
        {"qemu+ssh://joe@h/system", VIR_ERR_SYSTEM_ERROR,
         "End of file while reading data: virt-ssh-helper: cannot connect to "
         "'/var/run/libvirt/libvirt-sock': Failed to connect socket to "
         "'/var/run/libvirt/libvirt-sock': Permission denied: Input/output error",
         SB_LIBVIRT_ERROR_DENIED, "'ssh joe@h id'"},
        {"qemu+ssh://joe@h/system", VIR_ERR_SYSTEM_ERROR,
         "End of file while reading data: virt-ssh-helper: cannot connect to "
         "'/var/run/libvirt/libvirt-sock': Failed to connect socket to "
         "'/var/run/libvirt/libvirt-sock': No such file or directory: Input/output error",
         SB_LIBVIRT_ERROR_UNREACHABLE, "'ssh joe@h systemctl start libvirtd'"},
        {"qemu+ssh://joe@h/system", VIR_ERR_SYSTEM_ERROR,
         "End of file while reading data: Ncat: No such file or directory.: Input/output error",
         SB_LIBVIRT_ERROR_UNREACHABLE, "systemctl start libvirtd'"},
        {"qemu+ssh://joe@h/system", VIR_ERR_SYSTEM_ERROR,
         "End of file while reading data: sh: 1: nc: not found: Input/output error",
         SB_LIBVIRT_ERROR_UNREACHABLE, "netcat-openbsd"},
        {"qemu+ssh://joe@h/system", VIR_ERR_SYSTEM_ERROR,
         "Cannot recv data: ssh: connect to host h port 22: Connection refused: Connection reset "
         "by peer",
         SB_LIBVIRT_ERROR_UNREACHABLE, "no ssh server"},
        {"qemu+tls://h/system", VIR_ERR_SYSTEM_ERROR,
         "unable to connect to server at 'h:16514': Connection refused",
         SB_LIBVIRT_ERROR_UNREACHABLE, "works: virsh -c 'qemu+tls://h/system' uri"},
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
