/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a guest is told when it is frozen, and when it is thawed as another machine: the scripts for
 * its shell at the virtio port (guest/port-shell.h).
 *
 *     script   where                 what
 *     install  by ssh, as root       puts the shell at the port, and the two programs
 *     quiesce  at the port, links    ends what must not be frozen, and takes the addresses away. It
 *              down                  leaves the texts of the next two in the guest's memory
 *     self     at the port, links    random numbers, names, keys, MAC addresses
 *              down, thawed
 *     network  at the port, thawed   waits for an address, and replaces the rest of the names
 *
 * Room: guest.
 * Threads: every function is pure, but for the clock and random numbers.
 */
#pragma once

#include <glib.h>

/** Who a thawed guest becomes. */
typedef struct {
    const char *name;
    const char *uuid;
    char **macs; /**< of its network cards, in the order of the domain */
    const char *login;
    const char *client_key;       /**< public: who may log in */
    const char *host_private_key; /**< of an SbSshKey */
    const char *host_public_key;
} SbIdentity;

/** The script that makes a guest of ARCH ("aarch64" or "x86_64") listen. (transfer full) */
char *sb_identity_install_script(const char *arch);

/** The script that makes a guest fit for being frozen: LOGIN's CLIENT_KEY opens it no more.
 * (transfer full) */
char *sb_identity_quiesce_script(const char *login, const char *client_key);

/** The script that makes a thawed guest IDENTITY, but for its IP addresses. It has secrets.
 * (transfer full) */
char *sb_identity_self_script(const SbIdentity *identity);

/** The script that gives it the network, once its link is up. (transfer full) */
char *sb_identity_network_script(const SbIdentity *identity);

/** A digest of all these scripts: guests that were frozen with others do not fit. 64 hexadecimal
 * digits. (transfer full) */
char *sb_identity_scripts_digest(void);
