/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * One ssh process with its output: the bytes as they come, its last words, and its end.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include <gio/gio.h>

typedef struct SbSshProcess SbSshProcess;

typedef struct {
    const char *config_path;
    const char *machine;
    const char *const *options; /**< (nullable) for ssh itself, NULL-terminated */
    const char *command;        /**< for the guest's shell */
    gboolean has_input;         /**< its standard input is a pipe; else it is empty */
    /** (nullable) Where ssh connects to, if it does that itself. If nothing has come after
     * `look_after_ms`, its port is looked at; ssh is ended if nothing answers there. */
    const char *address;
    guint16 port;
    guint look_after_ms;
    gboolean looks_on; /**< after each such silence; else only before anything has come */
} SbSshProcessRequest;

typedef struct {
    /** Bytes of ssh's standard output or standard error, which are also the command's. */
    void (*output)(gboolean is_stderr, const char *bytes, gsize length, gpointer data);
    /** ssh has ended, and all output has come: its exit status, or 128+N after signal N. Called
     * once. */
    void (*ended)(int status, gpointer data);
} SbSshProcessCallbacks;

/**
 * Starts ssh. The callbacks come from the main loop, and each may free the process.
 *
 * @return (transfer full) or NULL with SB_SSH_ERROR_SPAWN
 */
SbSshProcess *sb_ssh_process_start(const SbSshProcessRequest *request,
                                   const SbSshProcessCallbacks *callbacks, gpointer data,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** From now on, the callbacks are these, and no port is looked at. */
void sb_ssh_process_pass_on(SbSshProcess *process, const SbSshProcessCallbacks *callbacks,
                            gpointer data);

/** The standard input of a process that has one. (transfer none) */
GOutputStream *sb_ssh_process_input(SbSshProcess *process);

/** The end of what came on standard error, at most 4096 bytes; "" for nothing. (transfer none) */
const char *sb_ssh_process_last_words(const SbSshProcess *process);

/** Forgets the last words: what comes from now on is about something else. */
void sb_ssh_process_forget_words(SbSshProcess *process);

/** Ends ssh, and reads no more of its output. `ended` is still called, later. */
void sb_ssh_process_stop(SbSshProcess *process);

/** Ends ssh if it still runs; no callback comes any more. (nullable) */
void sb_ssh_process_free(SbSshProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSshProcess, sb_ssh_process_free)
