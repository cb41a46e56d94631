/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/network.h"

#include "base/array.h"
#include "base/error.h"
#include "base/retry.h"
#include "base/xml.h"
#include "libvirt/host-routes.h"
#include "model/mac.h"

#include <string.h>

/* Other processes may do the same; in each round one of them gets further. But a failure that comes
 * again and again in the same words is not a race. */
enum { ROUNDS = 20, SAME_FAILURES = 4 };
enum { KEEP_TRIES = 20, KEEP_PAUSE_MS = 100 };

SB_DEFINE_ERROR(sb_network_error, SB_ERRORS_NONE)

static gboolean is_of_fleet(const SbFleetNetwork *network, const char *fleet)
{
    return network && g_strcmp0(network->fleet, fleet) == 0;
}

static SbFleetNetwork *read_network(virNetwork *network, const char *fleet, GError **error)
{
    g_autofree char *xml = virNetworkGetXMLDesc(network, 0);
    if (!xml)
        return sb_libvirt_set_error_null(error, "cannot read about the network '%s'",
                                         virNetworkGetName(network));
    g_autoptr(SbFleetNetwork) parsed = sb_fleet_network_from_xml(xml);
    if (is_of_fleet(parsed, fleet))
        return g_steal_pointer(&parsed);
    return sb_error_set_null(
        error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_FOREIGN,
        "the network '%s' exists, but seedbed did not make it for the fleet '%s': rename the "
        "fleet, or remove that network with 'virsh net-undefine'",
        virNetworkGetName(network), fleet);
}

SbFleetNetwork *sb_network_find(virConnect *connection, const char *fleet, SbNetworkKind kind,
                                GError **error)
{
    g_autofree char *name = sb_fleet_network_name(fleet, kind);
    g_autoptr(virNetwork) network = virNetworkLookupByName(connection, name);
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) found = NULL;
    if (network)
        found = read_network(network, fleet, &cause);
    else
        sb_libvirt_set_error(&cause, "cannot look for the network '%s'", name);
    /* Also after it was found: somebody else may remove it. A libvirtd that has no networks has
     * none of ours. */
    if (cause && !g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) &&
        !g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_UNSUPPORTED))
        g_propagate_error(error, g_steal_pointer(&cause));
    return g_steal_pointer(&found);
}

gboolean sb_network_is_there(virConnect *connection, const char *fleet, SbNetworkKind kind,
                             gboolean *is_there_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) network =
        sb_network_kind_is_own(kind) ? sb_network_find(connection, fleet, kind, &cause) : NULL;
    *is_there_out = network != NULL;
    if (!cause || g_error_matches(cause, SB_NETWORK_ERROR, SB_NETWORK_ERROR_FOREIGN))
        return TRUE;
    return sb_error_pass(error, &cause);
}

/* *XML_OUT is NULL if the network was removed since the listing. */
static gboolean read_xml_if_there(virNetwork *network, char **xml_out, GError **error)
{
    *xml_out = virNetworkGetXMLDesc(network, 0);
    if (*xml_out)
        return TRUE;
    virError *cause = virSaveLastError();
    return sb_libvirt_is_fine(sb_libvirt_is_absence(cause), cause, error,
                              "cannot read about the network '%s'", virNetworkGetName(network));
}

/* The ranges that a new network must keep clear of. */
static GArray *used_subnets(virConnect *connection, gboolean with_own_routes, GError **error)
{
    g_autofree virNetworkPtr *networks = NULL;
    int count = virConnectListAllNetworks(connection, &networks, 0);
    if (count < 0)
        return sb_libvirt_set_error_null(error, "cannot list the networks");
    g_autoptr(GArray) used = g_array_new(FALSE, FALSE, sizeof(SbSubnet));
    gboolean is_whole = TRUE;
    for (int i = 0; i < count; i++) {
        g_autofree char *xml = NULL;
        is_whole = is_whole && read_xml_if_there(networks[i], &xml, error);
        if (xml)
            sb_subnets_from_network_xml(xml, used);
        virNetworkFree(networks[i]);
    }
    is_whole = is_whole && (!with_own_routes || sb_host_routes_add(used, NULL, error));
    return is_whole ? g_steal_pointer(&used) : NULL;
}

