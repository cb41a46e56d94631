/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/route-messages.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

static gboolean is_range(const struct rtmsg *route)
{
    enum { WIDEST_RANGE = 8, NARROWEST_RANGE = 32 };
    return route->rtm_family == AF_INET && route->rtm_dst_len >= WIDEST_RANGE &&
           route->rtm_dst_len <= NARROWEST_RANGE &&
           (route->rtm_type == RTN_UNICAST || route->rtm_type == RTN_LOCAL);
}

/* The fact TYPE of MESSAGE, a number; FALSE if there is none. */
static gboolean find_fact(const struct nlmsghdr *message, guint type, guint32 *value_out)
{
    guint left = RTM_PAYLOAD(message);
    for (const struct rtattr *fact = RTM_RTA(NLMSG_DATA(message)); RTA_OK(fact, left);
         fact = RTA_NEXT(fact, left)) {
        if (fact->rta_type != type || RTA_PAYLOAD(fact) != sizeof *value_out)
            continue;
        memcpy(value_out, RTA_DATA(fact), sizeof *value_out);
        return TRUE;
    }
    return FALSE;
}

static void add_route(const struct nlmsghdr *message, guint except, GArray *used)
{
    const struct rtmsg *route = NLMSG_DATA(message);
    guint32 address, interface;
    if (!is_range(route) || !find_fact(message, RTA_DST, &address) ||
        (except && find_fact(message, RTA_OIF, &interface) && interface == except))
        return;
    const SbSubnet range = {ntohl(address), route->rtm_dst_len};
    g_array_append_val(used, range);
}

SbRoutes sb_subnets_from_route_messages(const void *messages, gsize length, guint except,
                                        GArray *used)
{
    const struct nlmsghdr *message = messages;
    guint left = (guint)length;
    for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
        if (message->nlmsg_type == NLMSG_DONE)
            return SB_ROUTES_DONE;
        if (message->nlmsg_type == NLMSG_ERROR)
            return SB_ROUTES_ERROR;
        if (message->nlmsg_type == RTM_NEWROUTE &&
            message->nlmsg_len >= NLMSG_LENGTH(sizeof(struct rtmsg)))
            add_route(message, except, used);
    }
    return left == 0 && length > 0 ? SB_ROUTES_MORE : SB_ROUTES_ERROR;
}
