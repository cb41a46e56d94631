/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/ssh-config.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

static const SbSshTarget runner_1 = {"faas-runner-1", "10.83.7.10", 22, "seedbed",
                                     "ssh-ed25519 AAAAone"};
static const SbSshTarget runner_2 = {"faas-runner-2", "127.0.0.1", 40123, "tester",
                                     "ssh-ed25519 AAAAtwo"};

static GPtrArray *two_targets(void)
{
    GPtrArray *targets = g_ptr_array_new();
    g_ptr_array_add(targets, (gpointer)&runner_1);
    g_ptr_array_add(targets, (gpointer)&runner_2);
    return targets;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        g_error("'%s' is not in:\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        g_error("'%s' is in:\n%s", part, text);
}

static void test_known_hosts(void)
{
    g_autoptr(GPtrArray) targets = two_targets();
    g_autofree char *text = sb_ssh_known_hosts(targets);
    g_assert_cmpstr(text, ==,
                    "faas-runner-1 ssh-ed25519 AAAAone\nfaas-runner-2 ssh-ed25519 AAAAtwo\n");
    g_ptr_array_set_size(targets, 0);
    g_autofree char *empty = sb_ssh_known_hosts(targets);
    g_assert_cmpstr(empty, ==, "");
}

static void test_targets(void)
{
    g_autoptr(GPtrArray) targets = two_targets();
    SbSshSettings settings = {.directory = "/state/faas"};
    g_autofree char *config = sb_ssh_config(&settings, targets);
    has(config, "Host faas-runner-1\n  HostName 10.83.7.10\n  Port 22\n  User seedbed\n"
                "  HostKeyAlias faas-runner-1\n"
                "Match originalhost faas-runner-1 user seedbed\n"
                "  ControlPath \"/state/faas/faas-runner-1.sock\"\n");
    has(config, "Host faas-runner-2\n  HostName 127.0.0.1\n  Port 40123\n  User tester\n");
    has(config, "\nHost faas-runner-1 faas-runner-2\n");
    has(config, "  ConnectTimeout 120\n");
    lacks(config, "Proxy");
    settings.proxy_command = "ssh -W %h:%p -- server";
    g_autofree char *jumping = sb_ssh_config(&settings, targets);
    has(jumping, "  ProxyCommand ssh -W %h:%p -- server\n");
}

static void proxy_is(const char *uri, const char *expected)
{
    g_autofree char *command = sb_ssh_proxy_command(uri);
    g_assert_cmpstr(command, ==, expected);
}

static void test_proxy_command(void)
{
    proxy_is("qemu:///system", NULL);
    proxy_is("qemu+unix:///system?socket=/run/a", NULL);
    proxy_is("qemu+tls://server/system", NULL);
    proxy_is("qemu+ssh:///system", NULL);
    proxy_is("test:///default", NULL);
    proxy_is("no uri", NULL);
    proxy_is("qemu+ssh://server/system", "'ssh' -W %h:%p -- 'server'");
    proxy_is("qemu+libssh2://[fd00::1]/system", "'ssh' -W %h:%p -- 'fd00::1'");
    proxy_is("qemu+ssh://root@10.0.0.1:2222/system?keyfile=/a%20b/100%25&no_verify=1&no_tty=0",
             "'ssh' -l 'root' -p 2222 -i '/a b/100%%' -W %h:%p -- "
             "'10.0.0.1'");
    proxy_is("qemu+libssh://h/system?known_hosts=/k;no_tty=1&command=/opt/ssh",
             "'/opt/ssh' -o UserKnownHostsFile='/k' -o BatchMode=yes -W %h:%p -- 'h'");
    /* Nothing in it is special for the shell or a token of ssh. */
    proxy_is("qemu+ssh://a'%25;$b@h/system?keyfile=x'%20-oProxyCommand=y",
             "'ssh' -l 'a'\\''%%;$b' -i 'x'\\'' -oProxyCommand=y' -W %h:%p -- 'h'");
}

/* A pattern without settings would be a syntax error, and a pattern for every host a surprise. */
static void test_no_targets(void)
{
    g_autoptr(GPtrArray) targets = g_ptr_array_new();
    SbSshSettings settings = {.directory = "/state/faas"};
    g_autofree char *config = sb_ssh_config(&settings, targets);
    has(config, "\nHost none\n");
    lacks(config, "*");
}

static void test_control_path(void)
{
    g_autofree char *path = sb_ssh_control_path("/state/faas", "faas-runner-1");
    g_assert_cmpstr(path, ==, "/state/faas/faas-runner-1.sock");
    /* 108 bytes of sun_path, less ssh's 18: 89 characters and a NUL. */
    g_autofree char *longest = g_strnfill(82, 'd');
    g_autofree char *fits = sb_ssh_control_path(longest, "m");
    g_assert_nonnull(fits);
    g_assert_cmpuint(strlen(fits), ==, 89);
    g_autofree char *too_long = sb_ssh_control_path(longest, "mm");
    g_assert_null(too_long);

    g_autoptr(GPtrArray) targets = two_targets();
    SbSshSettings settings = {.directory = longest};
    g_autofree char *config = sb_ssh_config(&settings, targets);
    lacks(config, "ControlPath");
}

/* The settings that ssh itself reads out of the config, for one host. */
static char *ssh_reads(const char *config, const char *host)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("seedbed-test.XXXXXX", &path, &error);
    g_assert_no_error(error);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, config, -1, NULL));
    const char *argv[] = {"ssh", "-G", "-F", path, "--", host, NULL};
    char *output = NULL;
    int status;
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status,
                 &error);
    g_assert_no_error(error);
    g_assert_true(g_spawn_check_wait_status(status, NULL));
    g_unlink(path);
    return output;
}