/* What WANTED gets in NETWORK. FALSE with an error if it cannot have what it wants. */
static gboolean reserve(SbFleetNetwork *network, const SbNetworkHost *wanted, GError **error)
{
    const SbNetworkHost *known = sb_fleet_network_find_host(network, wanted->name);
    const SbNetworkHost *other =
        wanted->address ? sb_fleet_network_find_address(network, wanted->address) : NULL;
    if (known && (!wanted->address || known == other))
        return TRUE;
    if (known || other)
        return sb_error_set(error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_TAKEN,
                            "'%s' cannot have the address %s: the network '%s' has %s reserved for "
                            "'%s' ('seedbed down %s' removes the fleet with its network)",
                            wanted->name, wanted->address, network->name,
                            known ? known->address : other->address,
                            known ? known->name : other->name, network->fleet);
    g_autofree char *mac = sb_mac_derive(network->uuid, wanted->name);
    if (sb_fleet_network_reserve(network, wanted->name, mac, wanted->address))
        return TRUE;
    return sb_error_set(error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_FULL,
                        "the network '%s' has no free address for '%s'", network->name,
                        wanted->name);
}

gboolean sb_network_reserve_all(SbFleetNetwork *network, const GPtrArray *hosts, GError **error)
{
    for (gboolean is_fixed = TRUE; is_fixed >= FALSE; is_fixed--)
        SB_EACH(const SbNetworkHost, wanted, hosts)
            if ((wanted->address != NULL) == is_fixed && !reserve(network, wanted, error))
                return FALSE;
    return TRUE;
}

static gboolean choose_subnet(const GArray *used, const SbNetworkRequest *request,
                              guint32 *subnet_out, GError **error)
{
    if (sb_subnet_pick(used, g_str_hash(request->fleet), subnet_out))
        return TRUE;
    return sb_error_set(error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_FULL,
                        "no free subnet for the fleet '%s' (10.83.0.0/16, 10.84.0.0/16, "
                        "172.29.0.0/16 and 192.168.0.0/16 are looked through): remove a fleet "
                        "('seedbed list', 'seedbed down'), or use 'network: existing:NAME'",
                        request->fleet);
}

static gboolean check_subnet(const GArray *used, guint32 subnet, GError **error)
{
    const SbSubnet wanted = {subnet, 24};
    const SbSubnet *other = sb_subnet_find_overlap(used, &wanted);
    if (!other)
        return TRUE;
    g_autofree char *text = sb_ipv4_format(subnet), *range = sb_ipv4_format(other->address);
    return sb_error_set(error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_TAKEN,
                        "the subnet %s/24 of the fleet file cannot be used: the libvirt host has a "
                        "route or a network for %s/%u ('ip route' and 'virsh net-list --all' show "
                        "them); write another one, or none",
                        text, range, other->prefix);
}

static SbFleetNetwork *plan_beside(const GArray *used, const SbNetworkRequest *request,
                                   GError **error)
{
    guint32 subnet = request->subnet;
    if (subnet ? !check_subnet(used, subnet, error) : !choose_subnet(used, request, &subnet, error))
        return NULL;
    g_autofree char *name = sb_fleet_network_name(request->fleet, request->kind);
    g_autofree char *uuid = g_uuid_string_random();
    g_autoptr(SbFleetNetwork) network =
        sb_fleet_network_new(name, uuid, request->fleet, request->kind, subnet);
    network->creator = g_strdup(request->creator);
    return sb_network_reserve_all(network, request->hosts, error) ? g_steal_pointer(&network)
                                                                  : NULL;
}

