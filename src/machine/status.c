/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/status.h"

#include "base/loop.h"
#include "guest/login.h"

typedef struct {
    SbLoop *loop;
    SbCloudInitVerdict *verdict;
    GError *error;
} Asking;

static void on_logged_in(gpointer data)
{
}

static void on_finished(SbCloudInitVerdict *verdict, const GError *error, gpointer data)
{
    Asking *asking = data;
    asking->verdict = verdict;
    asking->error = error ? g_error_copy(error) : NULL;
    sb_loop_end(asking->loop);
}

SbCloudInitVerdict *sb_status_ask(const SbHost *host, const SbAccess *access, const char *machine,
                                  GCancellable *cancellable, GError **error)
{
    static const SbLoginCallbacks callbacks = {on_logged_in, on_finished};
    g_autoptr(SbLoop) loop = sb_loop_new(cancellable, NULL, NULL);
    Asking asking = {.loop = loop};
    const SbLoginRequest request = {.config_path = sb_access_config_path(access),
                                    .machine = machine,
                                    .flags = sb_host_ssh_proxy(host) ? SB_LOGIN_PROXIED : 0};
    g_autoptr(SbLogin) login = sb_login_start(&request, &callbacks, &asking, error);
    if (!login)
        return NULL;
    sb_loop_wait(loop);
    if (asking.error)
        g_propagate_error(error, asking.error);
    else if (!asking.verdict)
        g_cancellable_set_error_if_cancelled(cancellable, error);
    return asking.verdict;
}
