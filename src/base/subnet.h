/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The IPv4 ranges that are in use on a host, and the choice of a free one.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** One range of IPv4 addresses that is in use. */
typedef struct {
    guint32 address; /**< host byte order */
    guint prefix;    /**< 0 to 32 */
} SbSubnet;

/** Whether two ranges have an address in common. */
gboolean sb_subnets_overlap(const SbSubnet *a, const SbSubnet *b);

/** Appends every IPv4 range that a network's XML names, as `<ip>` or `<route>`, to USED. */
void sb_subnets_from_network_xml(const char *xml, GArray *used);

/** The first of USED (of SbSubnet) that overlaps SUBNET, or NULL. (transfer none) */
const SbSubnet *sb_subnet_find_overlap(const GArray *used, const SbSubnet *subnet);

/**
 * Picks a /24 of 10.83.0.0/16 or 10.84.0.0/16 that does not overlap a range of USED: the first from
 * START on, and then from the beginning.
 *
 * If there is none, because the host has a route to all of 10.0.0.0/8, the /24 is of 172.29.0.0/16
 * or 192.168.0.0/16.
 *
 * @param used        of SbSubnet
 * @param start       where to begin: with a hash of the fleet's name, fleets seldom race for the
 * same one
 * @param subnet_out  the network address, host byte order
 * @return FALSE if none is free
 */
gboolean sb_subnet_pick(const GArray *used, guint start, guint32 *subnet_out);

/** Reads a dotted IPv4 address; FALSE if TEXT is not an address. ADDRESS_OUT is in host byte order.
 */
gboolean sb_ipv4_parse(const char *text, guint32 *address_out);

/** ADDRESS, host byte order, as dotted text. (transfer full) */
char *sb_ipv4_format(guint32 address);

/** Whether the /24 at ADDRESS, host byte order, is in a range for private networks (RFC 1918). */
gboolean sb_ipv4_is_private(guint32 address);

/** The prefix length of a netmask in host byte order; FALSE if its ones are not all on the left. */
gboolean sb_ipv4_prefix(guint32 netmask, guint *prefix_out);
