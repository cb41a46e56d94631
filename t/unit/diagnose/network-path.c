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

static void test_rules(void)
{
    static const struct {
        const char *rule;
        gboolean stops;
    } rows[] = {
        {"-A OUTPUT -o virbr1 -p tcp -m tcp --dport 22 -j REJECT --reject-with tcp-reset", TRUE},
        {"-A OUTPUT -j DROP", TRUE},
        {"-A OUTPUT -d 10.1.2.3/32 -j DROP", TRUE},
        {"-A OUTPUT -d 10.1.2.4/32 -j DROP", FALSE},
        {"-A OUTPUT -o eth0 -j DROP", FALSE},
        {"-A OUTPUT -o virbr1 -p udp -m udp --dport 68 -j REJECT", FALSE},
        {"-A OUTPUT -p tcp -m tcp --dport 25 -j DROP", FALSE},
        {"-A OUTPUT -p tcp -m tcp --dport 2222 -j DROP", FALSE},
        {"-A OUTPUT ! -d 10.0.0.0/8 -j DROP", FALSE},
        {"-A OUTPUT -m conntrack --ctstate INVALID -j DROP", FALSE},
        {"-A OUTPUT -o virbr1 -j ACCEPT", FALSE},
        {"-A INPUT -j DROP", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rules = g_strdup_printf("-P OUTPUT ACCEPT\n%s\n", rows[i].rule);
        g_autofree char *found = sb_network_path_rule(rules, "virbr1", "10.1.2.3");
        g_test_message("%s", rows[i].rule);
        g_assert_cmpstr(found, ==, rows[i].stops ? rows[i].rule : NULL);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/network-path/problems", test_problems);
    g_test_add_func("/network-path/unknown", test_unknown);
    g_test_add_func("/network-path/rules", test_rules);
    return g_test_run();
}
