/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-shape.h"

#include "base/xml.h"

#include <stdlib.h>
#include <string.h>

gboolean sb_domain_shape(virDomain *domain, SbDomainShape *shape_out, GError **error)
{
    char *xml = virDomainGetXMLDesc(domain, 0);
    int is_saved = xml ? virDomainHasManagedSaveImage(domain, 0) : -1;
    g_autoptr(xmlDoc) document = is_saved >= 0 ? sb_xml_parse(xml, NULL) : NULL;
    free(xml);
    if (!document) {
        sb_libvirt_set_error(error, "cannot read about the domain '%s'", virDomainGetName(domain));
        return FALSE;
    }
    xmlNode *root = xmlDocGetRootElement(document);
    g_autofree char *type = sb_xml_attribute(root, NULL, "type");
    g_autofree char *vcpus = sb_xml_text(root, "vcpu");
    *shape_out = (SbDomainShape){.vcpus = (guint)MAX(1, strtoul(vcpus, NULL, 10)),
                                 .is_emulated = g_strcmp0(type, "qemu") == 0,
                                 .is_saved = is_saved == 1};
    return TRUE;
}
