/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-networks.h"
#include "fleet-files.h"
#include "test.h"

static SbFleetFile *parse_keys(const char *keys)
{
    g_autofree char *text = g_strdup_printf("fleet: f\nsubnet: 10.84.0.0/24\nimage: i\n"
                                            "defaults: {network: isolated}\nmachines: {g: {%s}}\n",
                                            keys);
    return parse(text);
}

/* What KEYS of a group make of its networks. */
static void check(const char *keys, const char *expected)
{
    g_autoptr(SbFleetFile) file = parse_keys(keys);
    g_autoptr(GString) text = g_string_new(NULL);
    sb_machine_network_type.describe(&group(file, 0)->spec.networks, text);
    g_assert_cmpstr(text->str, ==, expected);
}

static void test_read(void)
{
    check("", "isolated -");
    check("network: nat", "nat -");
    check("network: {kind: isolated, address: 10.84.0.20}", "isolated - 10.84.0.20");
    check("networks: [user]", "user -");
    check("networks: [nat, {kind: isolated, address: 10.84.1.20}, 'existing:lab', 'bridge:br0']",
          "nat -, isolated - 10.84.1.20, existing lab, bridge br0");
    check("networks: ['bridge:br0', 'bridge:br0']", "bridge br0, bridge br0");
}

/* Everything is copied: a plan writes into a copy. */
static void test_copy(void)
{
    g_autoptr(SbFleetFile) file =
        parse_keys("networks: ['existing:lab', {kind: nat, address: 10.84.0.20}]");
    const SbMachineNetworks *networks = &group(file, 0)->spec.networks;
    SbMachineNetworks copy = *networks;
    sb_machine_network_type.own(&copy);
    g_assert_cmpstr(copy.items[0].source, ==, "lab");
    g_assert_true(copy.items[0].source != networks->items[0].source);
    g_assert_cmpstr(copy.items[1].address, ==, "10.84.0.20");
    g_assert_true(copy.items[1].address != networks->items[1].address);
    g_assert_true(sb_machine_networks_have(&copy, SB_NETWORK_NAT));
    g_assert_false(sb_machine_networks_have(&copy, SB_NETWORK_ISOLATED));
    sb_machine_network_type.clear(&copy);
}

static void test_findings(void)
{
    static const struct {
        const char *keys, *finding;
    } cases[] = {
        {"networks: nat", "f.yaml:4:26: networks must be a list of networks, each nat, isolated"},
        {"networks: []", "f.yaml:4:26: networks must have at least one network"},
        {"networks:", "f.yaml:4:"},
        {"networks: [lab]", "f.yaml:4:27: a network must be nat, isolated, user, existing:"},
        {"networks: [nat, user, nat]", "f.yaml:4:38: a machine can be in the network 'nat' only"},
        {"networks: [a, b, c, d, e, f, g, h, i]", "f.yaml:4:26: networks has 9 items, and 8 are"},
        {"network: nat, networks: [user]", "f.yaml:4:40: write 'network' or 'networks', not both"},
        {"network: {address: 10.84.0.9}", "f.yaml:4:25: network needs a kind"},
        {"network: {kind: nat, mac: x}", "f.yaml:4:37: unknown key 'mac'"},
        {"network: {kind: nat, address: 10.84}", "f.yaml:4:46: address must be an IPv4 address"},
        {"network: {kind: user, address: 10.84.0.9}", "f.yaml:4:47: only in the fleet's own"},
        {"network: {kind: nat, address: 10.84.1.9}",
         "f.yaml:4:46: 10.84.1.9 is not in 10.84.0.0/24, the subnet of 'nat'"},
        {"network: {kind: nat, address: 10.84.0.1}", "f.yaml:4:46: 10.84.0.1 cannot be the"},
        {"network: {kind: nat, address: 10.84.0.0}", "f.yaml:4:46: 10.84.0.0 cannot be the"},
        {"network: {kind: nat, address: 10.84.0.255}", "f.yaml:4:46: 10.84.0.255 cannot be"},
        {"network: {kind: nat, address: 10.84.0.9}, count: 2",
         "f.yaml:4:46: the group 'g' has 2 machines, and only one can have the address 10.84.0.9"},
        {"network: {kind: nat, address: 10.84.0.9}}, h: {network: {kind: nat, address: 10.84.0.9}",
         "f.yaml:4:93: the group 'g' has the address 10.84.0.9 already"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        g_autofree char *text = g_strdup_printf("fleet: f\nsubnet: 10.84.0.0/24\nimage: i\n"
                                                "machines: {g: {%s}}\n",
                                                cases[i].keys);
        g_test_message("%s", cases[i].keys);
        g_assert_null(sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics));
        g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
        if (!g_str_has_prefix(findings, cases[i].finding))
            g_error("'%s' is not the beginning of '%s'", cases[i].finding, findings);
    }
}

