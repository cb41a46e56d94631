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

gboolean sb_domain_has_mac(virDomain *domain, const char *mac, GError **error)
{
    g_autoptr(xmlDoc) document = read_xml(domain, 0, error);
    if (!document)
        return FALSE;
    xmlNode *devices = sb_xml_find(xmlDocGetRootElement(document), "devices");
    xmlNode *interface = devices ? sb_xml_first(devices, "interface") : NULL;
    for (; interface; interface = sb_xml_next(interface, "interface")) {
        g_autofree char *found = sb_xml_attribute(interface, "mac", "address");
        if (found && g_ascii_strcasecmp(found, mac) == 0)
            return TRUE;
    }
    return FALSE;
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

static char *address_from(virDomain *domain, guint source)
{
    virDomainInterfacePtr *interfaces = NULL;
    int count = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
    char *address = NULL;
    for (int i = 0; i < count; i++) {
        for (guint j = 0; j < interfaces[i]->naddrs && !address; j++) {
            const virDomainIPAddress *candidate = &interfaces[i]->addrs[j];
            if (candidate->type == VIR_IP_ADDR_TYPE_IPV4 &&
                !g_str_has_prefix(candidate->addr, "127."))
                address = g_strdup(candidate->addr);
        }
        virDomainInterfaceFree(interfaces[i]);
    }
    free(interfaces);
    virResetLastError();
    return address;
}

char *sb_domain_address(virDomain *domain)
{
    char *address = address_from(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE);
    if (!address)
        address = address_from(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP);
    if (!address)
        address = address_from(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT);
    return address;
}
