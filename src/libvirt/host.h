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
SbHost *sb_host_open(const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

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
 * A connection that one thread uses for a while. It goes back by itself at the end of the scope:
 *
 *     g_auto(SbLease) lease = sb_lease_take(host, error);
 *     g_autoptr(SbPool) pool = lease.connection ? sb_pool_open(lease.connection, …) : NULL;
 *
 * What is opened through it must be released before it. Scopes do that: declare the lease first.
 */
typedef struct {
    SbHost *host;
    virConnect *connection; /**< NULL if there is none */
} SbLease;

/**
 * Leases a connection: one that was given back and still lives, or a new one.
 *
 * @param host  (nullable) NULL: the lease has no connection, and ERROR is left as it is
 * @return the lease; without a connection, ERROR is an SbLibvirtError
 */
SbLease sb_lease_take(SbHost *host, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Gives the connection back. Does nothing for a lease without one. */
void sb_lease_end(SbLease *lease);

/** Closes the connection instead, for nobody else can use it as it is. */
void sb_lease_close(SbLease *lease);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbLease, sb_lease_end)
