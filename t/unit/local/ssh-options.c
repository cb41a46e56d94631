/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/ssh-options.h"
#include "test.h"

#include <string.h>

static const GOptionEntry own[] = {
    {"connect", 'c', 0, G_OPTION_ARG_STRING, NULL, NULL, NULL},
    {"quiet", 'q', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, NULL, NULL, NULL},
    G_OPTION_ENTRY_NULL};

/* What becomes of the words of LINE: those that stay, '|', and those for ssh; or the error. */
static char *split(const char *line)
{
    g_auto(GStrv) words = NULL;
    int argc;
    g_assert_true(g_shell_parse_argv(line, &argc, &words, NULL));
    g_autofree char **argv = g_memdup2(words, sizeof *words * ((gsize)argc + 1));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) taken = sb_ssh_options_take(&argc, argv, own, &error);
    if (!taken) {
        g_assert_error(error, SB_SSH_ERROR, SB_SSH_ERROR_OPTION);
        return g_strdup(error->message);
    }
    g_assert_null(argv[argc]);
    g_ptr_array_add(taken, NULL);
    g_autofree char *rest = g_strjoinv(" ", argv), *ssh = g_strjoinv(" ", (char **)taken->pdata);
    return g_strconcat(rest, " | ", ssh, NULL);
}

static void becomes(const char *line, const char *expected)
{
    g_autofree char *found = split(line);
    g_assert_cmpstr(found, ==, expected);
}

static void refuses(const char *line, const char *part)
{
    g_autofree char *found = split(line);
    if (!strstr(found, part))
        g_error("%s: '%s' is not in '%s'", line, part, found);
}

static void test_split(void)
{
    becomes("ssh m", "ssh m | ");
    becomes("ssh -t m -t", "ssh m -t | -t");
    becomes("ssh -tt -v m -- top -v", "ssh m -- top -v | -tt -v");
    becomes("ssh -t -- m", "ssh -- m | -t");
    becomes("ssh -E log m", "ssh m | -E log");
    becomes("ssh -Elog m", "ssh m | -Elog");
    becomes("ssh - m", "ssh - m | ");
    becomes("ssh", "ssh | ");
}

static void test_own_options_stay(void)
{
    becomes("ssh -c qemu:///session -t -q m", "ssh -c qemu:///session -q m | -t");
    becomes("ssh -cqemu:///session -t m", "ssh -cqemu:///session m | -t");
    becomes("ssh --connect qemu:///session -t m", "ssh --connect qemu:///session m | -t");
    becomes("ssh --connect=qemu:///session -t m", "ssh --connect=qemu:///session m | -t");
    becomes("ssh --quiet --nosuch -t m", "ssh --quiet --nosuch m | -t");
    becomes("ssh -t -c", "ssh -c | -t");
}

static void test_own_connection(void)
{
    becomes("ssh -A m", "ssh m | -A -o ControlPath=none");
    becomes("ssh -tL 80:b:80 -R 1:c:2 m", "ssh m | -tL 80:b:80 -R 1:c:2 -o ControlPath=none");
    becomes("ssh -l root -p 22 m", "ssh m | -l root -p 22 -o ControlPath=none");
    becomes("ssh -A -S path m", "ssh m | -A -S path -o ControlPath=none");
    becomes("ssh -oLogLevel=DEBUG m", "ssh m | -oLogLevel=DEBUG -o ControlPath=none");
}

static void test_pinning_is_kept(void)
{
    static const char *const lines[] = {
        "ssh -o StrictHostKeyChecking=no m",
        "ssh -oStrictHostKeyChecking=no m",
        "ssh -o stricthostkeychecking=accept-new m",
        "ssh -o 'StrictHostKeyChecking no' m",
        "ssh -o ' \"StrictHostKeyChecking\" no' m",
        "ssh -to StrictHostKeyChecking=no m",
        "ssh -A -o LogLevel=ERROR -o UserKnownHostsFile=/dev/null m",
        "ssh -o GlobalKnownHostsFile=x m",
        "ssh -o HostKeyAlias=other m",
        "ssh -o KnownHostsCommand=x m",
        "ssh -o NoHostAuthenticationForLocalhost=yes m",
        "ssh -o VerifyHostKeyDNS=yes m",
        "ssh -o UpdateHostKeys=yes m"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        refuses(lines[i], "the host key of each machine is pinned");
    refuses("ssh -F other m", "-F: seedbed gives ssh the configuration of the machine");
    /* The prefix of a keyword is not the keyword. */
    becomes("ssh -o StrictHostKey=x m", "ssh m | -o StrictHostKey=x -o ControlPath=none");
}

static void test_bad_usage(void)
{
    refuses("ssh -Z m", "Unknown option -Z");
    refuses("ssh -tL", "Missing argument for -L");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/ssh-options/split", test_split);
    g_test_add_func("/ssh-options/own-options-stay", test_own_options_stay);
    g_test_add_func("/ssh-options/own-connection", test_own_connection);
    g_test_add_func("/ssh-options/pinning-is-kept", test_pinning_is_kept);
    g_test_add_func("/ssh-options/bad-usage", test_bad_usage);
    return g_test_run();
}
