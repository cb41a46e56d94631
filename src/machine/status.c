/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/status.h"

#include "guest/login.h"

typedef struct {
    GMainLoop *loop;
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
    g_main_loop_quit(asking->loop);
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    g_main_loop_quit(data);
}

SbCloudInitVerdict *sb_status_ask(const SbHost *host, const SbAccess *access, const char *machine,
                                  GCancellable *cancellable, GError **error)
{
    static const SbLoginCallbacks callbacks = {on_logged_in, on_finished};
    Asking asking = {.loop = g_main_loop_new(NULL, FALSE)};
    g_autoptr(SbLogin) login =
        sb_login_start(sb_access_config_path(access), machine,
                       sb_host_ssh_proxy(host) ? SB_LOGIN_PROXIED : 0, &callbacks, &asking, error);
    if (login) {
        gulong handler =
            g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), asking.loop, NULL);
        if (!g_cancellable_is_cancelled(cancellable))
            g_main_loop_run(asking.loop);
        g_cancellable_disconnect(cancellable, handler);
        if (asking.error)
            g_propagate_error(error, asking.error);
        else if (!asking.verdict)
            g_cancellable_set_error_if_cancelled(cancellable, error);
    }
    g_main_loop_unref(asking.loop);
    return asking.verdict;
}
