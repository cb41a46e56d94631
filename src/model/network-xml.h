/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A fleet's own libvirt network: https://libvirt.org/formatnetwork.html
 *
 * Every machine's MAC, address and name are reserved in the XML that creates the network, because
 * adding them later costs half a second each (libvirt makes all firewall rules anew).
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "base/subnet.h"
#include "fleet-file/fleet-file.h"

#include <glib.h>
#include <libxml/tree.h>

/** A reservation; or what is wanted of one, without a MAC. */
typedef struct {
    char *name;
    char *mac;
    char *address; /**< dotted IPv4; NULL only in a wish: any address */
} SbNetworkHost;

typedef struct {
    char *name;
    char *uuid;
    char *fleet;        /**< (nullable) NULL: it was parsed, and its metadata or name is not ours */
    SbNetworkKind kind; /**< NAT or ISOLATED; EXISTING when parsed with another forward mode */
    guint32 subnet;     /**< host byte order, a /24: the network address */
    char *creator;      /**< (nullable) the process that made it: see local/process-id.h */
    GPtrArray *hosts;   /**< of SbNetworkHost */
} SbFleetNetwork;

/** The strings are copied. (transfer full) */
SbNetworkHost *sb_network_host_new(const char *name, const char *mac, const char *address);

/** Releases HOST and what it holds. */
void sb_network_host_free(SbNetworkHost *host);

/** A network with no hosts yet; copies its strings. (transfer full) */
SbFleetNetwork *sb_fleet_network_new(const char *name, const char *uuid, const char *fleet,
                                     SbNetworkKind kind, guint32 subnet);

/** Releases NETWORK and its hosts. */
void sb_fleet_network_free(SbFleetNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbFleetNetwork, sb_fleet_network_free)

/**
 * `seedbed-FLEET`, or for ISOLATED `seedbed-FLEET.isolated`. The names of two networks are always
 * different, because the name of a fleet has no dot. (transfer full)
 */
char *sb_fleet_network_name(const char *fleet, SbNetworkKind kind);

/** The reservation for NAME, or NULL. (transfer none) */
const SbNetworkHost *sb_fleet_network_find_host(const SbFleetNetwork *network, const char *name);

/** The reservation that has ADDRESS, or NULL. (transfer none) */
const SbNetworkHost *sb_fleet_network_find_address(const SbFleetNetwork *network,
                                                   const char *address);

/**
 * Reserves an address of the network for NAME: ADDRESS, or the first free one from .10 up, then
 * from .2 up.
 *
 * The host is .1; guests that others attach to the network get no address. A name should always
 * come with the same MAC: dnsmasq does not hand out a reserved address while another MAC still has
 * a lease of it, for up to an hour.
 *
 * @param address  (nullable) a free address of the network
 * @return (transfer none) the new reservation, or NULL if the network is full
 */
const SbNetworkHost *sb_fleet_network_reserve(SbFleetNetwork *network, const char *name,
                                              const char *mac, const char *address);

/** The XML of a network that is ours. (transfer full) */
xmlDoc *sb_fleet_network_xml(const SbFleetNetwork *network);

/** The `<host>` of HOST for virNetworkUpdate() of the DHCP section. (transfer full) */
char *sb_network_host_dhcp_xml(const SbNetworkHost *host);

/** The `<host>` of HOST for virNetworkUpdate() of the DNS section. (transfer full) */
char *sb_network_host_dns_xml(const SbNetworkHost *host);

/**
 * Reads the XML of a network. A reservation without a name or MAC has "" in its place.
 *
 * @return (transfer full) or NULL if it has no IPv4 /24 or is not a network
 */
SbFleetNetwork *sb_fleet_network_from_xml(const char *xml);
