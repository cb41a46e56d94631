/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/network-path.h"
#include "test.h"

#include <string.h>

static const SbNetworkPath good = {
    .bridge = "virbr1",
    .tap = "vnet0",
    .has_bridge = SB_YES,
    .bridge_is_up = SB_YES,
    .bridge_has_address = SB_YES,
    .has_tap = SB_YES,
    .tap_is_up = SB_YES,
    .tap_is_in_bridge = SB_YES,
    .leads_elsewhere = SB_NO,
};

static void expect_problem(const SbNetworkPath *path, const char *problem, const char *mend)
{
    g_autofree char *does = NULL;
    g_autofree char *is = sb_network_path_problem(path, &does);
    g_assert_nonnull(is);
    if (!strstr(is, problem) || !strstr(does, mend))
        g_error("'%s' and '%s', not '%s' and '%s'", problem, mend, is, does);
}

/* From the end of the way to its begin: a problem that is nearer counts. */
static void test_problems(void)
{
    SbNetworkPath path = good;
    g_assert_null(sb_network_path_problem(&path, NULL));
    path.leads_elsewhere = SB_YES;
    expect_problem(&path, "does not lead to its bridge 'virbr1'", "'ip route'");
    path.is_of_host = SB_YES;
    expect_problem(&path, "this host itself has that address", "'ip -4 address'");
    path.refusal = "No route to host";
    expect_problem(&path, "sends nothing to that address (No route to host)", "'ip route'");
    path.tap_is_in_bridge = SB_NO;
    expect_problem(&path, "'vnet0' is not in the bridge 'virbr1'",
                   "'ip link set vnet0 master virbr1'");
    path.tap_is_up = SB_NO;
    expect_problem(&path, "'vnet0' is down", "'ip link set vnet0 up'");
    path.has_tap = SB_NO;
    expect_problem(&path, "'vnet0' is gone", "'seedbed restart'");
    path.bridge_has_address = SB_NO;
    expect_problem(&path, "no IPv4 address", "'seedbed down'");
    path.bridge_is_up = SB_NO;
    expect_problem(&path, "'virbr1' is down", "'ip link set virbr1 up'");
    path.has_bridge = SB_NO;
    expect_problem(&path, "'virbr1' is gone", "'seedbed down'");
}

/* What nobody could find out is not wrong. */
static void test_unknown(void)
{
    const SbNetworkPath path = {.bridge = "virbr1"};
    g_assert_null(sb_network_path_problem(&path, NULL));
}

/* ---- the firewall ---- */

/* What libvirt adds for each of its networks. */
#define LIBVIRT                                                                                    \
    "-P INPUT DROP\n-P OUTPUT ACCEPT\n-N LIBVIRT_INP\n-A INPUT -j LIBVIRT_INP\n"                   \
    "-A LIBVIRT_INP -i virbr1 -p udp -m udp --dport 67 -j ACCEPT\n"
#define LATER "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"

static const struct {
    const char *rules;
    const char *ssh, *dhcp; /* the rule that stops it; NULL: none */
} firewalls[] = {
    {"-P INPUT ACCEPT\n-P OUTPUT ACCEPT\n", NULL, NULL},
    {LIBVIRT LATER, NULL, NULL},
    {LIBVIRT, "-P INPUT DROP", NULL},
    {"-P INPUT DROP\n" LATER, NULL, "-P INPUT DROP"},
    {"-A INPUT -i virbr+ -j DROP\n" LIBVIRT LATER, "-A INPUT -i virbr+ -j DROP",
     "-A INPUT -i virbr+ -j DROP"},
    {"-A INPUT ! -i lo -p udp -j DROP\n", NULL, "-A INPUT ! -i lo -p udp -j DROP"},
    {"-A INPUT -p udp -m multiport --dports 53,67:69 -m comment --comment \"no -j ACCEPT\" -j "
     "DROP\n",
     NULL,
     "-A INPUT -p udp -m multiport --dports 53,67:69 -m comment --comment \"no -j ACCEPT\" -j "
     "DROP"},
    /* a chain that is called, returns, and logs */
    {"-A INPUT -j ours\n-A ours -i eth0 -j DROP\n-A ours -p tcp -j RETURN\n-A ours -j LOG\n"
     "-A ours -j DROP\n",
     NULL, "-A ours -j DROP"},
    {"-A INPUT -j round\n-A round -j round\n", NULL, NULL},
    /* conditions that are not known */
    {"-A INPUT -m recent --name bad -j DROP\n", NULL, NULL},
    {"-P INPUT DROP\n-A INPUT -m set --match-set ours src -j ACCEPT\n", NULL, NULL},
    /* what is sent */
    {"-A OUTPUT -o virbr1 -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset\n",
     "-A OUTPUT -o virbr1 -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset", NULL},
    {"-A OUTPUT -d 10.1.2.3/32 -j DROP\n", "-A OUTPUT -d 10.1.2.3/32 -j DROP", NULL},
    {"-A OUTPUT -d 10.1.2.4/32 -j DROP\n", NULL, NULL},
    {"-A OUTPUT ! -d 10.0.0.0/8 -j DROP\n", NULL, NULL},
    {"-A OUTPUT -o eth0 -j DROP\n", NULL, NULL},
    {"-A OUTPUT -p tcp -m tcp --dport 2222 -j DROP\n", NULL, NULL},
    {"-A OUTPUT -m conntrack --ctstate INVALID -j DROP\n", NULL, NULL},
    {"-A OUTPUT -o virbr1 -j ACCEPT\n-A OUTPUT -j DROP\n", NULL, NULL},
    {"-A\n-A INPUT\n-A INPUT -j\n-A INPUT ! -i\n-A INPUT \"\n", NULL, NULL},
};

static void test_firewall(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(firewalls); i++) {
        g_autofree char *ssh = NULL, *dhcp = NULL;
        g_test_message("%s", firewalls[i].rules);
        const SbFirewall firewall = {.iptables = (char *)firewalls[i].rules};
        sb_network_path_read_firewall(&firewall, "virbr1", "10.1.2.3", &ssh, &dhcp);
        g_assert_cmpstr(ssh, ==, firewalls[i].ssh);
        g_assert_cmpstr(dhcp, ==, firewalls[i].dhcp);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/network-path/problems", test_problems);
    g_test_add_func("/network-path/unknown", test_unknown);
    g_test_add_func("/network-path/firewall", test_firewall);
    return g_test_run();
}