SbFleetNetwork *sb_network_plan(virConnect *connection, const SbNetworkRequest *request,
                                GError **error)
{
    g_autoptr(GArray) used = used_subnets(connection, request->with_own_routes, error);
    return used ? plan_beside(used, request, error) : NULL;
}

/* A network that was made by virNetworkCreateXML() is gone after a reboot of the host, and then
 * its machines cannot be started. Keep the network as it runs, with the bridge that it got.
 *
 * When two processes make networks at the same moment, libvirt can choose one bridge for both. One
 * network then fails and goes; until it is gone, libvirt refuses to keep the other one. */
static gboolean make_persistent(virConnect *connection, virNetwork *network, GError **error)
{
    if (virNetworkIsPersistent(network) == 1)
        return TRUE;
    SbRetry retry = {.tries = KEEP_TRIES, .pause_ms = KEEP_PAUSE_MS};
    do {
        g_autofree char *xml = virNetworkGetXMLDesc(network, 0);
        g_autoptr(virNetwork) defined = xml ? virNetworkDefineXML(connection, xml) : NULL;
        if (defined)
            return TRUE;
    } while (strstr(virGetLastErrorMessage(), "bridge name") && sb_retry_again(&retry));
    return sb_libvirt_set_error(error, "cannot keep the network '%s'", virNetworkGetName(network));
}

static gboolean add_host(virNetwork *network, const SbNetworkHost *host)
{
    /* The network as it runs and as it is kept: which of both exist is libvirt's to know. */
    guint flags = VIR_NETWORK_UPDATE_AFFECT_LIVE | VIR_NETWORK_UPDATE_AFFECT_CONFIG;
    g_autofree char *dns = sb_network_host_dns_xml(host);
    g_autofree char *dhcp = sb_network_host_dhcp_xml(host);
    /* The name may be there from a run that was killed between the two; the lease decides. */
    if (virNetworkUpdate(network, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST, VIR_NETWORK_SECTION_DNS_HOST,
                         -1, dns, flags) < 0)
        virResetLastError();
    return virNetworkUpdate(network, VIR_NETWORK_UPDATE_COMMAND_ADD_LAST,
                            VIR_NETWORK_SECTION_IP_DHCP_HOST, -1, dhcp, flags) == 0;
}

/* Adds the missing machines to a network that exists. FALSE without an error: another process has
 * changed it. */
static gboolean grow(virNetwork *network, SbFleetNetwork *described, const GPtrArray *hosts,
                     GError **error)
{
    guint known = described->hosts->len;
    if (!sb_network_reserve_all(described, hosts, error))
        return FALSE;
    for (guint i = known; i < described->hosts->len; i++)
        if (!add_host(network, g_ptr_array_index(described->hosts, i)))
            return FALSE;
    return TRUE;
}

static gboolean ensure_active(virNetwork *network, GError **error)
{
    if (virNetworkIsActive(network) == 1 || virNetworkCreate(network) == 0)
        return TRUE;
    virError *cause = virSaveLastError();
    return sb_libvirt_is_fine(virNetworkIsActive(network) == 1, cause, error,
                              "cannot start the network '%s'", virNetworkGetName(network));
}

static SbFleetNetwork *adopt(virConnect *connection, virNetwork *network,
                             const SbNetworkRequest *request, GError **error)
{
    for (guint round = 0; round < ROUNDS; round++) {
        g_autoptr(GError) cause = NULL;
        g_autoptr(SbFleetNetwork) described = read_network(network, request->fleet, error);
        if (!described)
            return NULL;
        if (request->subnet && request->subnet != described->subnet) {
            g_autofree char *has = sb_ipv4_format(described->subnet);
            g_autofree char *wanted = sb_ipv4_format(request->subnet);
            return sb_error_set_null(
                error, SB_NETWORK_ERROR, SB_NETWORK_ERROR_TAKEN,
                "the network '%s' is there with the subnet %s/24, and the fleet file says %s/24: "
                "'seedbed down %s' removes the fleet with it",
                described->name, has, wanted, request->fleet);
        }
        if (!ensure_active(network, error) || !make_persistent(connection, network, error))
            return NULL;
        if (grow(network, described, request->hosts, &cause))
            return g_steal_pointer(&described);
        if (cause)
            return sb_error_pass_null(error, &cause);
    }
    return sb_libvirt_set_error_null(error, "cannot add machines to the network of the fleet '%s'",
                                     request->fleet);
}

