/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One command on one machine over ssh, of which it is known whether it began, how it ended, and
 * that it is not left running.
 *
 * ssh alone cannot tell its own failure from an exit status of 255, leaves the command running when
 * it is killed, and waits for whatever the command leaves behind. So the command runs under a few
 * lines of shell that speak with this module: they say that they are there, begin when they are
 * told to, say the exit status, and end the command's process group when their standard input
 * ends, which it does when this process or the connection goes. What did not begin can be tried
 * again; what did is never run twice.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"

#include <gio/gio.h>

#define SB_GUEST_COMMAND_ERROR (sb_guest_command_error_quark())
GQuark sb_guest_command_error_quark(void);

typedef enum {
    SB_GUEST_COMMAND_ERROR_UNREACHABLE, /**< it never began: no connection in time */
    SB_GUEST_COMMAND_ERROR_LOST,        /**< it began, and the connection broke */
    SB_GUEST_COMMAND_ERROR_TIMEOUT,     /**< it took too long, and was ended */
} SbGuestCommandError;

typedef struct SbGuestCommand SbGuestCommand;

typedef struct {
    const char *script;   /**< for sh(1) */
    const char *greeting; /**< (nullable) for the shell of the login: before the begin, for
                             sb_guest_command_greeting() */
    const char *user;     /**< (nullable) another account than that of the login, by sudo */
    gint64 timeout_ms;    /**< from its begin; 0: none */
    gint64 connect_ms;    /**< how long it may take to begin */
    gboolean takes_input; /**< it reads from sb_guest_command_input(); then what ends it is the end
                             of that */
} SbGuestCommandRequest;

typedef struct {
    /** It begins now. BOOT_ID is the guest's. */
    void (*began)(const char *boot_id, gpointer data);
    /** Bytes of its output, as they come. */
    void (*output)(gboolean is_stderr, const char *bytes, gsize length, gpointer data);
    /** The end, called once and last: its exit status (128+N after signal N), or FAILURE. */
    void (*ended)(int status, const GError *failure, gpointer data);
} SbGuestCommandCallbacks;

/** Starts it. (transfer full) The callbacks come from the main loop. */
SbGuestCommand *sb_guest_command_start(const SbAccess *access, const char *machine,
                                       const SbGuestCommandRequest *request,
                                       const SbGuestCommandCallbacks *callbacks, gpointer data);

/** Its standard input, once it began; closing it is its end. (transfer none) */
GOutputStream *sb_guest_command_input(SbGuestCommand *command);

/** The line that the request's `greeting` has printed, once it begins; "" for none. (transfer none)
 */
const char *sb_guest_command_greeting(const SbGuestCommand *command);

/**
 * Ends it in the guest, and then calls `ended`, with the command's exit status if it has one.
 *
 * @param grace_ms  how long the guest may take for that
 * @param reason    (transfer full) (nullable) the failure that `ended` gets in any case
 */
void sb_guest_command_stop(SbGuestCommand *command, guint grace_ms, GError *reason);

/** No callback comes any more; what runs is ended. (nullable) */
void sb_guest_command_free(SbGuestCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbGuestCommand, sb_guest_command_free)

/** Ends the connection that ssh keeps open to MACHINE: after a reboot it would be waited for. */
void sb_guest_command_forget_connection(const SbAccess *access, const char *machine);
