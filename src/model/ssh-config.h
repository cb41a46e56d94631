/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The ssh_config(5) and known_hosts (sshd(8)) of a fleet: with them plain ssh, scp, rsync and
 * ansible reach its machines just as seedbed does, with every host key pinned.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** How to reach one machine. All of it was checked when it was read (names, keys, addresses). */
typedef struct {
    const char *name;
    const char *address;
    guint16 port;
    const char *login;
    const char *host_key; /**< "ssh-ed25519 AAAA…" */
} SbSshTarget;

/** What all machines of a fleet share. */
typedef struct {
    const char *directory;     /**< absolute; holds the key, known_hosts and control sockets */
    const char *proxy_command; /**< (nullable) what leads to the machines' network */
} SbSshSettings;

/** The name of the private key's file in the directory. */
#define SB_SSH_IDENTITY_FILE "id_ed25519"
#define SB_SSH_KNOWN_HOSTS_FILE "known_hosts"
#define SB_SSH_CONFIG_FILE "ssh_config"

/** The ssh_config for TARGETS (of SbSshTarget *). (transfer full) */
char *sb_ssh_config(const SbSshSettings *settings, const GPtrArray *targets);

/** The known_hosts for TARGETS: each key under the machine's name, so that addresses may change.
 * (transfer full) */
char *sb_ssh_known_hosts(const GPtrArray *targets);

/**
 * The ProxyCommand that leads to the guests of the libvirt host at URI: an ssh to that host, just
 * as libvirt itself makes it, with the user's own ssh_config(5) and with the URI's parameters
 * (https://libvirt.org/uri.html#ssh-transport). A ProxyJump would read the fleet's ssh_config
 * instead of the user's.
 *
 * @return (transfer full) or NULL if libvirt does not go there over ssh
 */
char *sb_ssh_proxy_command(const char *uri);

/** Where the control socket of machine NAME is, or NULL if the path is too long for a socket.
 * (transfer full) */
char *sb_ssh_control_path(const char *directory, const char *name);
