/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/domain-network.h"

#include "base/error.h"
#include "base/subnet.h"
#include "base/xml.h"
#include "fleet-file/machine-ports.h"

#include <stdio.h>
#include <string.h>

static xmlDoc *read_xml(virDomain *domain, unsigned int flags, GError **error)
{
    g_autofree char *xml = virDomainGetXMLDesc(domain, flags);
    if (!xml)
        sb_libvirt_set_error(error, "cannot read about the domain '%s'", virDomainGetName(domain));
    return xml ? sb_xml_parse(xml, error) : NULL;
}

static xmlNode *first_interface(xmlDoc *document)
{
    return sb_xml_find(xmlDocGetRootElement(document), "devices/interface");
}

gboolean sb_domain_mac_in(virDomain *domain, const char *network, char **mac_out,
                          char **port_id_out, GError **error)
{
    g_autoptr(xmlDoc) document = read_xml(domain, 0, error);
    *mac_out = NULL;
    *port_id_out = NULL;
    for (xmlNode *interface = document ? first_interface(document) : NULL; interface && !*mac_out;
         interface = sb_xml_next(interface, "interface")) {
        g_autofree char *source = sb_xml_attribute(interface, "source", "network");
        if (g_strcmp0(source, network) != 0)
            continue;
        *mac_out = sb_xml_attribute(interface, "mac", "address");
        *port_id_out = sb_xml_attribute(interface, "source", "portid");
    }
    return document != NULL;
}

/* ---- forwarded ports ---- */

/* A row of "info usernet": Protocol[State] FD Source-Address Port Dest-Address Port RecvQ SendQ. An
 * address of 0.0.0.0 is written as *. */
static gboolean parse_row(const char *row, SbMachinePort *port)
{
    char protocol[4] = "", address[16] = "";
    guint from, to;
    *port = (SbMachinePort){0};
    if (sscanf(row, " %3[A-Z][HOST_FORWARD] %*d %15[0-9.*] %u %*s %u", protocol, address, &from,
               &to) != 4 ||
        from > G_MAXUINT16 || to > G_MAXUINT16 ||
        (strcmp(address, "*") != 0 && !sb_ipv4_parse(address, &port->address)))
        return FALSE;
    port->port = (guint16)from;
    port->guest_port = (guint16)to;
    port->is_udp = strcmp(protocol, "UDP") == 0;
    return TRUE;
}

/* The row of TABLE for WANTED, whose port may be 0. */
static gboolean find_row(const char *table, const SbMachinePort *wanted, SbMachinePort *found)
{
    g_auto(GStrv) rows = g_strsplit(table, "\n", -1);
    for (gsize i = 0; rows[i]; i++)
        if (parse_row(rows[i], found) && found->address == wanted->address &&
            (wanted->port == 0 || found->port == wanted->port) &&
            found->guest_port == wanted->guest_port && found->is_udp == wanted->is_udp)
            return TRUE;
    return FALSE;
}

static const SbMachinePort ssh = {.address = 0x7f000001 /* 127.0.0.1 */, .guest_port = 22};

/* Makes the forward PORT, unless it is there. *TABLE (transfer full) is what QEMU has. */
static gboolean forward(virDomain *domain, const SbMachinePort *port, char **table,
                        SbMachinePort *made_out, GError **error)
{
    if (find_row(*table, port, made_out))
        return TRUE;
    g_autofree char *address = sb_ipv4_format(port->address);
    g_autofree char *command =
        g_strdup_printf("hostfwd_add %s:%s:%u-:%u", port->is_udp ? "udp" : "tcp", address,
                        port->port, port->guest_port);
    g_autofree char *reply = sb_domain_monitor(domain, command, error);
    char *now = reply ? sb_domain_monitor(domain, "info usernet", error) : NULL;
    if (!now)
        return FALSE;
    g_free(*table);
    *table = now;
    if (find_row(now, port, made_out))
        return TRUE;
    return sb_error_set(
        error, SB_DOMAIN_ERROR, SB_DOMAIN_ERROR_PORT,
        "'%s' cannot have the %s port %s:%u of the libvirt host: a program or another machine has "
        "it ('ss -lnp' shows it)%s (QEMU says: %s)",
        virDomainGetName(domain), port->is_udp ? "UDP" : "TCP", address, port->port,
        port->port > 0 && port->port < 1024 ? ", or QEMU's user may not listen below 1024" : "",
        g_strstrip(reply));
}

guint16 sb_domain_forward_ssh(virDomain *domain, GError **error)
{
    SbMachinePort made;
    g_autofree char *table = sb_domain_monitor(domain, "info usernet", error);
    return table && forward(domain, &ssh, &table, &made, error) ? made.port : 0;
}

gboolean sb_domain_forward_ports(virDomain *domain, const SbMetadata *metadata, GError **error)
{
    g_autoptr(GArray) ports = metadata->ports ? sb_machine_ports_from_text(metadata->ports) : NULL;
    if (!ports)
        return TRUE;
    g_autofree char *table = sb_domain_monitor(domain, "info usernet", error);
    for (guint i = 0; table && i < ports->len; i++) {
        SbMachinePort made;
        if (!forward(domain, &g_array_index(ports, SbMachinePort, i), &table, &made, error))
            return FALSE;
    }
    return table != NULL;
}

GPtrArray *sb_domain_ports(virConnect *connection, const SbDomain *domain)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    const char *wanted = sb_domain_state_is_active(domain->state) ? domain->metadata->ports : NULL;
    g_autoptr(GArray) ports = wanted ? sb_machine_ports_from_text(wanted) : NULL;
    g_autoptr(virDomain) handle = ports ? sb_domain_open(connection, domain->uuid, NULL) : NULL;
    g_autofree char *table = handle ? sb_domain_monitor(handle, "info usernet", NULL) : NULL;
    for (guint i = 0; table && i < ports->len; i++) {
        SbMachinePort found;
        if (find_row(table, &g_array_index(ports, SbMachinePort, i), &found))
            g_ptr_array_add(texts, sb_machine_port_text(&found));
    }
    return texts;
}

/* ---- addresses ---- */

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
    g_autofree virDomainInterfacePtr *interfaces = NULL;
    int count = virDomainInterfaceAddresses(domain, &interfaces, source, 0);
    char *address = NULL;
    for (int i = 0; i < count; i++) {
        if (!address && interfaces[i]->hwaddr &&
            g_ascii_strcasecmp(interfaces[i]->hwaddr, mac) == 0)
            address = address_in(interfaces[i]);
        virDomainInterfaceFree(interfaces[i]);
    }
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
