/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/subnet.h"

#include "base/xml.h"

#include <arpa/inet.h>
#include <string.h>

/* ---- addresses ---- */

gboolean sb_ipv4_parse(const char *text, guint32 *address_out)
{
    struct in_addr address;
    if (inet_pton(AF_INET, text, &address) != 1)
        return FALSE;
    *address_out = ntohl(address.s_addr);
    return TRUE;
}

char *sb_ipv4_format(guint32 address)
{
    return g_strdup_printf("%u.%u.%u.%u", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                           address & 0xff);
}

static guint32 netmask_of(guint prefix)
{
    return prefix == 0 ? 0 : G_MAXUINT32 << (32 - prefix);
}

gboolean sb_ipv4_prefix(guint32 netmask, guint *prefix_out)
{
    guint prefix = 0;
    while (prefix < 32 && netmask & 1u << (31 - prefix))
        prefix++;
    if (netmask != netmask_of(prefix))
        return FALSE;
    *prefix_out = prefix;
    return TRUE;
}

gboolean sb_subnets_overlap(const SbSubnet *a, const SbSubnet *b)
{
    guint32 mask = netmask_of(MIN(a->prefix, b->prefix));
    return (a->address & mask) == (b->address & mask);
}

gboolean sb_ipv4_is_private(guint32 address)
{
    static const SbSubnet ranges[] = {{0x0a000000, 8}, {0xac100000, 12}, {0xc0a80000, 16}};
    const SbSubnet subnet = {address, 24};
    for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++)
        if (sb_subnets_overlap(&ranges[i], &subnet))
            return TRUE;
    return FALSE;
}

/* ---- what is in use ---- */

/* `<ip>` and `<route>` have prefix='24' or netmask='255.255.255.0', or neither. Then the old class
 * of the address counts, as in libvirt's virNetworkIPDefPrefix(). */
static guint read_prefix(xmlNode *node, guint32 address)
{
    g_autofree char *prefix_text = sb_xml_attribute(node, NULL, "prefix");
    g_autofree char *netmask_text = sb_xml_attribute(node, NULL, "netmask");
    guint64 number = 0;
    guint32 netmask = 0;
    guint prefix = 0;
    if (prefix_text && g_ascii_string_to_unsigned(prefix_text, 10, 0, 32, &number, NULL))
        return (guint)number;
    if (netmask_text && sb_ipv4_parse(netmask_text, &netmask) && sb_ipv4_prefix(netmask, &prefix))
        return prefix;
    return address >> 31 == 0 ? 8 : address >> 30 == 2 ? 16 : 24;
}

static void append_ranges(xmlNode *network, const char *element, GArray *used)
{
    for (xmlNode *node = sb_xml_first(network, element); node; node = sb_xml_next(node, element)) {
        g_autofree char *text = sb_xml_attribute(node, NULL, "address");
        SbSubnet range;
        if (!text || !sb_ipv4_parse(text, &range.address))
            continue;
        range.prefix = read_prefix(node, range.address);
        range.address &= netmask_of(range.prefix);
        /* `<route address='0.0.0.0' prefix='0'>` is a default route. */
        if (range.prefix > 0)
            g_array_append_val(used, range);
    }
}

void sb_subnets_from_network_xml(const char *xml, GArray *used)
{
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, NULL);
    xmlNode *network = document ? xmlDocGetRootElement(document) : NULL;
    if (!network || strcmp((const char *)network->name, "network") != 0)
        return;
    append_ranges(network, "ip", used);
    append_ranges(network, "route", used);
}

/* ---- the choice ---- */

const SbSubnet *sb_subnet_find_overlap(const GArray *used, const SbSubnet *subnet)
{
    for (guint i = 0; i < used->len; i++)
        if (sb_subnets_overlap(subnet, &g_array_index(used, SbSubnet, i)))
            return &g_array_index(used, SbSubnet, i);
    return NULL;
}

gboolean sb_subnet_pick(const GArray *used, guint start, guint32 *subnet_out)
{
    enum { PER_ROUND = 2 * 256 };
    static const guint32 rounds[][2] = {
        {0x0a530000 /* 10.83.0.0 */, 0x0a540000 /* 10.84.0.0 */},
        {0xac1d0000 /* 172.29.0.0 */, 0xc0a80000 /* 192.168.0.0 */},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rounds); i++) {
        for (guint j = 0; j < PER_ROUND; j++) {
            guint number = (start + j) % PER_ROUND;
            SbSubnet candidate = {rounds[i][number / 256] | number % 256 << 8, 24};
            if (!sb_subnet_find_overlap(used, &candidate)) {
                *subnet_out = candidate.address;
                return TRUE;
            }
        }
    }
    return FALSE;
}
