/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * IPv4 ranges that are in use on a host, and the choice of one that is not.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** One range of IPv4 addresses that is in use. */
typedef struct {
    guint32 address; /**< host byte order */
    guint prefix;    /**< 0 to 32 */
} SbSubnet;

/** Appends every IPv4 range that a network's XML names, as `<ip>` or `<route>`, to USED. */
void sb_subnets_from_network_xml(const char *xml, GArray *used);

/**
 * Appends the ranges of the kernel's table TEXT (the format of /proc/net/route) to USED.
 *
 * The default route is no range; nor are routes wider than a /8, which VPNs use to stand for it
 * (0.0.0.0/1 and 128.0.0.0/1).
 */
void sb_subnets_from_routes(const char *text, GArray *used);

/**
 * The first /24 of 10.83.0.0/16, then 10.84.0.0/16, from START on and around, that meets no range
 * of USED.
 *
 * If there is none, as on a host with a route to all of 10.0.0.0/8, the same of 172.29.0.0/16 and
 * 192.168.0.0/16.
 *
 * @param used        of SbSubnet
 * @param start       where to begin: a hash of the fleet's name lets fleets seldom race for one
 * @param subnet_out  the network address, host byte order
 * @return FALSE if none is free
 */
gboolean sb_subnet_pick(const GArray *used, guint start, guint32 *subnet_out);

/** Reads a dotted IPv4 address; FALSE if TEXT is none. ADDRESS_OUT is in host byte order. */
gboolean sb_ipv4_parse(const char *text, guint32 *address_out);

/** ADDRESS, host byte order, as dotted text. (transfer full) */
char *sb_ipv4_format(guint32 address);

/** The prefix length of a netmask in host byte order; FALSE if its ones are not all on the left. */
gboolean sb_ipv4_prefix(guint32 netmask, guint *prefix_out);
