/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The connections to one libvirtd: found by virsh's rules, and shared out to threads.
 *
 * libvirtd serves five calls of one connection at a time, so every thread that works takes its own.
 *
 * Room: libvirt.
 * Threads: every function may be called from any thread.
 */
#pragma once

#include "libvirt/libvirt.h"

typedef struct SbHost SbHost;

/**
 * Connects to URI, else to $LIBVIRT_DEFAULT_URI, else to libvirt's own default.
 *
 * @param uri  (nullable)
 * @return (transfer full) or NULL with an SbLibvirtError whose message says what to do
 */
SbHost *sb_host_open(const char *uri, GError **error);

/** Closes every connection that was given back. */
void sb_host_free(SbHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbHost, sb_host_free)

/** The URI as libvirt completed it, such as "qemu:///system". (transfer none) */
const char *sb_host_uri(const SbHost *host);

/** Whether the libvirtd can make networks and bridges: not so for qemu:///session. */
gboolean sb_host_is_privileged(const SbHost *host);

/** If the libvirtd is reached over ssh, so that its guests are too: the ProxyCommand for that, else
 * NULL. (transfer none) */
const char *sb_host_ssh_proxy(const SbHost *host);

/** Whether the libvirtd is reached over a network, so that its files are not this machine's. */
gboolean sb_host_is_remote(const SbHost *host);

/** The number of the host's CPUs. */
guint sb_host_cpus(const SbHost *host);

/**
 * Takes a connection for one thread: one that was given back and still lives, or a new one.
 *
 * @return (transfer full) give it back with sb_host_give(); or NULL with an SbLibvirtError
 */
virConnect *sb_host_take(SbHost *host, GError **error);

/** Takes CONNECTION (nullable) back. */
void sb_host_give(SbHost *host, virConnect *connection);
