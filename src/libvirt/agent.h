/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Commands in a guest through QEMU's guest agent, which needs no network and no login.
 *
 * https://qemu.readthedocs.io/en/latest/interop/qemu-ga-ref.html
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/libvirt.h"

#define SB_AGENT_ERROR (sb_agent_error_quark())
GQuark sb_agent_error_quark(void);

typedef enum {
    SB_AGENT_ERROR_ANSWER, /**< the agent did not answer as the protocol says */
    SB_AGENT_ERROR_LATE,   /**< the command had not ended in time */
} SbAgentError;

/**
 * Runs SCRIPT with /bin/sh in the guest, as root, and waits for it.
 *
 * @param seconds  the longest time that it may take
 * @return (transfer full) its output as it is, perhaps cut by the agent; or NULL with an
 * SbAgentError or an SbLibvirtError, also if no agent runs
 */
GBytes *sb_agent_run(virDomain *domain, const char *script, guint seconds,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
