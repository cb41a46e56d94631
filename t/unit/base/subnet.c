/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/subnet.h"

#include "test.h"

#include <arpa/inet.h>

static GArray *ranges_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(SbSubnet));
}

/* The ranges as "10.0.0.0/8 …". */
static char *ranges_text(const GArray *ranges)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < ranges->len; i++) {
        const SbSubnet *range = &g_array_index(ranges, SbSubnet, i);
        g_autofree char *address = sb_ipv4_format(range->address);
        g_string_append_printf(text, "%s%s/%u", i ? " " : "", address, range->prefix);
    }
    return g_string_free(text, FALSE);
}

static void add_range(GArray *ranges, const char *address, guint prefix)
{
    SbSubnet range = {0, prefix};
    g_assert_true(sb_ipv4_parse(address, &range.address));
    g_array_append_val(ranges, range);
}

static void assert_pick(const GArray *used, guint start, const char *expected)
{
    guint32 subnet = 0;
    g_assert_true(sb_subnet_pick(used, start, &subnet));
    g_autofree char *text = sb_ipv4_format(subnet);
    g_assert_cmpstr(text, ==, expected);
}

static void test_parse(void)
{
    guint32 address = 7;
    g_assert_true(sb_ipv4_parse("10.83.7.1", &address));
    g_assert_cmphex(address, ==, 0x0a530701);
    g_assert_false(sb_ipv4_parse("10.83.7", &address));
    g_assert_false(sb_ipv4_parse("10.83.7.256", &address));
    g_assert_false(sb_ipv4_parse("10.83.7.1 ", &address));
    g_assert_false(sb_ipv4_parse("::1", &address));
    g_assert_cmphex(address, ==, 0x0a530701);
    g_autofree char *text = sb_ipv4_format(0xfffefd00);
    g_assert_cmpstr(text, ==, "255.254.253.0");
}

static void test_prefix(void)
{
    guint prefix = 99;
    g_assert_true(sb_ipv4_prefix(0xffffff00, &prefix));
    g_assert_cmpuint(prefix, ==, 24);
    g_assert_true(sb_ipv4_prefix(0, &prefix));
    g_assert_cmpuint(prefix, ==, 0);
    g_assert_true(sb_ipv4_prefix(0xffffffff, &prefix));
    g_assert_cmpuint(prefix, ==, 32);
    g_assert_false(sb_ipv4_prefix(0xff00ff00, &prefix));
    g_assert_false(sb_ipv4_prefix(1, &prefix));
}

static void test_network_xml(void)
{
    g_autoptr(GArray) used = ranges_new();
    sb_subnets_from_network_xml("<network><name>x</name>"
                                "<ip address='192.168.122.1' netmask='255.255.255.0'/>"
                                "<ip family='ipv6' address='fd00::1' prefix='64'/>"
                                "<ip family='ipv4' address='10.9.0.1' prefix='20'/>"
                                "<ip address='172.16.9.9'/>"
                                "<route address='10.200.0.0' prefix='16' gateway='192.168.122.2'/>"
                                "<route address='0.0.0.0' prefix='0' gateway='192.168.122.2'/>"
                                "</network>",
                                used);
    g_autofree char *text = ranges_text(used);
    g_assert_cmpstr(text, ==, "192.168.122.0/24 10.9.0.0/20 172.16.0.0/16 10.200.0.0/16");
}

static void test_other_xml(void)
{
    g_autoptr(GArray) used = ranges_new();
    sb_subnets_from_network_xml("", used);
    sb_subnets_from_network_xml("<network>", used);
    sb_subnets_from_network_xml("<domain><ip address='10.0.0.1' prefix='8'/></domain>", used);
    sb_subnets_from_network_xml("<network><ip address='nowhere' prefix='8'/></network>", used);
    g_assert_cmpuint(used->len, ==, 0);
}

static void test_pick(void)
{
    g_autoptr(GArray) used = ranges_new();
    assert_pick(used, 0, "10.83.0.0");
    assert_pick(used, 7, "10.83.7.0");
    assert_pick(used, 256, "10.84.0.0");
    assert_pick(used, 511, "10.84.255.0");
    assert_pick(used, 512, "10.83.0.0");
    assert_pick(used, G_MAXUINT, "10.84.255.0");
    add_range(used, "10.83.7.0", 24);
    assert_pick(used, 7, "10.83.8.0");
    /* narrower and wider ranges overlap too, with each of their addresses */
    add_range(used, "10.83.8.77", 32);
    assert_pick(used, 7, "10.83.9.0");
    add_range(used, "10.83.9.1", 20);
    assert_pick(used, 7, "10.83.16.0");
    add_range(used, "10.84.255.0", 24);
    assert_pick(used, 511, "10.83.16.0");
}

static void test_pick_elsewhere(void)
{
    g_autoptr(GArray) used = ranges_new();
    add_range(used, "10.0.0.0", 8);
    assert_pick(used, 7, "172.29.7.0");
    add_range(used, "172.16.0.0", 12);
    assert_pick(used, 7, "192.168.0.0");
    add_range(used, "192.168.0.0", 17);
    assert_pick(used, 7, "192.168.128.0");
}

static void test_pick_none(void)
{
    g_autoptr(GArray) used = ranges_new();
    guint32 subnet = 7;
    add_range(used, "10.0.0.0", 8);
    add_range(used, "172.16.0.0", 12);
    add_range(used, "192.168.0.0", 16);
    g_assert_false(sb_subnet_pick(used, 3, &subnet));
    g_assert_cmpuint(subnet, ==, 7);
}

static void test_overlap(void)
{
    g_autoptr(GArray) used = ranges_new();
    SbSubnet wanted = {0x0a540000, 24};
    add_range(used, "10.83.0.0", 16);
    g_assert_null(sb_subnet_find_overlap(used, &wanted));
    add_range(used, "10.84.0.128", 25);
    g_assert_true(sb_subnet_find_overlap(used, &wanted) == &g_array_index(used, SbSubnet, 1));
}

static void test_private(void)
{
    g_assert_true(sb_ipv4_is_private(0x0a540000));
    g_assert_true(sb_ipv4_is_private(0xac1f0000));
    g_assert_true(sb_ipv4_is_private(0xc0a80100));
    g_assert_false(sb_ipv4_is_private(0xac200000));
    g_assert_false(sb_ipv4_is_private(0x08080800));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/subnet/parse", test_parse);
    g_test_add_func("/subnet/prefix", test_prefix);
    g_test_add_func("/subnet/network-xml", test_network_xml);
    g_test_add_func("/subnet/other-xml", test_other_xml);
    g_test_add_func("/subnet/pick", test_pick);
    g_test_add_func("/subnet/pick-elsewhere", test_pick_elsewhere);
    g_test_add_func("/subnet/pick-none", test_pick_none);
    g_test_add_func("/subnet/overlap", test_overlap);
    g_test_add_func("/subnet/private", test_private);
    return g_test_run();
}
