/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The login with which a wait for a machine ends: over a connection that an earlier ssh has kept,
 * if there is one that works.
 *
 * Room: wait.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "guest/login.h"
#include "libvirt/domain.h"
#include "libvirt/host.h"

typedef struct SbWaitLogin SbWaitLogin;

typedef struct {
    SbLoginCallbacks login; /**< with DATA */
    /** The connection that was kept leads nowhere, and is kept no more. */
    void (*kept_in_vain)(gpointer data);
} SbWaitLoginCallbacks;

/** Whether ssh will use a connection to MACHINE that an earlier ssh has kept. */
gboolean sb_wait_login_is_kept(const SbAccess *access, const char *machine);

typedef struct {
    SbHost *host;
    SbAccess *access; /**< has the machine's target */
    const SbDomain *domain;
    SbKeptShell *kept; /**< (nullable) gets a shell if DOMAIN was ready before, in the same boot,
                          and is not behind the libvirt host */
} SbWaitLoginRequest;

/**
 * Starts to log in to a machine, and to wait there until cloud-init is done.
 *
 * @return (transfer full) or NULL with SB_SSH_ERROR_SPAWN, or if the files for ssh cannot be
 * written
 */
SbWaitLogin *sb_wait_login_new(const SbWaitLoginRequest *request,
                               const SbWaitLoginCallbacks *callbacks, gpointer data,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the login, also from a callback; no callback comes any more. LOGIN is (nullable). */
void sb_wait_login_free(SbWaitLogin *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbWaitLogin, sb_wait_login_free)
