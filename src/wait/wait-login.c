/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/wait-login.h"

#include "local/ssh.h"
#include "model/ssh-config.h"
#include "wait/settled.h"

#include <glib/gstdio.h>

/* A connection may be kept to a guest that is gone: ssh sees that only after minutes. */
enum { KEPT_LOGIN_MS = 10 * 1000 };

struct SbWaitLogin {
    SbWaitLoginCallbacks callbacks;
    gpointer data;
    SbLogin *login;
    char *control_path;
    guint deadline; /**< a source, if the connection was kept, until the login works */
};

gboolean sb_wait_login_is_kept(const SbAccess *access, const char *machine)
{
    g_autofree char *path = sb_ssh_control_path(sb_access_directory(access), machine);
    return sb_ssh_is_kept(path);
}

static void on_logged_in(gpointer data)
{
    SbWaitLogin *login = data;
    g_clear_handle_id(&login->deadline, g_source_remove);
    login->callbacks.login.logged_in(login->data);
}

static void on_doing(const char *what, SbGuestVain vain, gpointer data)
{
    SbWaitLogin *login = data;
    login->callbacks.login.doing(what, vain, login->data);
}

static void on_finished(SbCloudInitVerdict *verdict, const GError *error, gpointer data)
{
    SbWaitLogin *login = data;
    g_clear_handle_id(&login->deadline, g_source_remove);
    login->callbacks.login.finished(verdict, error, login->data);
}

static gboolean on_deadline(gpointer data)
{
    SbWaitLogin *login = data;
    login->deadline = 0;
    /* No new session uses it then. Those that it has go on. */
    g_unlink(login->control_path);
    login->callbacks.kept_in_vain(login->data);
    return G_SOURCE_REMOVE;
}

SbWaitLogin *sb_wait_login_new(const SbWaitLoginRequest *request,
                               const SbWaitLoginCallbacks *callbacks, gpointer data, GError **error)
{
    static const SbLoginCallbacks login_callbacks = {on_logged_in, on_doing, on_finished};
    SbAccess *access = request->access;
    const char *directory = sb_access_directory(access), *machine = request->domain->name;
    gboolean is_proxied = sb_host_ssh_proxy(request->host) != NULL;
    g_autofree char *settled_boot = sb_settled_read(directory, request->domain);
    /* Without ControlPersist, the end of a shell would end all other sessions too. */
    SbLoginRequest asks = {.config_path = sb_access_config_path(access),
                           .machine = machine,
                           .flags = SB_LOGIN_WAIT | (is_proxied ? SB_LOGIN_PROXIED : 0),
                           .settled_boot = settled_boot,
                           .kept = is_proxied ? NULL : request->kept};
    asks.address = sb_access_direct_address(access, machine, &asks.port);
    g_autoptr(SbWaitLogin) login = g_new0(SbWaitLogin, 1);
    login->callbacks = *callbacks;
    login->data = data;
    login->control_path = sb_ssh_control_path(directory, machine);
    /* The files are written each time: another command may have written them meanwhile, without
     * this machine, because it asked libvirt before this machine was there. */
    if (!sb_access_write(access, error))
        return NULL;
    login->login = sb_login_start(&asks, &login_callbacks, login, error);
    if (!login->login)
        return NULL;
    if (sb_wait_login_is_kept(access, machine))
        login->deadline = g_timeout_add(KEPT_LOGIN_MS, on_deadline, login);
    return g_steal_pointer(&login);
}

void sb_wait_login_free(SbWaitLogin *login)
{
    if (!login)
        return;
    g_clear_handle_id(&login->deadline, g_source_remove);
    sb_login_free(login->login);
    g_free(login->control_path);
    g_free(login);
}
