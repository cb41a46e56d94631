/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-definition.h"

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
