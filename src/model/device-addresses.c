/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/device-addresses.h"

#include "base/xml.h"

/* In this order, whatever the order in the XML. */
static const char *const parts[] = {"type",          "domain",     "bus",    "slot", "function",
                                    "multifunction", "controller", "target", "unit", "port"};

static void add_line(GString *text, xmlNode *device)
{
    g_string_append(text, (const char *)device->name);
    xmlNode *address = sb_xml_first(device, "address");
    for (gsize i = 0; address && i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *value = sb_xml_attribute(address, NULL, parts[i]);
        if (value)
            g_string_append_printf(text, " %s=%s", parts[i], value);
    }
    g_string_append_c(text, '\n');
}

char *sb_device_addresses(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, error);
    if (!document)
        return NULL;
    GString *text = g_string_new(NULL);
    xmlNode *devices = sb_xml_first(xmlDocGetRootElement(document), "devices");
    for (xmlNode *node = devices ? devices->children : NULL; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE)
            add_line(text, node);
    return g_string_free(text, FALSE);
}
