/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-link.h"

#include "base/xml.h"

#include <stdlib.h>

/* The first interface of DOCUMENT, with its link set. (transfer none) (nullable) */
static xmlNode *set_link(xmlDoc *document, gboolean is_up)
{
    xmlNode *interface = sb_xml_find(xmlDocGetRootElement(document), "devices/interface");
    if (!interface)
        return NULL;
    xmlNode *old = sb_xml_first(interface, "link");
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    sb_xml_add(interface, "link", "state", is_up ? "up" : "down", NULL);
    return interface;
}

char *sb_domain_xml_with_link(const char *xml, gboolean is_up, GError **error)
{
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, error);
    if (!document)
        return NULL;
    set_link(document, is_up);
    return sb_xml_to_string(document);
}

gboolean sb_domain_set_link(virDomain *domain, gboolean is_up, GError **error)
{
    char *xml = virDomainGetXMLDesc(domain, 0);
    g_autofree char *interface_xml = NULL;
    if (xml) {
        g_autoptr(xmlDoc) document = sb_xml_parse(xml, error);
        free(xml);
        if (!document)
            return FALSE;
        xmlNode *interface = set_link(document, is_up);
        interface_xml = interface ? sb_xml_node_to_string(interface) : NULL;
        if (!interface_xml)
            return TRUE;
        if (virDomainUpdateDeviceFlags(domain, interface_xml, VIR_DOMAIN_AFFECT_LIVE) == 0)
            return TRUE;
    }
    sb_libvirt_set_error(error, "cannot set the link of the network card of '%s'",
                         virDomainGetName(domain));
    return FALSE;
}
