/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/network-xml.h"

#include "base/array.h"
#include "base/names.h"
#include "base/xml.h"
#include "model/metadata.h"

#include <string.h>

/* A network with 200 reservations is 30 KB. */
#define MAX_XML_BYTES (4 * 1024 * 1024)

/* The last octets. There is no range of free addresses, so dnsmasq only serves the reservations. If
 * a guest that changed its MAC got a lease, dnsmasq would give it the name that it asks for, and
 * the other guests would find it by that name: `registry`, `wpad`, or a machine that is made later.
 */
enum {
    GATEWAY = 1,
    FIRST_RESERVED = 10,
    LAST = 254,
};
G_STATIC_ASSERT(LAST - GATEWAY >= SB_FLEET_MAX_MACHINES);

SbNetworkHost *sb_network_host_new(const char *name, const char *mac, const char *address)
{
    SbNetworkHost *host = g_new0(SbNetworkHost, 1);
    host->name = g_strdup(name);
    host->mac = g_strdup(mac);
    host->address = g_strdup(address);
    return host;
}

void sb_network_host_free(SbNetworkHost *host)
{
    if (!host)
        return;
    g_free(host->name);
    g_free(host->mac);
    g_free(host->address);
    g_free(host);
}

SbFleetNetwork *sb_fleet_network_new(const char *name, const char *uuid, const char *fleet,
                                     SbNetworkKind kind, guint32 subnet)
{
    SbFleetNetwork *network = g_new0(SbFleetNetwork, 1);
    network->name = g_strdup(name);
    network->uuid = g_strdup(uuid);
    network->fleet = g_strdup(fleet);
    network->kind = kind;
    network->subnet = subnet;
    network->hosts = g_ptr_array_new_with_free_func((GDestroyNotify)sb_network_host_free);
    return network;
}

void sb_fleet_network_free(SbFleetNetwork *network)
{
    if (!network)
        return;
    g_free(network->name);
    g_free(network->uuid);
    g_free(network->fleet);
    g_free(network->creator);
    g_ptr_array_unref(network->hosts);
    g_free(network);
}

char *sb_fleet_network_name(const char *fleet, SbNetworkKind kind)
{
    return g_strconcat("seedbed-", fleet, kind == SB_NETWORK_ISOLATED ? ".isolated" : NULL, NULL);
}

/* ---- reservations ---- */

const SbNetworkHost *sb_fleet_network_find_host(const SbFleetNetwork *network, const char *name)
{
    SB_EACH(const SbNetworkHost, host, network->hosts)
        if (strcmp(host->name, name) == 0)
            return host;
    return NULL;
}

const SbNetworkHost *sb_fleet_network_find_address(const SbFleetNetwork *network,
                                                   const char *address)
{
    SB_EACH(const SbNetworkHost, host, network->hosts)
        if (strcmp(host->address, address) == 0)
            return host;
    return NULL;
}

/* Marks the last octets that hosts have. */
static void mark_taken(const SbFleetNetwork *network, gboolean taken[256])
{
    SB_EACH(const SbNetworkHost, host, network->hosts) {
        guint32 address;
        if (sb_ipv4_parse(host->address, &address) && (address & 0xffffff00) == network->subnet)
            taken[address & 0xff] = TRUE;
    }
}

static guint first_free(const gboolean taken[256])
{
    for (guint octet = FIRST_RESERVED; octet <= LAST; octet++)
        if (!taken[octet])
            return octet;
    for (guint octet = GATEWAY + 1; octet < FIRST_RESERVED; octet++)
        if (!taken[octet])
            return octet;
    return 0;
}

/* (transfer full) (nullable) */
static char *free_address(const SbFleetNetwork *network)
{
    gboolean taken[256] = {FALSE};
    mark_taken(network, taken);
    guint octet = first_free(taken);
    return octet == 0 ? NULL : sb_ipv4_format(network->subnet | octet);
}

