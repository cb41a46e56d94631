/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What libvirt knows about a machine in trouble, its network, its pool and its host.
 *
 * Everything is asked by itself: what cannot be found out is marked as not known, and nothing is
 * changed, not even a pool that is not active.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "base/answer.h"
#include "libvirt/libvirt.h"

/** A domain. */
typedef struct {
    SbAnswer exists;
    gboolean has_state; /**< the next two are known */
    virDomainState state;
    int reason;     /**< of libvirt, for that state */
    guint64 cpu_ns; /**< that QEMU has used since its start */
    guint64 memory_kib;
    char *arch; /**< (nullable) */
    gboolean is_emulated;
    gboolean has_kernel; /**< it starts a kernel that is not on its disk */
    char *disk_errors;   /**< (nullable) such as "vda: no space left" */
    char *mac, *network; /**< (nullable) of its first interface; of libvirt's network */
    char *bridge, *tap;  /**< (nullable) of that interface on the libvirt host, while it runs */
    char *cdrom; /**< (nullable) the file in its first cdrom drive; only if `arch` is known */
    SbAnswer link_is_up;
} SbDomainLook;

/** Frees what LOOK holds. */
void sb_domain_look_clear(SbDomainLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbDomainLook, sb_domain_look_clear)

/** Looks at the domain with UUID. LOOK_OUT must be cleared.
 *
 * @param asks_qemu  also look for what only QEMU knows: its disks that failed. libvirt waits for
 *                   the answer without a limit. */
void sb_look_at_domain(virConnect *connection, const char *uuid, gboolean asks_qemu,
                       SbDomainLook *look_out);

/** A network. */
typedef struct {
    SbAnswer exists, is_active;
    SbAnswer is_reserved; /**< the address is reserved for the MAC */
    SbAnswer has_lease;   /**< the MAC has a lease */
    SbAnswer has_dhcp;    /**< libvirt gives addresses in it; not known of a bridge to elsewhere */
} SbNetworkLook;

/**
 * Looks at the network NAME.
 *
 * @param mac      (nullable) whose lease and reservation is looked for
 * @param address  (nullable) that is to be reserved for MAC
 */
void sb_look_at_network(virConnect *connection, const char *name, const char *mac,
                        const char *address, SbNetworkLook *look_out);

/** Looks at the storage pool NAME: whether it is active, and its free space; G_MAXUINT64 if that is
 * not known. */
void sb_look_at_pool(virConnect *connection, const char *name, SbAnswer *is_active_out,
                     guint64 *free_bytes_out);

/** The memory of the libvirt host that is free or can be freed; 0 if it is not known. */
guint64 sb_look_for_free_kib(virConnect *connection);

/** The versions of libvirt and of its hypervisor, a line each. (transfer full) */
char *sb_look_for_versions(virConnect *connection);

/** The CPUs and the memory of the libvirt host, in a line. (transfer full) */
char *sb_look_for_host_size(virConnect *connection);

/** The XML of the domain with UUID, without secrets. (transfer full) (nullable) */
char *sb_look_for_domain_xml(virConnect *connection, const char *uuid);

/** The XML of the first network of the domain with UUID, and its leases. (transfer full) (nullable)
 */
char *sb_look_for_network_xml(virConnect *connection, const char *uuid);

/** The XML of the pool NAME, and of its volumes whose names begin with PREFIX. (transfer full)
 * (nullable) */
char *sb_look_for_volumes_xml(virConnect *connection, const char *name, const char *prefix);
