/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The OpenSSH client, as a process: with a fleet's own ssh_config, nothing of the user's, and no
 * secrets in argv.
 *
 * Room: local.
 * Threads: any.
 */
#pragma once

#include <gio/gio.h>

#define SB_SSH_ERROR (sb_ssh_error_quark())
GQuark sb_ssh_error_quark(void);

typedef enum {
    SB_SSH_ERROR_SPAWN,    /**< ssh could not be started */
    SB_SSH_ERROR_HOST_KEY, /**< the guest has another host key than the one that it was given */
    SB_SSH_ERROR_DENIED,   /**< the guest does not accept the key (yet) */
    SB_SSH_ERROR_BROKEN,   /**< no connection, or it ended early */
    SB_SSH_ERROR_PROXY,    /**< the libvirt host on the way refused ssh, or ssh refused that host */
    SB_SSH_ERROR_OPTION,   /**< the user gave an option that is unknown, or cannot be used here */
} SbSshError;

/**
 * The command line that runs COMMAND (nullable: a login shell) on MACHINE, for the user.
 *
 * @param options  (nullable) NULL-terminated options for ssh itself, such as "-t"
 * @return (transfer full) NULL-terminated, for execvp() or GSubprocess
 */
char **sb_ssh_command(const char *config_path, const char *machine, const char *const *options,
                      const char *command);

/**
 * Starts ssh, and keeps it away from the user's agent, which may not answer. The arguments are
 * those of sb_ssh_command(). (transfer full) or NULL with SB_SSH_ERROR_SPAWN
 */
GSubprocess *sb_ssh_spawn(const char *config_path, const char *machine, const char *const *options,
                          const char *command, GSubprocessFlags flags,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Waits for SSH, whose outputs are pipes. Ends it if it is late, or says more than a guest has to
 * say. Blocks.
 *
 * @param max_bytes   of each output
 * @param output_out  (transfer full) the standard output, as far as it was taken
 * @param words_out   (transfer full) the standard error, also if SSH failed
 * @return whether SSH has ended by itself, and with the status 0
 */
gboolean sb_ssh_take_answer(GSubprocess *ssh, gsize max_bytes, guint seconds, GBytes **output_out,
                            GBytes **words_out) G_GNUC_WARN_UNUSED_RESULT;

/** Whether an ssh keeps a connection for others at CONTROL_PATH (nullable): it has not ended, as
 * far as that ssh knows. */
gboolean sb_ssh_is_kept(const char *control_path);

/** Makes a GError of what ssh wrote to stderr before it exited with 255, its status for its own
 * failures. */
void sb_ssh_set_error(GError **error, const char *machine, const char *stderr_text);
