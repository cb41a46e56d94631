/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/login.h"

#include "base/loop.h"
#include "fake-ssh.h"
#include "test.h"

#include <string.h>

typedef struct {
    SbLoop *loop;
    gboolean is_in;
    SbCloudInitVerdict *verdict;
    GError *error;
} Login;

static void on_logged_in(gpointer data)
{
    ((Login *)data)->is_in = TRUE;
}

static void on_finished(SbCloudInitVerdict *verdict, const GError *error, gpointer data)
{
    Login *login = data;
    login->error = error ? g_error_copy(error) : NULL;
    login->verdict = verdict;
    sb_loop_end(login->loop);
}

/* Logs in to this machine. (transfer full) (nullable) */
static SbCloudInitVerdict *log_in(const char *settled_boot, GError **error_out)
{
    static const SbLoginCallbacks callbacks = {on_logged_in, NULL, on_finished};
    const SbLoginRequest request = {.config_path = "none",
                                    .machine = "m",
                                    .flags = SB_LOGIN_WAIT,
                                    .settled_boot = settled_boot};
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Login login = {.loop = loop};
    g_autoptr(GError) error = NULL;
    g_autoptr(SbLogin) started = sb_login_start(&request, &callbacks, &login, &error);
    g_assert_no_error(error);
    sb_loop_wait(loop);
    g_assert_cmpint(login.is_in, ==,
                    !g_error_matches(login.error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL));
    if (login.error)
        g_propagate_error(error_out, login.error);
    return login.verdict;
}

static void test_settled(void)
{
    g_autofree char *boot = NULL;
    g_assert_true(g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL));
    g_strchomp(boot);
    g_autoptr(SbCloudInitVerdict) first = log_in(NULL, NULL);
    g_assert_cmpstr(first->boot_id, ==, boot);
    SbCloudInitVerdict *settled = log_in(boot, NULL);
    g_assert_null(settled);
    g_autoptr(SbCloudInitVerdict) rebooted = log_in("ef4dcc9d-7574-4b22-8fd4-1b40c219b483", NULL);
    g_assert_cmpstr(rebooted->boot_id, ==, boot);
    g_assert_true(rebooted->is_absent);
}

/* What is longer than an answer ever is. */
static void test_endless(void)
{
    fake_ssh("{ sh -c \"$command\"; exec yes; }");
    g_autoptr(GError) error = NULL;
    SbCloudInitVerdict *verdict = log_in(NULL, &error);
    g_assert_null(verdict);
    g_assert_error(error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS);
}

/* nologin says why on its standard output. */
static void test_shell(void)
{
    fake_ssh("{ echo 'This account is currently not available.'; exit 1; }");
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCloudInitVerdict) verdict = log_in(NULL, &error);
    g_assert_null(verdict);
    g_assert_error(error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL);
    g_assert_nonnull(strstr(error->message, "status 1; it says: This account is"));
}

int main(int argc, char **argv)
{
    fake_ssh("PATH=/usr/bin:/bin exec sh -c \"$command\"");
    test_init(argc, argv);
    g_test_add_func("/login/only the settled boot is not asked about again", test_settled);
    g_test_add_func("/login/an answer without an end is not waited for", test_endless);
    g_test_add_func("/login/a shell that runs no command is known", test_shell);
    int status = g_test_run();
    fake_ssh_remove();
    return status;
}