/* One try to make a network. Something that is in no list may use the subnet: then it is added to
 * USED, and the next try takes another one. */
static gboolean try_to_make(virConnect *connection, const SbFleetNetwork *planned, GArray *used,
                            virNetwork **made_out, GError **error)
{
    g_autoptr(xmlDoc) document = sb_fleet_network_xml(planned);
    g_autofree char *xml = sb_xml_to_string(document);
    *made_out = virNetworkCreateXML(connection, xml);
    if (*made_out)
        return TRUE;
    const char *reason = virGetLastErrorMessage();
    if (strstr(reason, "already in use by interface")) {
        SbSubnet taken = {planned->subnet, 24};
        g_array_append_val(used, taken);
    }
    const char *hint = strstr(reason, "Unable to find 'dnsmasq'")
                           ? " (on the libvirt host: 'apt-get install dnsmasq-base')"
                           : "";
    return sb_libvirt_set_error(error, "cannot make the network '%s'%s", planned->name, hint);
}

/* Whether FAILURE has come SAME_FAILURES times in a row; keeps it in *LAST. */
static gboolean is_hopeless(const GError *failure, GError **last, guint *repeated)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): the functions above set their error */
    *repeated = *last && strcmp((*last)->message, failure->message) == 0 ? *repeated + 1 : 1;
    g_clear_error(last);
    *last = g_error_copy(failure);
    return *repeated == SAME_FAILURES;
}

SbFleetNetwork *sb_network_ensure(virConnect *connection, const SbNetworkRequest *request,
                                  gboolean *is_new_out, GError **error)
{
    g_autofree char *name = sb_fleet_network_name(request->fleet, request->kind);
    g_autoptr(GArray) used = NULL;
    g_autoptr(GError) last = NULL;
    guint repeated = 0;
    for (guint round = 0; round < ROUNDS; round++) {
        g_autoptr(virNetwork) existing = virNetworkLookupByName(connection, name);
        g_autoptr(GError) cause = NULL;
        if (existing) {
            SbFleetNetwork *adopted = adopt(connection, existing, request, &cause);
            *is_new_out = FALSE;
            /* A 'down' may have removed it since. */
            if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND) &&
                !is_hopeless(cause, &last, &repeated))
                continue;
            if (cause)
                g_propagate_error(error, g_steal_pointer(&cause));
            return adopted;
        }
        if (!sb_libvirt_last_is(VIR_ERR_NO_NETWORK))
            return sb_libvirt_set_error_null(error, "cannot look for the network '%s'", name);
        if (!used && !(used = used_subnets(connection, request->with_own_routes, error)))
            return NULL;
        g_autoptr(SbFleetNetwork) planned = plan_beside(used, request, error);
        g_autoptr(virNetwork) made = NULL;
        if (!planned)
            return NULL;
        if (try_to_make(connection, planned, used, &made, &cause)) {
            *is_new_out = TRUE;
            if (make_persistent(connection, made, &cause))
                return g_steal_pointer(&planned);
        }
        /* If the network was made, only its removal by a 'down' is worth another round. */
        if (made && !g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND))
            return sb_error_pass_null(error, &cause);
        if (is_hopeless(cause, &last, &repeated))
            break;
    }
    return sb_error_pass_null(error, &last);
}

