/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The ssh_config(5) and known_hosts (sshd(8)) of a fleet. With them, ssh, scp, rsync and ansible
 * reach its machines in the same way as seedbed, and every host key is pinned.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** How to reach one machine. Every value was checked when it was read. */
typedef struct {
    const char *name;
    const char *address;
    guint16 port;
    const char *login;
    const char *host_key; /**< "ssh-ed25519 AAAA…" */
} SbSshTarget;

/** The settings for all machines of a fleet. */
typedef struct {
    const char *directory;     /**< absolute; holds the key, known_hosts and control sockets */
    const char *proxy_command; /**< (nullable) the command that connects to the machines' network */
} SbSshSettings;

/** The names of the files in the directory; the first is the private key. */
#define SB_SSH_IDENTITY_FILE "id_ed25519"
#define SB_SSH_KNOWN_HOSTS_FILE "known_hosts"
#define SB_SSH_CONFIG_FILE "ssh_config"

/** The ssh_config for TARGETS (of SbSshTarget *). (transfer full) */
char *sb_ssh_config(const SbSshSettings *settings, const GPtrArray *targets);

/** The known_hosts for TARGETS: each key under the machine's name, so that addresses can change.
 * (transfer full) */
char *sb_ssh_known_hosts(const GPtrArray *targets);

/**
 * The ProxyCommand that connects to the guests of the libvirt host at URI. It runs ssh to that host
 * in the same way as libvirt: with the user's own ssh_config(5) and the parameters of the URI
 * (https://libvirt.org/uri.html#ssh-transport). A ProxyJump would read the fleet's ssh_config
 * instead of the user's.
 *
 * @return (transfer full) or NULL if libvirt does not use ssh for URI
 */
char *sb_ssh_proxy_command(const char *uri);

/** The path of the control socket of machine NAME; NULL if it is too long for a socket.
 * (transfer full) */
char *sb_ssh_control_path(const char *directory, const char *name);
