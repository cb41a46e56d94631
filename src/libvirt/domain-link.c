/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-link.h"

#include "base/xml.h"

/* Sets the link of INTERFACE. */
static void set_link(xmlNode *interface, gboolean is_up)
{
    xmlNode *old = sb_xml_first(interface, "link");
    if (old) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    sb_xml_add(interface, "link", "state", is_up ? "up" : "down", NULL);
}

/* The first interface of DOCUMENT; NULL if it has none. */
static xmlNode *first_interface(xmlDoc *document)
{
    return sb_xml_find(xmlDocGetRootElement(document), "devices/interface");
}

char *sb_domain_xml_with_link(const char *xml, gboolean is_up, GError **error)
{
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, error);
    if (!document)
        return NULL;
    for (xmlNode *interface = first_interface(document); interface;
         interface = sb_xml_next(interface, "interface"))
        set_link(interface, is_up);
    return sb_xml_to_string(document);
}

gboolean sb_domain_set_link(virDomain *domain, gboolean is_up, GError **error)
{
    g_autofree char *xml = virDomainGetXMLDesc(domain, 0);
    gboolean is_set = xml != NULL;
    g_autoptr(xmlDoc) document = xml ? sb_xml_parse(xml, error) : NULL;
    if (is_set && !document)
        return FALSE;
    for (xmlNode *interface = is_set ? first_interface(document) : NULL; is_set && interface;
         interface = sb_xml_next(interface, "interface")) {
        set_link(interface, is_up);
        g_autofree char *interface_xml = sb_xml_node_to_string(interface);
        is_set = virDomainUpdateDeviceFlags(domain, interface_xml, VIR_DOMAIN_AFFECT_LIVE) == 0;
    }
    if (!is_set)
        sb_libvirt_set_error(error, "cannot set the link of the network cards of '%s'",
                             virDomainGetName(domain));
    return is_set;
}
