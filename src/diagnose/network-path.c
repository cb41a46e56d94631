/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/network-path.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SSH_PORT = 22, DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68 };

/* ---- what is broken ---- */

#define MAKE_AGAIN "make the machine and its network again, with 'seedbed down' and 'seedbed up'"
#define LOOK_AT_ROUTES "look for the route that is in the way: 'ip route'"

static char *bridge_problem(const SbNetworkPath *path, char **mend_out)
{
    if (path->has_bridge == SB_NO) {
        *mend_out = g_strdup(MAKE_AGAIN);
        return g_strdup_printf("its bridge '%s' is gone", path->bridge);
    }
    if (path->bridge_is_up == SB_NO) {
        *mend_out = g_strdup_printf("'ip link set %s up'", path->bridge);
        return g_strdup_printf("its bridge '%s' is down", path->bridge);
    }
    if (path->bridge_has_address == SB_NO) {
        *mend_out = g_strdup(MAKE_AGAIN);
        return g_strdup_printf("its bridge '%s' has no IPv4 address any more", path->bridge);
    }
    return NULL;
}

static char *tap_problem(const SbNetworkPath *path, char **mend_out)
{
    if (path->has_tap == SB_NO) {
        *mend_out = g_strdup("'seedbed restart' makes it again");
        return g_strdup_printf("its tap device '%s' is gone", path->tap);
    }
    if (path->tap_is_up == SB_NO) {
        *mend_out = g_strdup_printf("'ip link set %s up'", path->tap);
        return g_strdup_printf("its tap device '%s' is down", path->tap);
    }
    if (path->tap_is_in_bridge == SB_NO) {
        *mend_out = g_strdup_printf("'ip link set %s master %s'", path->tap, path->bridge);
        return g_strdup_printf("its tap device '%s' is not in the bridge '%s'", path->tap,
                               path->bridge);
    }
    return NULL;
}

static char *route_problem(const SbNetworkPath *path, char **mend_out)
{
    if (path->refusal) {
        *mend_out = g_strdup(LOOK_AT_ROUTES);
        return g_strdup_printf("the kernel sends nothing to that address (%s)", path->refusal);
    }
    if (path->is_of_host == SB_YES) {
        *mend_out = g_strdup("take that address away from this host ('ip -4 address' shows which "
                             "interface has it)");
        return g_strdup("this host itself has that address, so nothing is sent to the guest");
    }
    if (path->leads_elsewhere == SB_YES) {
        *mend_out = g_strdup(LOOK_AT_ROUTES);
        return g_strdup_printf("the route to that address does not lead to its bridge '%s'",
                               path->bridge);
    }
    return NULL;
}

char *sb_network_path_problem(const SbNetworkPath *path, char **mend_out)
{
    char *problem = bridge_problem(path, mend_out);
    if (!problem)
        problem = tap_problem(path, mend_out);
    return problem ? problem : route_problem(path, mend_out);
}

/* ---- the firewall ---- */

void sb_network_path_read_firewall(const SbFirewall *firewall, const char *bridge,
                                   const char *address, char **ssh_stop_out, char **dhcp_stop_out)
{
    const SbFirewallPacket request = {.chain = "OUTPUT",
                                      .to = bridge,
                                      .protocol = "tcp",
                                      .state = "new",
                                      .destination = address,
                                      .port = SSH_PORT};
    const SbFirewallPacket answer = {.chain = "INPUT",
                                     .from = bridge,
                                     .protocol = "tcp",
                                     .state = "established",
                                     .source = address,
                                     .source_port = SSH_PORT};
    const SbFirewallPacket dhcp = {.chain = "INPUT",
                                   .from = bridge,
                                   .protocol = "udp",
                                   .state = "new",
                                   .source = "0.0.0.0",
                                   .destination = "255.255.255.255",
                                   .source_port = DHCP_CLIENT_PORT,
                                   .port = DHCP_SERVER_PORT};
    char *stop = sb_firewall_stop(firewall, &request);
    *ssh_stop_out = stop ? stop : sb_firewall_stop(firewall, &answer);
    *dhcp_stop_out = sb_firewall_stop(firewall, &dhcp);
}

/* ---- what the kernel says ---- */

static SbAnswer is_up(const char *interface)
{
    g_autofree char *path = g_build_filename("/sys/class/net", interface, "flags", NULL);
    g_autofree char *flags = NULL;
    if (!g_file_get_contents(path, &flags, NULL, NULL))
        return SB_UNKNOWN;
    return sb_answer(g_ascii_strtoull(flags, NULL, 16) & IFF_UP);
}

static SbAnswer exists(const char *interface)
{
    g_autofree char *path = g_build_filename("/sys/class/net", interface, NULL);
    return g_file_test("/sys/class/net/lo", G_FILE_TEST_EXISTS)
               ? sb_answer(g_file_test(path, G_FILE_TEST_EXISTS))
               : SB_UNKNOWN;
}

static SbAnswer is_in(const char *interface, const char *bridge)
{
    g_autofree char *path = g_build_filename("/sys/class/net", bridge, "brif", interface, NULL);
    return sb_answer(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* Whether INTERFACE has an IPv4 address, or ADDRESS if that is given. */
static SbAnswer has_address(const char *interface, const struct in_addr *address)
{
    struct ifaddrs *all = NULL;
    gboolean is_there = FALSE;
    if (getifaddrs(&all) < 0)
        return SB_UNKNOWN;
    for (const struct ifaddrs *each = all; each && !is_there; each = each->ifa_next) {
        const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)(const void *)each->ifa_addr;
        is_there = ipv4 && ipv4->sin_family == AF_INET && strcmp(each->ifa_name, interface) == 0 &&
                   (!address || address->s_addr == ipv4->sin_addr.s_addr);
    }
    freeifaddrs(all);
    return sb_answer(is_there);
}

/* To connect a socket for datagrams sends nothing: the kernel only looks for the route. */
static void look_at_route(SbNetworkPath *path, const char *address, gboolean is_own)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(22)}, from = {0};
    socklen_t length = sizeof from;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1)
        path->refusal = NULL;
    else if (connect(fd, (const struct sockaddr *)&to, sizeof to) < 0)
        path->refusal = g_strerror(errno);
    else if (is_own && getsockname(fd, (struct sockaddr *)&from, &length) == 0) {
        path->is_of_host = sb_answer(from.sin_addr.s_addr == to.sin_addr.s_addr);
        path->leads_elsewhere = sb_answer(has_address(path->bridge, &from.sin_addr) == SB_NO);
    }
    if (fd >= 0)
        close(fd);
}

void sb_network_path_look(const char *bridge, const char *tap, const char *address, gboolean is_own,
                          SbNetworkPath *path_out)
{
    *path_out = (SbNetworkPath){.bridge = bridge, .tap = tap, .has_bridge = exists(bridge)};
    if (path_out->has_bridge != SB_YES)
        return;
    path_out->bridge_is_up = is_up(bridge);
    path_out->bridge_has_address = is_own ? has_address(bridge, NULL) : SB_UNKNOWN;
    path_out->has_tap = tap ? exists(tap) : SB_UNKNOWN;
    if (path_out->has_tap == SB_YES) {
        path_out->tap_is_up = is_up(tap);
        path_out->tap_is_in_bridge = is_in(tap, bridge);
    }
    look_at_route(path_out, address, is_own);
}
