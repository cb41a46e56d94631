/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/route-messages.h"
#include "test.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

typedef struct {
    struct nlmsghdr head;
    struct rtmsg route;
    struct rtattr fact;
    guint32 destination;
    struct rtattr second;
    guint32 interface;
} Message;

static Message route(const char *destination, guint prefix, guint type)
{
    return (Message){.head = {.nlmsg_len = sizeof(Message), .nlmsg_type = RTM_NEWROUTE},
                     .route = {.rtm_family = AF_INET,
                               .rtm_dst_len = (guchar)prefix,
                               .rtm_type = (guchar)type,
                               .rtm_table = 52},
                     .fact = {.rta_len = RTA_LENGTH(4), .rta_type = RTA_DST},
                     .destination = inet_addr(destination),
                     .second = {.rta_len = RTA_LENGTH(4), .rta_type = RTA_OIF},
                     .interface = 7};
}

static void check(const Message *messages, guint count, SbRoutes expected, const char *ranges)
{
    g_autoptr(GArray) used = g_array_new(FALSE, FALSE, sizeof(SbSubnet));
    g_autoptr(GString) text = g_string_new(NULL);
    SbRoutes routes = sb_subnets_from_route_messages(messages, count * sizeof *messages, 0, used);
    for (guint i = 0; i < used->len; i++) {
        const SbSubnet *range = &g_array_index(used, SbSubnet, i);
        g_autofree char *address = sb_ipv4_format(range->address);
        g_string_append_printf(text, "%s%s/%u", i ? " " : "", address, range->prefix);
    }
    g_assert_cmpint(routes, ==, expected);
    g_assert_cmpstr(text->str, ==, ranges);
}

static void test_routes(void)
{
    const Message messages[] = {
        route("0.0.0.0", 0, RTN_UNICAST),     route("192.0.2.0", 24, RTN_UNICAST),
        route("198.51.100.7", 32, RTN_LOCAL), route("0.0.0.0", 1, RTN_UNICAST),
        route("128.0.0.0", 1, RTN_UNICAST),   route("10.0.0.0", 8, RTN_UNICAST),
        route("172.16.0.0", 12, RTN_THROW),
    };
    check(messages, G_N_ELEMENTS(messages), SB_ROUTES_MORE,
          "192.0.2.0/24 198.51.100.7/32 10.0.0.0/8");
}

static void test_except(void)
{
    const Message message = route("192.0.2.0", 24, RTN_UNICAST);
    g_autoptr(GArray) used = g_array_new(FALSE, FALSE, sizeof(SbSubnet));
    sb_subnets_from_route_messages(&message, sizeof message, 7, used);
    g_assert_cmpuint(used->len, ==, 0);
    sb_subnets_from_route_messages(&message, sizeof message, 8, used);
    g_assert_cmpuint(used->len, ==, 1);
}

static void test_end(void)
{
    Message messages[] = {route("192.0.2.0", 24, RTN_UNICAST), route("10.1.0.0", 16, RTN_UNICAST)};
    messages[1].head.nlmsg_type = NLMSG_DONE;
    check(messages, 2, SB_ROUTES_DONE, "192.0.2.0/24");
    messages[1].head.nlmsg_type = NLMSG_ERROR;
    check(messages, 2, SB_ROUTES_ERROR, "192.0.2.0/24");
}

/* Lengths that do not fit. */
static void test_broken(void)
{
    Message message = route("192.0.2.0", 24, RTN_UNICAST);
    check(&message, 0, SB_ROUTES_ERROR, "");
    message.fact.rta_len = 200;
    check(&message, 1, SB_ROUTES_MORE, "");
    message.head.nlmsg_len = 4096;
    check(&message, 1, SB_ROUTES_ERROR, "");
    message = route("192.0.2.0", 33, RTN_UNICAST);
    check(&message, 1, SB_ROUTES_MORE, "");
    message = route("192.0.2.0", 24, RTN_UNICAST);
    message.head.nlmsg_len = NLMSG_LENGTH(4);
    message.head.nlmsg_type = NLMSG_NOOP;
    g_autoptr(GArray) used = g_array_new(FALSE, FALSE, sizeof(SbSubnet));
    g_assert_cmpint(sb_subnets_from_route_messages(&message, NLMSG_LENGTH(4), 0, used), ==,
                    SB_ROUTES_MORE);
    g_assert_cmpuint(used->len, ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/route-messages/routes", test_routes);
    g_test_add_func("/route-messages/except", test_except);
    g_test_add_func("/route-messages/end", test_end);
    g_test_add_func("/route-messages/broken", test_broken);
    return g_test_run();
}
