/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/explain.h"

#include "base/array.h"
#include "base/xml.h"
#include "diagnose/explanation.h"
#include "fleet/preview.h"
#include "libvirt/domain-definition.h"
#include "machine/lookup.h"

/* (transfer full) or NULL with an error */
static char *explain_xml(virConnect *connection, const char *xml, gboolean with_qemu,
                         GError **error)
{
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, error);
    g_autofree char *native =
        document && with_qemu ? sb_domain_xml_to_qemu(connection, xml, error) : NULL;
    return document && (native || !with_qemu) ? sb_explanation(document, native) : NULL;
}

char *sb_explain_machine(SbHost *host, const char *name, gboolean with_qemu, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(SbDomain) domain =
        lease.connection ? sb_lookup_machine(lease.connection, name, error) : NULL;
    g_autofree char *xml =
        domain ? sb_domain_definition(lease.connection, domain->uuid, error) : NULL;
    g_autofree char *text = xml ? explain_xml(lease.connection, xml, with_qemu, error) : NULL;
    return text ? g_strdup_printf("The machine '%s', as it is defined:\n\n%s", name, text) : NULL;
}

/* The group of the machine in XML. (transfer full) (nullable) */
static char *group_of(const char *xml)
{
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, NULL);
    return document ? sb_xml_text(xmlDocGetRootElement(document), "metadata/machine/group") : NULL;
}

char *sb_explain_fleet(SbHost *host, const SbFleetFile *fleet, const char *pool_name,
                       gboolean with_qemu, GError **error)
{
    guint machines;
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(GPtrArray) documents =
        lease.connection ? sb_preview(host, fleet, pool_name, &machines, error) : NULL;
    if (!documents)
        return NULL;
    g_autofree char *last_group = NULL;
    g_autoptr(GString) all = g_string_new(NULL);
    SB_EACH(const SbPreviewDocument, document, documents) {
        if (!g_str_has_prefix(document->subject, "domain "))
            continue;
        g_autofree char *group = group_of(document->xml);
        if (g_strcmp0(group, last_group) == 0)
            continue;
        g_autofree char *text = explain_xml(lease.connection, document->xml, with_qemu, error);
        if (!text)
            return NULL;
        g_string_append_printf(all, "The %s, as 'up' would make it:\n\n%s", document->subject,
                               text);
        g_free(last_group);
        last_group = g_steal_pointer(&group);
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}
