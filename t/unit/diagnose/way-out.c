/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/way-out.h"

#include "test.h"

#include <string.h>

static void expect(const SbWayOut *way, const char *problem, const char *mend)
{
    g_autofree char *to_do = NULL;
    g_autofree char *found = sb_way_out_problem(way, &to_do);
    g_assert_nonnull(found);
    g_assert_nonnull(strstr(found, problem));
    g_assert_nonnull(strstr(to_do, mend));
}

static void test_problems(void)
{
    SbWayOut way = {
        .kind = SB_NETWORK_NAT, .has_route = SB_YES, .forwards = SB_YES, .has_server = SB_YES};
    g_assert_null(sb_way_out_problem(&way, NULL));
    way.has_server = SB_NO;
    expect(&way, "no DNS server", "/etc/resolv.conf");
    way.dns_stop = (char *)"-P INPUT DROP";
    expect(&way, "questions to the DNS server: '-P INPUT DROP'", "port 53");
    way.forward_stop = (char *)"-P FORWARD DROP";
    expect(&way, "drops what it forwards: '-P FORWARD DROP'", "iptables -P FORWARD ACCEPT");
    way.forwards = SB_NO;
    expect(&way, "ip_forward is 0", "sysctl -w net.ipv4.ip_forward=1");
    way.has_route = SB_NO;
    expect(&way, "no default route", "'ip route'");
    way.kind = SB_NETWORK_ISOLATED;
    expect(&way, "'isolated'", "'network: nat'");
    g_assert_null(sb_way_out_problem(&(SbWayOut){.kind = SB_NETWORK_NAT}, NULL));
}

#define LIBVIRT                                                                                    \
    "-P FORWARD DROP\n-A FORWARD -j LIBVIRT_FWX\n-A FORWARD -j LIBVIRT_FWI\n"                      \
    "-A FORWARD -j LIBVIRT_FWO\n-A LIBVIRT_FWI -d 10.1.2.0/24 -o virbr1 -m conntrack --ctstate "   \
    "RELATED,ESTABLISHED -j ACCEPT\n-A LIBVIRT_FWI -o virbr1 -j REJECT\n"                          \
    "-A LIBVIRT_FWO -s 10.1.2.0/24 -i virbr1 -j ACCEPT\n"

static void test_forward(void)
{
    static const struct {
        const char *rules, *stop;
    } firewalls[] = {
        {"-P FORWARD ACCEPT\n", NULL},
        {"-P FORWARD DROP\n", "-P FORWARD DROP"},
        {"-P FORWARD DROP\n-A FORWARD -i virbr1 -j ACCEPT\n", "-P FORWARD DROP"},
        {"-P FORWARD DROP\n-A FORWARD -i docker0 -o eth0 -j ACCEPT\n", "-P FORWARD DROP"},
        {"-A FORWARD -i virbr1 -o eth0 -j DROP\n", "-A FORWARD -i virbr1 -o eth0 -j DROP"},
        {"-A FORWARD -i virbr1 -o eth1 -j DROP\n", NULL},
        {"-A FORWARD -i virbr1 -j DROP\n", "-A FORWARD -i virbr1 -j DROP"},
        {LIBVIRT, NULL},
        {"-A FORWARD -i virbr+ -j DROP\n" LIBVIRT, "-A FORWARD -i virbr+ -j DROP"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(firewalls); i++) {
        const SbFirewall firewall = {.iptables = (char *)firewalls[i].rules};
        g_test_message("%s", firewalls[i].rules);
        g_autofree char *stop = sb_way_out_forward_stop(&firewall, "virbr1", "eth0", "10.1.2.3");
        g_assert_cmpstr(stop, ==, firewalls[i].stop);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/way-out/problems", test_problems);
    g_test_add_func("/way-out/forward", test_forward);
    return g_test_run();
}
