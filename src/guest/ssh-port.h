/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Whether an ssh server answers at an address: one patient look, without a helper process.
 *
 * Room: guest (GIO).
 * Threads: the main loop's.
 */
#pragma once

#include <gio/gio.h>

typedef enum {
    SB_SSH_PORT_SILENT,  /**< nothing answers at the address */
    SB_SSH_PORT_REFUSED, /**< the address is alive, the port is closed */
    SB_SSH_PORT_CLOSED,  /**< the port is open, but the connection ended without ssh's greeting */
    SB_SSH_PORT_READY,   /**< the greeting came: RFC 4253 4.2 */
} SbSshPortState;

/** The state of the port that WORDS tell, with which ssh has failed; SB_SSH_PORT_READY where they
 * are about what comes after the greeting. The texts are those of OpenSSH's sshconnect.c and of
 * strerror(3). */
SbSshPortState sb_ssh_port_of_words(const char *words);

/**
 * Takes the STATE that was seen. Not called if the look was cancelled.
 *
 * @param said  (nullable) the beginning of what a server said that is not ssh, as it came
 */
typedef void (*SbSshPortFunc)(SbSshPortState state, const char *said, gpointer data);

/**
 * Connects to ADDRESS and waits for the greeting. A guest that is busy booting may take long to
 * send it. It would start over if this hung up and tried again.
 *
 * @param address  dotted IPv4, or IPv6
 * @param func     called once, from the main loop
 */
void sb_ssh_port_look(const char *address, guint16 port, GCancellable *cancellable,
                      SbSshPortFunc func, gpointer data);