gboolean sb_network_has_port(virConnect *connection, const char *name, const char *port_id)
{
    g_autoptr(virNetwork) network = virNetworkLookupByName(connection, name);
    virNetworkPort *port = network ? virNetworkPortLookupByUUIDString(network, port_id) : NULL;
    gboolean has_port = port || !network || !sb_libvirt_last_is(VIR_ERR_NO_NETWORK_PORT);
    if (port)
        virNetworkPortFree(port);
    virResetLastError();
    return has_port;
}

/* TRUE if a call succeeded, or failed because there was nothing left to do: a transient network is
 * gone when it is destroyed, and a second 'down' may do the same. */
static gboolean is_done(int result)
{
    return result == 0 || sb_libvirt_last_is(VIR_ERR_NO_NETWORK) ||
           sb_libvirt_last_is(VIR_ERR_OPERATION_INVALID);
}

static gboolean try_to_remove(virConnect *connection, const char *uuid, const char *name,
                              GError **error)
{
    g_autoptr(virNetwork) network = virNetworkLookupByUUIDString(connection, uuid);
    gboolean is_removed =
        network ? is_done(virNetworkDestroy(network)) && is_done(virNetworkUndefine(network))
                : is_done(-1);
    virError *cause = virSaveLastError();
    return sb_libvirt_is_fine(is_removed, cause, error, "cannot remove the network '%s'", name);
}

/* If two processes undefine a network at the same time, one of them finds its file gone, and
 * libvirt calls that an error of the system. Asked again, it does not know the network any more. */
static gboolean destroy_and_undefine(virConnect *connection, const char *uuid, const char *name,
                                     GError **error)
{
    SbRetry retry = {.tries = 5, .pause_ms = 100};
    g_autoptr(GError) cause = NULL;
    do {
        g_clear_error(&cause);
        if (try_to_remove(connection, uuid, name, &cause))
            return TRUE;
    } while (sb_retry_again(&retry));
    return sb_error_pass(error, &cause);
}

gboolean sb_network_remove(virConnect *connection, const char *fleet, SbNetworkKind kind,
                           GError **error)
{
    g_autofree char *name = sb_fleet_network_name(fleet, kind);
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) described = sb_network_find(connection, fleet, kind, &cause);
    if (cause)
        return sb_error_pass(error, &cause);
    /* By its UUID: somebody may be making the next network of that name. */
    return !described || destroy_and_undefine(connection, described->uuid, name, error);
}

void sb_network_halt(virConnect *connection, const char *fleet, SbNetworkKind kind)
{
    g_autoptr(SbFleetNetwork) described = sb_network_find(connection, fleet, kind, NULL);
    g_autoptr(virNetwork) network =
        described ? virNetworkLookupByUUIDString(connection, described->uuid) : NULL;
    if (network)
        virNetworkDestroy(network);
    virResetLastError();
}

GPtrArray *sb_network_list_fleets(virConnect *connection, GError **error)
{
    g_autofree virNetworkPtr *networks = NULL;
    int count = virConnectListAllNetworks(connection, &networks, 0);
    if (count < 0 && sb_libvirt_last_is(VIR_ERR_NO_SUPPORT)) {
        virResetLastError();
        return g_ptr_array_new();
    }
    if (count < 0)
        return sb_libvirt_set_error_null(error, "cannot list the networks");
    g_autoptr(GPtrArray) fleets = g_ptr_array_new_with_free_func(g_free);
    gboolean is_whole = TRUE;
    for (int i = 0; i < count; i++) {
        /* Most networks are not ours: their name says so without another call. */
        gboolean may_be_ours = g_str_has_prefix(virNetworkGetName(networks[i]), "seedbed-");
        g_autofree char *xml = NULL;
        is_whole = is_whole && (!may_be_ours || read_xml_if_there(networks[i], &xml, error));
        g_autoptr(SbFleetNetwork) network = xml ? sb_fleet_network_from_xml(xml) : NULL;
        if (network && network->fleet)
            g_ptr_array_add(fleets, g_strdup(network->fleet));
        virNetworkFree(networks[i]);
    }
    return is_whole ? g_steal_pointer(&fleets) : NULL;
}
