/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The script that asks a guest why it refuses a key, in the shells of guests. */
#include "diagnose/account-problem.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define KEY "ssh-ed25519 AAAAC3Nz+/="

static char *shell; /* a file that can be run */

static void write_file(const char *name, const char *text, int mode)
{
    g_autoptr(GError) error = NULL;
    g_file_set_contents(name, text, -1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_chmod(name, mode), ==, 0);
}

/* What the script prints about the account 'deb' whose shell is SHELL. (transfer full) */
static char *ask(const char *program, const char *login_shell)
{
    g_autofree char *folder = g_get_current_dir();
    g_autofree char *passwd =
        g_strdup_printf("deb:x:%d:%d::%s/home:%s\n", getuid(), getgid(), folder, login_shell);
    write_file("passwd", passwd, 0644);
    g_autofree char *script = sb_account_script("deb", KEY);
    g_autoptr(GString) here = g_string_new(script);
    g_string_replace(here, "/etc/passwd", "passwd", 0);
    g_string_replace(here, "/var/log/auth.log", "log", 0);
    g_string_replace(here, "journalctl", "false", 0);
    g_string_replace(here, "PATH=$PATH:", "PATH=$PWD:$PATH:", 0);
    g_auto(GStrv) words = g_strsplit(program, " ", 2);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    for (gsize i = 0; words[i]; i++)
        g_ptr_array_add(argv, words[i]);
    g_ptr_array_add(argv, (gpointer) "-c");
    g_ptr_array_add(argv, here->str);
    g_ptr_array_add(argv, NULL);
    char *output = NULL;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                 NULL, &error);
    g_assert_no_error(error);
    return output;
}

static void expect(const char *program, const char *login_shell, const char *part)
{
    g_autofree char *output = ask(program, login_shell);
    if (!g_str_has_prefix(output, part))
        g_error("%s: '%s' was expected, not '%s'", program, part, output);
}

static void test_shell(gconstpointer program)
{
    g_auto(GStrv) words = g_strsplit(program, " ", 2);
    g_autofree char *path = g_find_program_in_path(words[0]);
    if (!path) {
        g_test_skip("this shell is not installed");
        return;
    }
    g_assert_cmpint(g_mkdir_with_parents("home", 0755), ==, 0);
    expect(program, shell, "'");
    g_assert_cmpint(g_mkdir_with_parents("home/.ssh", 0700), ==, 0);
    write_file("home/.ssh/authorized_keys", KEY " f\n", 0600);
    write_file("log", "sshd[1]: Server listening\n", 0600);
    expect(program, shell, "the account, its shell and its key are in order, so a setting");
    expect(program, "/nonexistent/zsh", "its shell '/nonexistent/zsh' does not exist");
    write_file("sshd", "#!/bin/sh\nprintf 'port 22\\nallowgroups admins\\n'\n", 0755);
    expect(program, shell,
           "sshd is set to 'allowgroups admins', and the groups of the account are '");
    g_unlink("sshd");
    write_file("log", "sshd[1]: User deb not allowed because not listed in AllowUsers\n", 0600);
    expect(program, shell, "its log says: sshd[1]: User deb not allowed because");
    g_assert_cmpint(g_chmod("home", 0775), ==, 0);
    expect(program, shell, "others than its owner can write to '");
    g_assert_cmpint(g_chmod("home", 0755), ==, 0);
    write_file("home/.ssh/authorized_keys", "ssh-ed25519 BBBB\n", 0600);
    g_autofree char *output = ask(program, shell);
    g_assert_nonnull(strstr(output, "does not have the fleet's key"));
    g_unlink("home/.ssh/authorized_keys");
    g_rmdir("home/.ssh");
}

static void test_missing(void)
{
    g_autofree char *script = sb_account_script("no-such-account", KEY);
    const char *const argv[] = {"sh", "-c", script, NULL};
    g_autofree char *output = NULL;
    g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                               NULL, NULL, NULL));
    g_assert_cmpstr(output, ==, "it does not exist\n");
}

/* What the script about sshd prints, where sshd is this shell script. (transfer full) */
static char *ask_sshd(const char *program, const char *sshd)
{
    write_file("sshd", sshd, 0755);
    g_autofree char *folder = g_get_current_dir();
    g_autofree char *text = g_strdup_printf("PATH=%s:$PATH\n%s", folder, sb_sshd_script);
    g_autoptr(GString) here = g_string_new(text);
    g_string_replace(here, "/run/sshd", "run", 0);
    g_string_replace(here, "systemctl", "no-systemctl", 0);
    g_auto(GStrv) words = g_strsplit(program, " ", 2);
    const char *const plain[] = {words[0], "-c", here->str, NULL};
    const char *const with_applet[] = {words[0], words[1], "-c", here->str, NULL};
    char *output = NULL;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)(words[1] ? with_applet : plain), NULL, G_SPAWN_SEARCH_PATH, NULL,
                 NULL, &output, NULL, NULL, &error);
    g_assert_no_error(error);
    g_unlink("sshd");
    g_rmdir("run");
    return output;
}

static void expect_sshd(const char *program, const char *sshd, const char *expected)
{
    g_autofree char *output = ask_sshd(program, sshd);
    g_assert_cmpstr(output, ==, expected);
}

