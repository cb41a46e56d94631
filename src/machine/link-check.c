/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/link-check.h"

#include "base/error.h"
#include "libvirt/domain-network.h"
#include "libvirt/network.h"

SB_DEFINE_ERROR(sb_link_check_error, SB_ERRORS_NONE)

static gboolean refuse_replaced(const SbDomain *domain, GError **error)
{
    return sb_error_set(error, SB_LINK_CHECK_ERROR, SB_LINK_CHECK_ERROR_REPLACED,
                        "'%s' was made for a network of its fleet that somebody has removed since: "
                        "'seedbed down %s' and 'seedbed up' make it again",
                        domain->name, domain->name);
}

/* The network of KIND knows its machines by the hardware addresses that it has given them. MAC and
 * PORT_ID (nullable): what the machine has in it. */
static gboolean check_network(virConnect *connection, const SbDomain *domain, SbNetworkKind kind,
                              const char *mac, const char *port_id, GError **error)
{
    const SbMetadata *metadata = domain->metadata;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) network = sb_network_find(connection, metadata->fleet, kind, &cause);
    if (cause)
        return sb_error_pass(error, &cause);
    const SbNetworkHost *host = network ? sb_fleet_network_find_host(network, domain->name) : NULL;
    if (!mac || !host || g_ascii_strcasecmp(host->mac, mac) != 0 ||
        (kind == metadata->network && g_strcmp0(host->address, metadata->address) != 0))
        return refuse_replaced(domain, error);
    if (!sb_domain_state_is_active(domain->state) ||
        (port_id && sb_network_has_port(connection, network->name, port_id)))
        return TRUE;
    return sb_error_set(
        error, SB_LINK_CHECK_ERROR, SB_LINK_CHECK_ERROR_CUT,
        "'%s' runs, but its network '%s' was stopped meanwhile, and libvirt does not connect it "
        "again: 'virsh destroy %s' and 'seedbed up' start it again, with its disk",
        domain->name, network->name, domain->name);
}

gboolean sb_link_check(virConnect *connection, const SbDomain *domain, GError **error)
{
    g_autoptr(virDomain) handle = sb_domain_open(connection, domain->uuid, error);
    for (SbNetworkKind kind = 0; handle && kind < SB_NETWORK_KINDS; kind++) {
        if (!sb_network_kind_is_own(kind))
            continue;
        g_autofree char *name = sb_fleet_network_name(domain->metadata->fleet, kind);
        g_autofree char *mac = NULL, *port_id = NULL;
        if (!sb_domain_mac_in(handle, name, &mac, &port_id, error))
            return FALSE;
        if ((mac || kind == domain->metadata->network) &&
            !check_network(connection, domain, kind, mac, port_id, error))
            return FALSE;
    }
    return handle != NULL;
}
