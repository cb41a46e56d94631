/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/network-xml.h"

#include "golden.h"

#include <string.h>

#define SUBNET 0x0a530700u /* 10.83.7.0 */

static SbFleetNetwork *example(SbNetworkKind kind)
{
    g_autofree char *name = sb_fleet_network_name("faas", kind);
    return sb_fleet_network_new(name, "0a3f7b1c-1111-4222-8333-444455556666", "faas", kind, SUBNET);
}

static void reserve_two(SbFleetNetwork *network)
{
    g_assert_nonnull(sb_fleet_network_reserve(network, "faas-runner-1", "52:54:00:aa:bb:01", NULL));
    g_assert_nonnull(sb_fleet_network_reserve(network, "faas-db-1", "52:54:00:aa:bb:02", NULL));
}

static void test_nat(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_NAT);
    reserve_two(network);
    assert_golden("network-nat.xml", sb_fleet_network_xml(network));
}

static void test_isolated(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_ISOLATED);
    assert_golden("network-isolated.xml", sb_fleet_network_xml(network));
}

static void test_name(void)
{
    g_autofree char *nat = sb_fleet_network_name("faas", SB_NETWORK_NAT);
    g_autofree char *isolated = sb_fleet_network_name("faas", SB_NETWORK_ISOLATED);
    g_assert_cmpstr(nat, ==, "seedbed-faas");
    g_assert_cmpstr(isolated, ==, "seedbed-faas.isolated");
}

static void test_reserve(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_NAT);
    reserve_two(network);
    const SbNetworkHost *host = sb_fleet_network_find_host(network, "faas-db-1");
    g_assert_cmpstr(host->address, ==, "10.83.7.11");
    g_assert_cmpstr(host->mac, ==, "52:54:00:aa:bb:02");
    g_assert_null(sb_fleet_network_find_host(network, "faas-db-2"));
    /* The gap of a removed machine is filled. An address of another network does not matter. */
    g_ptr_array_remove_index(network->hosts, 0);
    g_ptr_array_add(network->hosts, sb_network_host_new("far", "52:54:00:00:00:01", "10.9.9.10"));
    host = sb_fleet_network_reserve(network, "faas-new-1", "52:54:00:aa:bb:03", NULL);
    g_assert_cmpstr(host->address, ==, "10.83.7.10");
}

static void test_fixed(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_NAT);
    const SbNetworkHost *host =
        sb_fleet_network_reserve(network, "faas-db-1", "52:54:00:aa:bb:02", "10.83.7.10");
    g_assert_cmpstr(host->address, ==, "10.83.7.10");
    g_assert_true(sb_fleet_network_find_address(network, "10.83.7.10") == host);
    g_assert_null(sb_fleet_network_find_address(network, "10.83.7.11"));
    host = sb_fleet_network_reserve(network, "faas-runner-1", "52:54:00:aa:bb:01", NULL);
    g_assert_cmpstr(host->address, ==, "10.83.7.11");
}

static void test_full(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_NAT);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const SbNetworkHost *host, *last = NULL;
    while ((host = sb_fleet_network_reserve(network, "x", "52:54:00:aa:bb:01", NULL))) {
        g_assert_true(g_hash_table_add(seen, host->address));
        last = host;
    }
    g_assert_cmpuint(network->hosts->len, >=, SB_FLEET_MAX_MACHINES);
    g_assert_cmpstr(last->address, ==, "10.83.7.9");
    static const char *const never[] = {"10.83.7.0", "10.83.7.1", "10.83.7.255"};
    for (gsize i = 0; i < G_N_ELEMENTS(never); i++)
        g_assert_false(g_hash_table_contains(seen, never[i]));
    g_assert_true(g_hash_table_contains(seen, "10.83.7.254"));
}

/* dnsmasq would give the name that it asks for to a guest with another address. */
static void test_serves_reservations_only(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_NAT);
    reserve_two(network);
    g_autoptr(xmlDoc) document = sb_fleet_network_xml(network);
    xmlNode *root = xmlDocGetRootElement(document);
    g_assert_nonnull(sb_xml_find(root, "ip/dhcp/host"));
    g_assert_null(sb_xml_find(root, "ip/dhcp/range"));
}

static void test_update_xml(void)
{
    SbNetworkHost *host = sb_network_host_new("a&b", "52:54:00:aa:bb:01", "10.83.7.10");
    g_autofree char *dhcp = sb_network_host_dhcp_xml(host);
    g_autofree char *dns = sb_network_host_dns_xml(host);
    sb_network_host_free(host);
    g_assert_cmpstr(dhcp, ==,
                    "<host mac=\"52:54:00:aa:bb:01\" name=\"a&amp;b\" ip=\"10.83.7.10\"/>");
    g_assert_cmpstr(dns, ==, "<host ip=\"10.83.7.10\">\n  <hostname>a&amp;b</hostname>\n</host>");
}

static void assert_example(const char *xml)
{
    g_autoptr(SbFleetNetwork) network = sb_fleet_network_from_xml(xml);
    g_assert_cmpstr(network->name, ==, "seedbed-faas");
    g_assert_cmpstr(network->uuid, ==, "0a3f7b1c-1111-4222-8333-444455556666");
    g_assert_cmpstr(network->fleet, ==, "faas");
    g_assert_cmpint(network->kind, ==, SB_NETWORK_NAT);
    g_assert_cmphex(network->subnet, ==, SUBNET);
    g_assert_cmpuint(network->hosts->len, ==, 2);
    const SbNetworkHost *host = sb_fleet_network_find_host(network, "faas-db-1");
    g_assert_cmpstr(host->mac, ==, "52:54:00:aa:bb:02");
    g_assert_cmpstr(host->address, ==, "10.83.7.11");
}

