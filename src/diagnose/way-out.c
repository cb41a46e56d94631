/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/way-out.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

void sb_way_out_clear(SbWayOut *way)
{
    g_clear_pointer(&way->forward_stop, g_free);
    g_clear_pointer(&way->dns_stop, g_free);
}

/* ---- what is broken ---- */

static char *stop_problem(const SbWayOut *way, char **mend_out)
{
    if (way->forward_stop) {
        *mend_out = g_strdup("accept what comes from the network's bridge before that rule, or "
                             "'iptables -P FORWARD ACCEPT' if it is that policy (Docker and ufw "
                             "set it); restarting libvirtd sets libvirt's own rules again");
        return g_strdup_printf("the firewall of this host drops what it forwards: '%s'",
                               way->forward_stop);
    }
    if (way->dns_stop) {
        *mend_out = g_strdup("accept UDP port 53 from the network's bridge before that rule");
        return g_strdup_printf(
            "the firewall of this host drops the guest's questions to the DNS server: '%s'",
            way->dns_stop);
    }
    return NULL;
}

char *sb_way_out_problem(const SbWayOut *way, char **mend_out)
{
    if (way->kind == SB_NETWORK_ISOLATED) {
        *mend_out = g_strdup("set 'network: nat' in the fleet file; or give the machine an image "
                             "that has what it needs: 'seedbed build' makes one");
        return g_strdup("its network is 'isolated', which does not lead outside");
    }
    if (way->has_route == SB_NO) {
        *mend_out = g_strdup("connect this host first: 'ip route' must show a 'default'; or set a "
                             "proxy or mirror that it reaches with 'apt' or 'yum_repos' in the "
                             "user-data");
        return g_strdup("this host has no default route, so it does not reach the outside itself");
    }
    if (way->forwards == SB_NO) {
        *mend_out =
            g_strdup("'sysctl -w net.ipv4.ip_forward=1' on this host; look in /etc/sysctl.d "
                     "for what sets it to 0");
        return g_strdup("the kernel of this host forwards nothing (net.ipv4.ip_forward is 0)");
    }
    char *problem = stop_problem(way, mend_out);
    if (!problem && way->has_server == SB_NO) {
        *mend_out = g_strdup("add a 'nameserver' to /etc/resolv.conf of this host");
        problem = g_strdup("this host has no DNS server in /etc/resolv.conf");
    }
    return problem;
}

/* ---- what this host says ---- */

/* The interface that the kernel's table of routes has for ADDRESS; 0 for the default route. A row:
 * interface, destination, gateway, flags, three counts, mask, all in hexadecimal digits and in the
 * order of the network. (transfer full) (nullable) */
static char *interface_of(const char *routes, guint32 address)
{
    g_auto(GStrv) rows = g_strsplit(routes, "\n", -1);
    char *best = NULL;
    guint32 best_mask = 0;
    for (gsize i = 0; rows[i]; i++) {
        char name[17];
        guint32 destination, mask;
        if (sscanf(rows[i], "%16s %x %*x %*x %*d %*d %*d %x", name, &destination, &mask) != 3 ||
            (address & mask) != destination || (address == 0 && mask != 0) ||
            (best && ntohl(mask) <= ntohl(best_mask)))
            continue;
        g_free(best);
        best = g_strdup(name);
        best_mask = mask;
    }
    return best;
}

static SbAnswer has_line(const char *path, const char *pattern)
{
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL)
               ? sb_answer(g_regex_match_simple(pattern, text, G_REGEX_MULTILINE, 0))
               : SB_UNKNOWN;
}

/* The way of a web page: the request, and its answer. */
char *sb_way_out_forward_stop(const SbFirewall *firewall, const char *bridge, const char *outside,
                              const char *address)
{
    enum { HTTPS = 443 };
    const SbFirewallPacket request = {.chain = "FORWARD",
                                      .from = bridge,
                                      .to = outside,
                                      .protocol = "tcp",
                                      .state = "new",
                                      .source = address,
                                      .port = HTTPS};
    const SbFirewallPacket answer = {.chain = "FORWARD",
                                     .from = outside,
                                     .to = bridge,
                                     .protocol = "tcp",
                                     .state = "established",
                                     .destination = address,
                                     .source_port = HTTPS};
    char *stop = sb_firewall_stop(firewall, &request);
    return stop ? stop : sb_firewall_stop(firewall, &answer);
}

char *sb_way_out_host_stop(const char *bridge)
{
    g_autofree char *routes = NULL;
    g_auto(SbFirewall) firewall;
    g_file_get_contents("/proc/net/route", &routes, NULL, NULL);
    g_autofree char *outside = routes ? interface_of(routes, 0) : NULL;
    sb_firewall_read(&firewall);
    return sb_way_out_forward_stop(&firewall, bridge, outside ? outside : "", NULL);
}

void sb_way_out_look(SbNetworkKind kind, const char *address, SbWayOut *way_out)
{
    enum { DNS = 53 };
    struct in_addr guest;
    g_autofree char *routes = NULL;
    *way_out = (SbWayOut){.kind = kind};
    if (kind != SB_NETWORK_NAT && kind != SB_NETWORK_USER)
        return;
    way_out->has_server = has_line("/etc/resolv.conf", "^nameserver\\s");
    if (!g_file_get_contents("/proc/net/route", &routes, NULL, NULL))
        return;
    g_autofree char *outside = interface_of(routes, 0);
    way_out->has_route = sb_answer(outside != NULL);
    if (kind != SB_NETWORK_NAT || !address || inet_pton(AF_INET, address, &guest) != 1)
        return;
    way_out->forwards = has_line("/proc/sys/net/ipv4/ip_forward", "^1");
    g_autofree char *bridge = interface_of(routes, guest.s_addr);
    if (!bridge)
        return;
    const SbFirewallPacket question = {.chain = "INPUT",
                                       .from = bridge,
                                       .protocol = "udp",
                                       .state = "new",
                                       .source = address,
                                       .port = DNS};
    g_auto(SbFirewall) firewall;
    sb_firewall_read(&firewall);
    way_out->forward_stop =
        sb_way_out_forward_stop(&firewall, bridge, outside ? outside : "", address);
    way_out->dns_stop = sb_firewall_stop(&firewall, &question);
}