static gboolean has_ssh(void)
{
    g_autofree char *found = g_find_program_in_path("ssh");
    if (!found)
        g_test_skip("ssh not found (openssh-client)");
    return found != NULL;
}

/* Pinned keys, only the fleet's own key, and never a question. */
static void test_ssh_obeys(void)
{
    static const char *const lines[] = {
        "\nhostname 127.0.0.1\n",
        "\nport 40123\n",
        "\nuser tester\n",
        "\nhostkeyalias faas-runner-2\n",
        "\nstricthostkeychecking true\n",
        "\nhostkeyalgorithms ssh-ed25519\n",
        "\nuserknownhostsfile /state/faas/known_hosts\n",
        "\nglobalknownhostsfile /dev/null\n",
        "\nidentityfile /state/faas/id_ed25519\n",
        "\nidentitiesonly yes\n",
        "\nforwardagent no\n",
        "\nforwardx11 no\n",
        "\nbatchmode yes\n",
        "\nupdatehostkeys false\n",
        "\ncheckhostip no\n",
        "\npreferredauthentications publickey\n",
        "\ncontrolmaster auto\n",
        "\ncontrolpath /state/faas/faas-runner-2.sock\n",
    };
    if (!has_ssh())
        return;
    g_autoptr(GPtrArray) targets = two_targets();
    SbSshSettings settings = {.directory = "/state/faas"};
    g_autofree char *config = sb_ssh_config(&settings, targets);
    g_autofree char *read = ssh_reads(config, "faas-runner-2");
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        has(read, lines[i]);
    /* Another account does not get the connection of this one. */
    g_autofree char *root = ssh_reads(config, "root@faas-runner-2");
    has(root, "\nuserknownhostsfile /state/faas/known_hosts\n");
    lacks(root, "controlpath");
    /* ssh asks the agent only if this is not "none", which would also prevent -A. */
    lacks(read, "identityagent");
    /* Another host of the same config gets none of these settings. */
    g_autofree char *other = ssh_reads(config, "elsewhere");
    lacks(other, "/state/faas");
}

static void test_ssh_reads_odd_folders(void)
{
    if (!has_ssh())
        return;
    g_autoptr(GPtrArray) targets = two_targets();
    SbSshSettings settings = {.directory = "/a b/100%h # no"};
    g_autofree char *config = sb_ssh_config(&settings, targets);
    g_autofree char *read = ssh_reads(config, "faas-runner-1");
    /* ssh -G shows the first before it takes percent signs for tokens, the others after it. */
    has(read, "\nidentityfile /a b/100%%h # no/id_ed25519\n");
    has(read, "\nuserknownhostsfile /a b/100%h # no/known_hosts\n");
    has(read, "\ncontrolpath /a b/100%h # no/faas-runner-1.sock\n");
    has(read, "\nhostname 10.83.7.10\n");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/ssh-config/known-hosts", test_known_hosts);
    g_test_add_func("/ssh-config/targets", test_targets);
    g_test_add_func("/ssh-config/proxy-command", test_proxy_command);
    g_test_add_func("/ssh-config/no-targets", test_no_targets);
    g_test_add_func("/ssh-config/control-path", test_control_path);
    g_test_add_func("/ssh-config/ssh-obeys", test_ssh_obeys);
    g_test_add_func("/ssh-config/ssh-reads-odd-folders", test_ssh_reads_odd_folders);
    return g_test_run();
}