static void test_round_trip(void)
{
    g_autoptr(SbFleetNetwork) network = example(SB_NETWORK_NAT);
    reserve_two(network);
    g_autoptr(xmlDoc) document = sb_fleet_network_xml(network);
    g_autofree char *xml = sb_xml_to_string(document);
    assert_example(xml);
}

/* The same network, as libvirt 9.0 gave it back once it ran. */
static void test_captured(void)
{
    g_autofree char *xml = test_data("captured-network.xml", NULL);
    assert_example(xml);
}

static void test_kinds(void)
{
    static const struct {
        const char *forward;
        SbNetworkKind kind;
    } cases[] = {
        {"", SB_NETWORK_ISOLATED},
        {"<forward/>", SB_NETWORK_NAT},
        {"<forward mode='nat'/>", SB_NETWORK_NAT},
        {"<forward mode='route'/>", SB_NETWORK_EXISTING},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *xml = g_strconcat("<network><name>x</name>", cases[i].forward,
                                           "<ip family='ipv6' address='fd00::1' prefix='64'/>"
                                           "<ip address='192.168.122.1' prefix='24'/></network>",
                                           NULL);
        g_autoptr(SbFleetNetwork) network = sb_fleet_network_from_xml(xml);
        g_assert_cmpint(network->kind, ==, cases[i].kind);
        g_assert_cmphex(network->subnet, ==, 0xc0a87a00);
        g_assert_null(network->fleet);
    }
}

/* `down` removes our networks: in doubt, a network belongs to somebody else. */
static void test_not_ours(void)
{
    static const char *const changes[][2] = {
        {"<name>seedbed-faas</name>", "<name>default</name>"},
        {"<name>seedbed-faas</name>", "<name>seedbed-other</name>"},
        {"urn:seedbed:domain:1", "urn:other"},
        {"<seedbed:fleet>faas", "<seedbed:fleet>"},
        {"<seedbed:fleet>faas", "<seedbed:fleet>../faas"},
        {"metadata>", "description>"},
        /* A way out, or another one, for what is called as an isolated network, and the reverse. */
        {"<name>seedbed-faas</name>", "<name>seedbed-faas.isolated</name>"},
        {"<forward mode='nat'>", "<forward mode='route'>"},
        {"<forward mode='nat'>", "<forward mode='open'>"},
        {"forward", "forwards"},
    };
    g_autofree char *xml = test_data("captured-network.xml", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *changed = replaced(xml, changes[i][0], changes[i][1]);
        g_autoptr(SbFleetNetwork) network = sb_fleet_network_from_xml(changed);
        g_test_message("%s", changes[i][1]);
        g_assert_nonnull(network);
        g_assert_null(network->fleet);
    }
}

static void test_not_ours_by_fleet(void)
{
    g_autofree char *xml = test_data("captured-network.xml", NULL);
    g_autofree char *name = replaced(xml, "<name>seedbed-faas<", "<name>seedbed-../faas<");
    g_autofree char *changed = replaced(name, "<seedbed:fleet>faas", "<seedbed:fleet>../faas");
    g_autoptr(SbFleetNetwork) network = sb_fleet_network_from_xml(changed);
    g_assert_cmpstr(network->name, ==, "seedbed-../faas");
    g_assert_null(network->fleet);
}

static void test_incomplete_host(void)
{
    g_autoptr(SbFleetNetwork) network = sb_fleet_network_from_xml(
        "<network><name>x</name><ip address='10.83.7.1' netmask='255.255.255.0'><dhcp>"
        "<host ip='10.83.7.10'/><host mac='52:54:00:aa:bb:01' name='a'/><host ip='x' name='b'/>"
        "</dhcp></ip></network>");
    g_assert_cmpuint(network->hosts->len, ==, 1);
    const SbNetworkHost *host = sb_fleet_network_reserve(network, "n", "52:54:00:aa:bb:02", NULL);
    g_assert_cmpstr(host->address, ==, "10.83.7.11");
}

static void test_not_a_network(void)
{
    static const char *const texts[] = {
        "",
        "<network>",
        "<domain><name>x</name><ip address='10.83.7.1' prefix='24'/></domain>",
        "<network><ip address='10.83.7.1' prefix='24'/></network>",
        "<network><name>x</name></network>",
        "<network><name>x</name><ip address='10.83.7.1' prefix='16'/></network>",
        "<network><name>x</name><ip address='10.83.7' prefix='24'/></network>",
        "<network><name>x</name><forward mode='bridge'/><bridge name='br0'/></network>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_test_message("%s", texts[i]);
        g_assert_null(sb_fleet_network_from_xml(texts[i]));
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/network-xml/nat", test_nat);
    g_test_add_func("/network-xml/isolated", test_isolated);
    g_test_add_func("/network-xml/name", test_name);
    g_test_add_func("/network-xml/reserve", test_reserve);
    g_test_add_func("/network-xml/fixed", test_fixed);
    g_test_add_func("/network-xml/full", test_full);
    g_test_add_func("/network-xml/serves-reservations-only", test_serves_reservations_only);
    g_test_add_func("/network-xml/update-xml", test_update_xml);
    g_test_add_func("/network-xml/round-trip", test_round_trip);
    g_test_add_func("/network-xml/captured", test_captured);
    g_test_add_func("/network-xml/kinds", test_kinds);
    g_test_add_func("/network-xml/not-ours", test_not_ours);
    g_test_add_func("/network-xml/not-ours-by-fleet", test_not_ours_by_fleet);
    g_test_add_func("/network-xml/incomplete-host", test_incomplete_host);
    g_test_add_func("/network-xml/not-a-network", test_not_a_network);
    return g_test_run();
}