const SbNetworkHost *sb_fleet_network_reserve(SbFleetNetwork *network, const char *name,
                                              const char *mac, const char *address)
{
    g_autofree char *chosen = address ? g_strdup(address) : free_address(network);
    if (!chosen)
        return NULL;
    SbNetworkHost *host = sb_network_host_new(name, mac, chosen);
    g_ptr_array_add(network->hosts, host);
    return host;
}

/* ---- writing ---- */

static void add_dhcp_host(xmlNode *dhcp, const SbNetworkHost *host)
{
    sb_xml_add(dhcp, "host", "mac", host->mac, "name", host->name, "ip", host->address, NULL);
}

static void add_dns_host(xmlNode *dns, const SbNetworkHost *host)
{
    xmlNode *node = sb_xml_add(dns, "host", "ip", host->address, NULL);
    sb_xml_add_text(node, "hostname", host->name);
}

static void add_metadata(xmlNode *root, const SbFleetNetwork *network)
{
    xmlNode *metadata = sb_xml_add(root, "metadata", NULL);
    xmlNode *ours = xmlNewTextChild(metadata, NULL, BAD_CAST "network", NULL);
    xmlSetNs(ours, xmlNewNs(ours, BAD_CAST SB_METADATA_URI, BAD_CAST SB_METADATA_PREFIX));
    sb_xml_add_text(ours, "fleet", network->fleet);
    if (network->creator)
        sb_xml_add_text(ours, "creator", network->creator);
}

static void add_dns(xmlNode *root, const SbFleetNetwork *network)
{
    g_autofree char *domain = g_strconcat(network->fleet, ".seedbed.internal", NULL);
    sb_xml_add(root, "domain", "name", domain, "localOnly", "yes", NULL);
    /* Not forwarded: a name without a dot is a machine of the fleet or a mistake. The host's
     * resolver does not need to know it. */
    xmlNode *dns = sb_xml_add(root, "dns", "forwardPlainNames", "no", NULL);
    for (guint i = 0; i < network->hosts->len; i++)
        add_dns_host(dns, g_ptr_array_index(network->hosts, i));
}

static void add_ip(xmlNode *root, const SbFleetNetwork *network)
{
    g_autofree char *gateway = sb_ipv4_format(network->subnet | GATEWAY);
    xmlNode *ip = sb_xml_add(root, "ip", "address", gateway, "netmask", "255.255.255.0", NULL);
    xmlNode *dhcp = sb_xml_add(ip, "dhcp", NULL);
    for (guint i = 0; i < network->hosts->len; i++)
        add_dhcp_host(dhcp, g_ptr_array_index(network->hosts, i));
}

xmlDoc *sb_fleet_network_xml(const SbFleetNetwork *network)
{
    xmlDoc *document = sb_xml_new("network");
    xmlNode *root = xmlDocGetRootElement(document);
    sb_xml_add_text(root, "name", network->name);
    sb_xml_add_text(root, "uuid", network->uuid);
    add_metadata(root, network);
    /* Without <forward>, libvirt lets nothing in or out. */
    if (network->kind == SB_NETWORK_NAT)
        sb_xml_add(root, "forward", "mode", "nat", NULL);
    /* A bridge with one way out has no loops. Its spanning tree would only keep a new port silent
     * for the forward delay. */
    sb_xml_add(root, "bridge", "stp", "off", "delay", "0", NULL);
    add_dns(root, network);
    add_ip(root, network);
    return document;
}

char *sb_network_host_dhcp_xml(const SbNetworkHost *host)
{
    g_autoptr(xmlDoc) document = sb_xml_new("dhcp");
    add_dhcp_host(xmlDocGetRootElement(document), host);
    return sb_xml_node_to_string(xmlDocGetRootElement(document)->children);
}

char *sb_network_host_dns_xml(const SbNetworkHost *host)
{
    g_autoptr(xmlDoc) document = sb_xml_new("dns");
    add_dns_host(xmlDocGetRootElement(document), host);
    return sb_xml_node_to_string(xmlDocGetRootElement(document)->children);
}

