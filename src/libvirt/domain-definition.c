/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-definition.h"

#include "base/xml.h"
#include "libvirt/domain.h"

#include <stdlib.h>

/* What libvirt has allocated. NULL: *ERROR becomes libvirt's, after WHAT. */
static char *take(char *allocated, const char *what, GError **error)
{
    char *copy = g_strdup(allocated);
    if (!allocated)
        sb_libvirt_set_error(error, "%s", what);
    free(allocated);
    return copy;
}

char *sb_domain_definition(virConnect *connection, const char *uuid, GError **error)
{
    g_autoptr(virDomain) domain = sb_domain_open(connection, uuid, error);
    return domain ? take(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE),
                         "cannot read the definition of the domain", error)
                  : NULL;
}

char *sb_domain_xml_to_qemu(virConnect *connection, const char *xml, GError **error)
{
    return take(virConnectDomainXMLToNative(connection, "qemu-argv", xml, 0),
                "libvirt cannot translate the XML into arguments of QEMU", error);
}

gboolean sb_domain_shape(virDomain *domain, SbDomainShape *shape_out, GError **error)
{
    char *xml = virDomainGetXMLDesc(domain, 0);
    int is_saved = xml ? virDomainHasManagedSaveImage(domain, 0) : -1;
    g_autoptr(xmlDoc) document = is_saved >= 0 ? sb_xml_parse(xml, NULL) : NULL;
    free(xml);
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