static void test_sshd(gconstpointer program)
{
    g_auto(GStrv) words = g_strsplit(program, " ", 2);
    g_autofree char *path = g_find_program_in_path(words[0]);
    if (!path) {
        g_test_skip("this shell is not installed");
        return;
    }
    expect_sshd(program, "#!/bin/sh\necho 'x line 1: Bad configuration option: y' >&2; exit 255\n",
                "sshd refuses its settings: x line 1: Bad configuration option: y\n");
    expect_sshd(program, "#!/bin/sh\n[ $1 = -t ] || printf 'port 2222\\nlistenaddress ::\\n'\n",
                "sshd is set to the port 2222\n");
    expect_sshd(program, "#!/bin/sh\n[ $1 = -t ] || printf 'port 2222\\nport 22\\n'\n", "");
}

/* The network script prints what begins with EXPECTED in a guest with the card enp1s0, whose `ip`
 * says ADDRESSES, and with what is in the folder networkd. */
static void expect_network(const char *program, const char *addresses, const char *expected)
{
    g_autofree char *ip =
        g_strdup_printf("#!/bin/sh\ncase $* in *route*) echo 'default via 10.9.0.1 dev enp1s0' ;;"
                        " *) echo '1: lo    inet 127.0.0.1/8 scope host lo'; echo '%s' ;; esac\n",
                        addresses);
    g_autofree char *folder = g_get_current_dir();
    g_autofree char *text =
        g_strdup_printf("PATH=%s:$PATH address=10.9.0.10\n%s", folder, sb_network_script);
    g_autoptr(GString) here = g_string_new(text);
    write_file("ip", ip, 0755);
    g_string_replace(here, "/sys/class/net", "net", 0);
    g_string_replace(here, "/run/systemd/network", "networkd", 0);
    g_string_replace(here, "/etc/", "none/", 0);
    g_string_replace(here, "/run/", "none/", 0);
    g_string_replace(here, "nft", "false", 0);
    g_string_replace(here, "iptables", "false", 0);
    g_auto(GStrv) words = g_strsplit(program, " ", 2);
    const char *const plain[] = {words[0], "-c", here->str, NULL};
    const char *const with_applet[] = {words[0], words[1], "-c", here->str, NULL};
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)(words[1] ? with_applet : plain), NULL, G_SPAWN_SEARCH_PATH, NULL,
                 NULL, &output, NULL, NULL, &error);
    g_assert_no_error(error);
    if (*expected ? !g_str_has_prefix(output, expected) : *output)
        g_error("%s: '%s' was expected, not '%s'", program, expected, output);
    g_unlink("ip");
}

static void test_network(gconstpointer program)
{
    static const char right[] = "2: enp1s0    inet 10.9.0.10/24 brd 10.9.0.255 scope global enp1s0";
    g_auto(GStrv) words = g_strsplit(program, " ", 2);
    g_autofree char *path = g_find_program_in_path(words[0]);
    if (!path) {
        g_test_skip("this shell is not installed");
        return;
    }
    g_assert_cmpint(g_mkdir_with_parents("net/enp1s0", 0755), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents("net/lo", 0755), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents("networkd", 0755), ==, 0);
    expect_network(program, right, "");
    expect_network(program, "1: lo    inet 10.9.0.1/32 scope global lo",
                   "it has taken the address of its gateway, 10.9.0.1, so that");
    expect_network(program, "", "its network cards (enp1s0) have no IPv4 address, and not 10.9");
    expect_network(program, "2: enp1s0    inet 10.9.0.77/24 scope global enp1s0",
                   "its network cards (enp1s0) have 10.9.0.77, and not 10.9.0.10");
    write_file("networkd/10-x-ens3.network", "[Match]\nName=ens3\n", 0644);
    expect_network(program, "", "its network configuration names the card 'ens3', and it has only");
    write_file("networkd/10-x-ens3.network", "[Match]\nName=en*\n", 0644);
    expect_network(program, "", "its network cards (enp1s0) have no IPv4 address");
    g_unlink("networkd/10-x-ens3.network");
    g_rmdir("networkd");
    g_rmdir("net/lo");
    g_rmdir("net/enp1s0");
    expect_network(program, right, "its kernel knows no network card");
    g_rmdir("net");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    shell = g_find_program_in_path("sh");
    g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
    g_assert_cmpint(g_chdir(folder), ==, 0);
    g_test_add_data_func("/account-problem/dash", "dash", test_shell);
    g_test_add_data_func("/account-problem/bash", "bash", test_shell);
    g_test_add_data_func("/account-problem/busybox", "busybox sh", test_shell);
    g_test_add_func("/account-problem/missing", test_missing);
    g_test_add_data_func("/account-problem/sshd in dash", "dash", test_sshd);
    g_test_add_data_func("/account-problem/sshd in busybox", "busybox sh", test_sshd);
    g_test_add_data_func("/account-problem/network in dash", "dash", test_network);
    g_test_add_data_func("/account-problem/network in busybox", "busybox sh", test_network);
    int result = g_test_run();
    g_unlink("passwd");
    g_unlink("log");
    g_rmdir("home");
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_rmdir(folder);
    g_free(shell);
    return result;
}
