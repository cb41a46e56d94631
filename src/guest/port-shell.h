/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The shell that listens at a virtio port of a frozen or thawed guest: freeze-listen.sh, which has
 * the protocol. It needs neither network nor ssh.
 *
 * Room: guest.
 * Threads: any but the main loop's, which must run meanwhile.
 */
#pragma once

#include "libvirt/port.h"

#define SB_PORT_SHELL_ERROR (sb_port_shell_error_quark())
GQuark sb_port_shell_error_quark(void);

typedef enum {
    SB_PORT_SHELL_ERROR_FAILED, /**< the script failed; the message has its last words */
} SbPortShellError;

/**
 * Runs SCRIPT in the guest of PORT, as root, and waits for its end, at most TIMEOUT_MS.
 *
 * @return FALSE with SB_PORT_SHELL_ERROR_FAILED or an error of sb_port_ask()
 */
gboolean sb_port_shell_run(SbPort *port, const char *script, guint timeout_ms,
                           GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The request that the shell at the port reads SCRIPT from, which ends with a newline.
 * (transfer full) */
char *sb_port_shell_request(const char *script);

/**
 * Judges the ANSWER of the shell.
 *
 * @param is_whole_out  FALSE: there is no exit status in it yet; then nothing is judged
 * @return FALSE with SB_PORT_SHELL_ERROR_FAILED
 */
gboolean sb_port_shell_judge(const GString *answer, gboolean *is_whole_out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
