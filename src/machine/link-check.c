/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/link-check.h"

#include "base/error.h"
#include "libvirt/domain-network.h"
#include "libvirt/network.h"

SB_DEFINE_ERROR(sb_link_check_error, SB_ERRORS_NONE)

/* The network knows its machines by the hardware addresses that it has given them. */
static gboolean check_network(const SbFleetNetwork *network, virDomain *handle,
                              const SbDomain *domain, GError **error)
{
    const SbNetworkHost *host = network ? sb_fleet_network_find_host(network, domain->name) : NULL;
    g_autoptr(GError) cause = NULL;
    if (host && g_strcmp0(host->address, domain->metadata->address) == 0 &&
        sb_domain_has_mac(handle, host->mac, &cause))
        return TRUE;
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    g_set_error(error, SB_LINK_CHECK_ERROR, SB_LINK_CHECK_ERROR_REPLACED,
                "'%s' was made for a network of its fleet that somebody has removed since: "
                "'seedbed down %s' and 'seedbed up' make it again",
                domain->name, domain->name);
    return FALSE;
}

gboolean sb_link_check(virConnect *connection, const SbDomain *domain, GError **error)
{
    SbNetworkKind kind = domain->metadata->network;
    if (!sb_network_kind_is_own(kind))
        return TRUE;
    g_autoptr(virDomain) handle = sb_domain_open(connection, domain->uuid, error);
    if (!handle)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) network =
        sb_network_find(connection, domain->metadata->fleet, kind, &cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    if (!check_network(network, handle, domain, error))
        return FALSE;
    if (!sb_domain_state_is_active(domain->state) ||
        sb_network_has_port(connection, network->name, domain->uuid))
        return TRUE;
    g_set_error(
        error, SB_LINK_CHECK_ERROR, SB_LINK_CHECK_ERROR_CUT,
        "'%s' runs, but its network '%s' was stopped meanwhile, and libvirt does not "
        "connect it again: 'virsh destroy %s' and 'seedbed up' start it again, with its disk",
        domain->name, network->name, domain->name);
    return FALSE;
}
