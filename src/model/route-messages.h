/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The kernel's routes as it tells them over netlink: rtnetlink(7). Other than /proc/net/route, that
 * is all tables, also those that a VPN has for itself.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include "base/subnet.h"

typedef enum {
    SB_ROUTES_MORE,  /**< more messages follow */
    SB_ROUTES_DONE,  /**< that was the last one */
    SB_ROUTES_ERROR, /**< the kernel refused, or these are not such messages */
} SbRoutes;

/**
 * Appends the IPv4 ranges of the MESSAGES that answer an RTM_GETROUTE to USED (of SbSubnet).
 *
 * The default route is not a range. Routes wider than a /8 are not either: VPNs use them instead of
 * the default route (0.0.0.0/1 and 128.0.0.0/1). Nor are those that lead nowhere.
 *
 * @param messages  aligned as struct nlmsghdr
 * @param except    the index of a network interface whose routes are left out; 0: none
 */
SbRoutes sb_subnets_from_route_messages(const void *messages, gsize length, guint except,
                                        GArray *used);