/* ---- reading ---- */

static SbNetworkKind read_kind(xmlNode *root)
{
    g_autofree char *mode = sb_xml_attribute(root, "forward", "mode");
    if (!sb_xml_first(root, "forward"))
        return SB_NETWORK_ISOLATED;
    /* `<forward/>` without a mode is nat. */
    return !mode || strcmp(mode, "nat") == 0 ? SB_NETWORK_NAT : SB_NETWORK_EXISTING;
}

/* The fleet in the metadata of the network, if its name says the same, and the same KIND. `down`
 * removes the network, so metadata alone, which anyone can copy, is not enough; and an isolated
 * network of somebody else may have a way out. */
static char *read_fleet(xmlNode *root, const char *name, SbNetworkKind kind)
{
    xmlNode *mark = sb_xml_find(root, "metadata/network");
    if (!mark || !mark->ns || strcmp((const char *)mark->ns->href, SB_METADATA_URI) != 0 ||
        !sb_network_kind_is_own(kind))
        return NULL;
    g_autofree char *fleet = sb_xml_text(mark, "fleet");
    if (!fleet || !sb_name_is_valid(fleet))
        return NULL;
    g_autofree char *expected = sb_fleet_network_name(fleet, kind);
    return strcmp(name, expected) == 0 ? g_steal_pointer(&fleet) : NULL;
}

/* The first IPv4 `<ip>` that is a /24. */
static xmlNode *find_ip(xmlNode *root, guint32 *subnet_out)
{
    for (xmlNode *ip = sb_xml_first(root, "ip"); ip; ip = sb_xml_next(ip, "ip")) {
        g_autofree char *address = sb_xml_attribute(ip, NULL, "address");
        g_autofree char *netmask = sb_xml_attribute(ip, NULL, "netmask");
        g_autofree char *prefix = sb_xml_attribute(ip, NULL, "prefix");
        guint32 value;
        if (!address || !sb_ipv4_parse(address, &value) ||
            (g_strcmp0(netmask, "255.255.255.0") != 0 && g_strcmp0(prefix, "24") != 0))
            continue;
        *subnet_out = value & 0xffffff00;
        return ip;
    }
    return NULL;
}

/* A reservation without a name or MAC still takes its address. */
static void read_hosts(xmlNode *ip, GPtrArray *hosts)
{
    xmlNode *dhcp = sb_xml_first(ip, "dhcp");
    for (xmlNode *node = dhcp ? sb_xml_first(dhcp, "host") : NULL; node;
         node = sb_xml_next(node, "host")) {
        g_autofree char *name = sb_xml_attribute(node, NULL, "name");
        g_autofree char *mac = sb_xml_attribute(node, NULL, "mac");
        g_autofree char *address = sb_xml_attribute(node, NULL, "ip");
        guint32 value;
        if (address && sb_ipv4_parse(address, &value))
            g_ptr_array_add(hosts, sb_network_host_new(name ? name : "", mac ? mac : "", address));
    }
}

SbFleetNetwork *sb_fleet_network_from_xml(const char *xml)
{
    if (strlen(xml) > MAX_XML_BYTES)
        return NULL;
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, NULL);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (!root || strcmp((const char *)root->name, "network") != 0)
        return NULL;
    guint32 subnet = 0;
    g_autofree char *name = sb_xml_text(root, "name");
    g_autofree char *uuid = sb_xml_text(root, "uuid");
    xmlNode *ip = find_ip(root, &subnet);
    if (!name || !ip)
        return NULL;
    SbNetworkKind kind = read_kind(root);
    g_autofree char *fleet = read_fleet(root, name, kind);
    SbFleetNetwork *network = sb_fleet_network_new(name, uuid ? uuid : "", fleet, kind, subnet);
    network->creator = fleet ? sb_xml_text(root, "metadata/network/creator") : NULL;
    read_hosts(ip, network->hosts);
    return network;
}