/* ---- the fleet's subnet ---- */

static void check_subnets(const char *group, guint32 nat, guint32 isolated)
{
    g_autofree char *text =
        g_strdup_printf("fleet: f\nimage: i\nsubnet: 10.84.6.0/24\nmachines: {g: {%s}}\n", group);
    g_autoptr(SbFleetFile) file = parse(text);
    g_assert_cmphex(sb_fleet_file_subnet(file, SB_NETWORK_NAT), ==, nat);
    g_assert_cmphex(sb_fleet_file_subnet(file, SB_NETWORK_ISOLATED), ==, isolated);
}

static void test_subnet(void)
{
    check_subnets("", 0x0a540600, 0x0a540700);
    check_subnets("networks: [isolated, nat]", 0x0a540600, 0x0a540700);
    check_subnets("network: isolated", 0x0a540600, 0x0a540600);
    g_autoptr(SbFleetFile) file = parse("fleet: f\nimage: i\nmachines: {g: }\n");
    g_assert_cmphex(sb_fleet_file_subnet(file, SB_NETWORK_NAT), ==, 0);
    g_assert_cmphex(sb_fleet_file_subnet(file, SB_NETWORK_ISOLATED), ==, 0);
}

static void test_subnet_findings(void)
{
    static const char *const wrong[] = {
        "10.84.0.0",     "10.84.0.0/16", "10.84.0.1/24",  "8.8.8.0/24",   "[]",
        "172.32.0.0/24", "10.84.0/24",   "10.84.0.0/24/", "2001:db8::/64"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text =
            g_strdup_printf("fleet: f\nimage: i\nmachines: {g: }\nsubnet: %s\n", wrong[i]);
        g_test_message("%s", wrong[i]);
        refuse(text, "4:9");
    }
    refuse("fleet: f\nimage: i\nmachines: {g: {network: {kind: nat, address: 10.84.0.9}}}\n",
           "3:46");
}

/* A template or a copy of a machine is a fleet of its own, and could not have the same subnet. */
static void test_of_one(void)
{
    g_autoptr(SbFleetFile) file = parse_keys("network: {kind: nat, address: 10.84.0.9}");
    g_autoptr(SbFleetFile) one = sb_fleet_file_of_one(file, "other", group(file, 0), "g", "i");
    g_assert_cmphex(one->subnet, ==, 0);
    g_assert_null(group(one, 0)->spec.networks.items[0].address);
    g_autoptr(SbFleetFile) copy = sb_fleet_file_copy_machines(file);
    g_assert_cmphex(copy->subnet, ==, 0x0a540000);
    g_assert_cmpstr(group(copy, 0)->spec.networks.items[0].address, ==, "10.84.0.9");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/machine-networks/read", test_read);
    g_test_add_func("/machine-networks/copy", test_copy);
    g_test_add_func("/machine-networks/findings", test_findings);
    g_test_add_func("/machine-networks/subnet", test_subnet);
    g_test_add_func("/machine-networks/subnet-findings", test_subnet_findings);
    g_test_add_func("/machine-networks/of-one", test_of_one);
    return g_test_run();
}
