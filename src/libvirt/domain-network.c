/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-network.h"

#include "base/xml.h"

#include <stdlib.h>

static xmlDoc *read_xml(virDomain *domain, unsigned int flags, GError **error)
{
    char *xml = virDomainGetXMLDesc(domain, flags);
    if (!xml)
        sb_libvirt_set_error(error, "cannot read about the domain '%s'", virDomainGetName(domain));
    xmlDoc *document = xml ? sb_xml_parse(xml, error) : NULL;
    free(xml);
    return document;
}

static xmlNode *first_interface(xmlDoc *document)
{
    return sb_xml_find(xmlDocGetRootElement(document), "devices/interface");
}

gboolean sb_domain_mac_in(virDomain *domain, const char *network, char **mac_out, GError **error)
{
    g_autoptr(xmlDoc) document = read_xml(domain, 0, error);
    *mac_out = NULL;
    for (xmlNode *interface = document ? first_interface(document) : NULL; interface && !*mac_out;
         interface = sb_xml_next(interface, "interface")) {
        g_autofree char *source = sb_xml_attribute(interface, "source", "network");
        if (g_strcmp0(source, network) == 0)
            *mac_out = sb_xml_attribute(interface, "mac", "address");
    }
    return document != NULL;
}

/* A row of "info usernet": Protocol[State] FD Source-Address Port Dest-Address Port RecvQ SendQ. */
static guint16 forwarded_port(const char *table)
{
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
    for (gsize i = 0; lines[i]; i++) {
        guint port, destination_port;
        if (sscanf(lines[i], " TCP[HOST_FORWARD] %*d 127.0.0.1 %u %*s %u", &port,
                   &destination_port) == 2 &&
            destination_port == 22 && port > 0 && port <= G_MAXUINT16)
            return port;
    }
    return 0;
}

guint16 sb_domain_forward_ssh(virDomain *domain, GError **error)
{
    g_autofree char *before = sb_domain_monitor(domain, "info usernet", error);
    if (!before)
        return 0;
    guint16 port = forwarded_port(before);
    if (port)
        return port;
    g_autofree char *reply = sb_domain_monitor(domain, "hostfwd_add tcp:127.0.0.1:0-:22", error);
    if (!reply)
        return 0;
    g_autofree char *after = sb_domain_monitor(domain, "info usernet", error);
    if (!after)
        return 0;
    port = forwarded_port(after);
    if (!port)
        g_set_error(error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_MONITOR,
                    "QEMU did not forward a port to '%s': %s", virDomainGetName(domain),
                    g_strstrip(reply));
    return port;
}

/* (transfer full) (nullable) */
static char *address_in(const virDomainInterface *interface)
{
    for (guint i = 0; i < interface->naddrs; i++) {
        const virDomainIPAddress *candidate = &interface->addrs[i];
        if (candidate->type == VIR_IP_ADDR_TYPE_IPV4 && !g_str_has_prefix(candidate->addr, "127."))
            return g_strdup(candidate->addr);
    }
    return NULL;
}

static char *address_from(virDomain *domain, guint source, const char *mac)
{
    virDomainInterfacePtr *interfaces = NULL;
    int count = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
    char *address = NULL;
    for (int i = 0; i < count; i++) {
        if (!address && interfaces[i]->hwaddr &&
            g_ascii_strcasecmp(interfaces[i]->hwaddr, mac) == 0)
            address = address_in(interfaces[i]);
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
    virResetLastError();
    return address;
}

char *sb_domain_address(virDomain *domain)
{
    static const guint sources[] = {VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
                                    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP,
                                    VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT};
    g_autoptr(xmlDoc) document = read_xml(domain, 0, NULL);
    xmlNode *interface = document ? first_interface(document) : NULL;
    g_autofree char *mac = interface ? sb_xml_attribute(interface, "mac", "address") : NULL;
    char *address = NULL;
    for (gsize i = 0; mac && !address && i < G_N_ELEMENTS(sources); i++)
        address = address_from(domain, sources[i], mac);
    return address;
}
