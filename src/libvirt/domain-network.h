/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The network cards of a domain: their hardware addresses, where the guest is reached, and the
 * ports that QEMU forwards to it.
 *
 * Room: libvirt.
 * Threads: any, with its own connection.
 */
#pragma once

#include "libvirt/domain.h"

/**
 * The hardware address that the domain has in the libvirt network NETWORK.
 *
 * @param mac_out      (transfer full) (nullable) NULL: it is not in that network
 * @param port_id_out  (transfer full) (nullable) the UUID of its port of the network, if it runs
 * @return FALSE with an SbLibvirtError
 */
gboolean sb_domain_mac_in(virDomain *domain, const char *network, char **mac_out,
                          char **port_id_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * For a machine with user networking: the port on the host's loopback address that leads to the
 * guest's port 22. The forward is made if there is none.
 *
 * QEMU chooses a free port itself, so nobody can take it in between. The forward ends with the QEMU
 * process.
 *
 * @return the port, or 0 with an error
 */
guint16 sb_domain_forward_ssh(virDomain *domain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Makes QEMU listen to the ports of the libvirt host that METADATA says, if it does not yet. They
 * end with the QEMU process.
 *
 * @return FALSE with SB_DOMAIN_ERROR_PORT, which names the first port that it could not have, or an
 * SbLibvirtError
 */
gboolean sb_domain_forward_ports(virDomain *domain, const SbMetadata *metadata,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The ports of the libvirt host that lead to the domain now, but for the one that only ssh uses:
 * of char *, as sb_machine_port_text() writes them. What is not known is left out. (transfer full)
 */
GPtrArray *sb_domain_ports(virConnect *connection, const SbDomain *domain);

/** The IPv4 address of the domain's first network card from a lease, the host's ARP table or the
 * guest agent. (nullable) (transfer full) */
char *sb_domain_address(virDomain *domain);
