/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-definition.h"

#include "base/xml.h"
#include "libvirt/domain.h"

#include <stdlib.h>

char *sb_domain_definition(virConnect *connection, const char *uuid, GError **error)
{
    g_autoptr(virDomain) domain = sb_domain_open(connection, uuid, error);
    char *xml = domain ? virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE) : NULL;
    if (domain && !xml)
        sb_libvirt_set_error(error, "cannot read the definition of the domain");
    return xml;
}

char *sb_domain_xml_to_qemu(virConnect *connection, const char *xml, GError **error)
{
    char *arguments = virConnectDomainXMLToNative(connection, "qemu-argv", xml, 0);
    if (!arguments)
        sb_libvirt_set_error(error, "libvirt cannot translate the XML into arguments of QEMU");
    return arguments;
}

gboolean sb_domain_shape(virDomain *domain, SbDomainShape *shape_out, GError **error)
{
    g_autofree char *xml = virDomainGetXMLDesc(domain, 0);
    int is_saved = xml ? virDomainHasManagedSaveImage(domain, 0) : -1;
    g_autoptr(xmlDoc) document = is_saved >= 0 ? sb_xml_parse(xml, NULL) : NULL;
    if (!document)
        return sb_libvirt_set_error(error, "cannot read about the domain '%s'",
                                    virDomainGetName(domain));
    xmlNode *root = xmlDocGetRootElement(document);
    g_autofree char *type = sb_xml_attribute(root, NULL, "type");
    g_autofree char *vcpus = sb_xml_text(root, "vcpu");
    *shape_out = (SbDomainShape){.vcpus = (guint)MAX(1, strtoul(vcpus, NULL, 10)),
                                 .is_emulated = g_strcmp0(type, "qemu") == 0,
                                 .is_saved = is_saved == 1};
    return TRUE;
}
