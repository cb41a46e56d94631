/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One command on one machine over ssh. It is known whether it began and how it ended, and it is not
 * left running.
 *
 * ssh alone is not enough. It cannot tell its own failure from an exit status of 255. If it is
 * killed, the command goes on. And it waits for background processes of the command.
 *
 * So the command runs under a shell script, guest-command.sh, which speaks with this module. It
 * says that it is there, begins when it is told to, and tells the exit status. When its standard
 * input ends, it ends the command's process group; that happens also when this process or the
 * connection goes. A command that did not begin can be tried again. A command that began is never
 * run twice. Processes that a command leaves behind are left alone; if they hold its output open,
 * they are named, and what they print later is not read.
 *
 * A login takes an emulated guest longer than a short command. So a shell can be kept for the next
 * command. But if the command left any process behind, the next one gets a shell of its own.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "guest/kept-shell.h"

#include <gio/gio.h>

#define SB_GUEST_COMMAND_ERROR (sb_guest_command_error_quark())
GQuark sb_guest_command_error_quark(void);

typedef enum {
    SB_GUEST_COMMAND_ERROR_UNREACHABLE, /**< the command never began: no connection in time */
    SB_GUEST_COMMAND_ERROR_LOST,        /**< the command began, and the connection broke */
    SB_GUEST_COMMAND_ERROR_TIMEOUT,     /**< the command took too long, and was ended */
} SbGuestCommandError;

typedef struct SbGuestCommand SbGuestCommand;

typedef struct {
    const char *script;   /**< for sh(1) */
    const char *greeting; /**< (nullable) for sh(1): runs before the command, as the account of the
                             login, for sb_guest_command_greeting() */
    const char *user;     /**< (nullable) another account than that of the login, by sudo */
    gint64 timeout_ms;    /**< how long the command may take, from its begin; 0: no limit */
    gint64 connect_ms;    /**< how long it may take until the command begins */
    gboolean takes_input; /**< the command reads from sb_guest_command_input(), and ends when that
                             ends */
    SbKeptShell *kept;    /**< (nullable) runs the command if it has a shell, and gets the shell
                             that is free afterwards; must live longer. Not with takes_input */
} SbGuestCommandRequest;

typedef struct {
    /** (nullable) The command begins now. BOOT_ID is the guest's. */
    void (*began)(const char *boot_id, gpointer data);
    /** Bytes of the command's output, as they come. */
    void (*output)(gboolean is_stderr, const char *bytes, gsize length, gpointer data);
    /** The end, called once and last: the exit STATUS (128+N after signal N; -1 if it is not known)
     * and FAILURE (nullable), an SbGuestCommandError or the reason of the stop. */
    void (*ended)(int status, const GError *failure, gpointer data);
} SbGuestCommandCallbacks;

/**
 * Starts REQUEST on MACHINE. The callbacks come from the main loop, and each may free the command.
 *
 * @param access  must live longer
 * @return (transfer full)
 */
SbGuestCommand *sb_guest_command_start(const SbAccess *access, const char *machine,
                                       const SbGuestCommandRequest *request,
                                       const SbGuestCommandCallbacks *callbacks, gpointer data);

/** The command's standard input, after its begin; closing it tells the end of the input. (transfer
 * none) */
GOutputStream *sb_guest_command_input(SbGuestCommand *command);

/** The output of the request's `greeting`, after the begin; "" without one. (transfer none) */
const char *sb_guest_command_greeting(const SbGuestCommand *command);

/** After the end: the names of the processes that the command left behind and that still held its
 * output open, such as "yes (312)". NULL if there are none, or without a COMMAND (nullable).
 * (transfer none) */
const char *sb_guest_command_leftovers(const SbGuestCommand *command);

/**
 * Ends the command in the guest. `ended` is called later, with the exit status if there is one. A
 * command that has ended already, or was stopped before, is left alone.
 *
 * @param grace_ms  how long the guest may take for that
 * @param reason    (transfer full) the failure that `ended` gets
 */
void sb_guest_command_stop(SbGuestCommand *command, guint grace_ms, GError *reason);

/** Ends the command if it still runs; no callback comes any more. (nullable) */
void sb_guest_command_free(SbGuestCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbGuestCommand, sb_guest_command_free)

/** Ends the connection that ssh keeps open to MACHINE: after a reboot, ssh would wait for it in
 * vain. Waits for ssh. */
void sb_guest_command_forget_connection(const SbAccess *access, const char *machine);
