/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * An ssh login to a machine, which brings the verdict on its cloud-init. It can stay until
 * cloud-init is done: that takes one connection, and nothing is polled.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "cloud-init/cloud-init-verdict.h"
#include "cloud-init/guest-report.h"
#include "guest/kept-shell.h"

#include <gio/gio.h>

#define SB_LOGIN_ERROR (sb_login_error_quark())
GQuark sb_login_error_quark(void);

typedef enum {
    SB_LOGIN_ERROR_STATUS, /**< the login worked, but cloud-init's answer makes no sense */
    SB_LOGIN_ERROR_SHELL,  /**< the login worked, but the account's shell does not run commands */
    SB_LOGIN_ERROR_LATE,   /**< no login, or no answer, in the time that somebody can wait */
} SbLoginError;

typedef struct SbLogin SbLogin;

typedef struct {
    /** The login worked; cloud-init may still be busy. */
    void (*logged_in)(gpointer data);
    /** (nullable) cloud-init works at WHAT, such as "module 'runcmd'", or the wait for it is in
     * vain, and WHAT says why. */
    void (*doing)(const char *what, SbGuestVain vain, gpointer data);
    /**
     * The end: cloud-init's VERDICT (transfer full), or an ERROR (an SbSshError or SbLoginError).
     * Neither: the machine is still in its settled boot. Called once, unless the login is freed
     * before; it may free the login.
     */
    void (*finished)(SbCloudInitVerdict *verdict, const GError *error, gpointer data);
} SbLoginCallbacks;

typedef enum {
    SB_LOGIN_PROXIED = 1 << 0, /**< the ssh_config leads there through the libvirt host */
    SB_LOGIN_WAIT = 1 << 1,    /**< until cloud-init's last stage is over */
} SbLoginFlags;

typedef struct {
    const char *config_path;
    const char *machine;
    SbLoginFlags flags;
    const char *address; /**< (nullable) of the machine, for SB_LOGIN_WAIT without a proxy */
    guint16 port;
    const char *settled_boot; /**< (nullable) a boot whose verdict is known: its id, a UUID */
    SbKeptShell *kept; /**< (nullable) if the machine is still in that boot, it gets a shell; must
                          live longer */
} SbLoginRequest;

/**
 * Starts to log in. The callbacks come from the main loop.
 *
 * @return (transfer full) or NULL with SB_SSH_ERROR_SPAWN
 */
SbLogin *sb_login_start(const SbLoginRequest *request, const SbLoginCallbacks *callbacks,
                        gpointer data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the login, also in the middle and from a callback; no callback comes any more. (nullable)
 */
void sb_login_free(SbLogin *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLogin, sb_login_free)
