/**
 * @file
 * The first ssh login to a machine, which stays until cloud-init is done and brings its verdict:
 * one connection and nothing to poll.
 *
 * Layer: fleet. Threads: the main loop's.
 */
#pragma once

#include "model/cloud-init-status.h"

#include <gio/gio.h>

#define SB_LOGIN_ERROR (sb_login_error_quark())
GQuark sb_login_error_quark(void);

typedef enum {
    SB_LOGIN_ERROR_STATUS, /**< logged in, but cloud-init's answer makes no sense */
} SbLoginError;

typedef struct SbLogin SbLogin;

typedef struct {
    /** The login worked; cloud-init may be busy still. */
    void (*logged_in)(gpointer data);
    /**
     * The end: cloud-init's verdict, or an error (an SbSshError or SbLoginError). With neither, the
     * guest has no cloud-init. Not called after sb_login_free().
     */
    void (*finished)(const SbCloudInitStatus *status, const GError *error, gpointer data);
} SbLoginCallbacks;

/**
 * Starts to log in to MACHINE. (transfer full) or NULL with SB_SSH_ERROR_SPAWN
 *
 * @param is_proxied  the ssh_config leads there through the libvirt host
 */
SbLogin *sb_login_start(const char *config_path, const char *machine, gboolean is_proxied,
                        const SbLoginCallbacks *callbacks, gpointer data, GError **error);

/** Ends it, also in the middle and from a callback. */
void sb_login_free(SbLogin *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLogin, sb_login_free)
