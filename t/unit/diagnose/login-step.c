/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/login-step.h"

#include "fake-ssh.h"
#include "test.h"

/* Where a login stays whose ssh is SCRIPT. (transfer full) */
static char *step(const char *script, guint seconds)
{
    fake_ssh(script);
    return sb_login_step("config", "m", seconds);
}

static void test_stays(void)
{
    g_autofree char *found = step("echo 'debug1: Connection established.' >&2\n"
                                  "echo 'debug1: expecting SSH2_MSG_KEX_ECDH_REPLY\r' >&2\n"
                                  "exec sleep 600",
                                  10);
    g_assert_cmpstr(found, ==, "expecting SSH2_MSG_KEX_ECDH_REPLY");
}

static void test_ends(void)
{
    g_assert_null(step("echo 'debug1: Exit status 0' >&2", 60));
    g_assert_null(
        step("echo 'debug1: Next method' >&2; echo 'Permission denied.' >&2; exit 255", 60));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    fake_ssh("");
    g_test_add_func("/login-step/stays", test_stays);
    g_test_add_func("/login-step/ends", test_ends);
    int status = g_test_run();
    fake_ssh_remove();
    return status;
}
