/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/xml-preview.h"

#include "base/xml.h"
#include "local/ssh-key.h"
#include "machine/creation.h"
#include "machine/plan.h"
#include "model/volume-names.h"

#include <stdio.h>

/* The seed's exact size depends on keys that are made at the moment of creation. */
enum { SEED_TYPICAL_BYTES = 71680 };

static void print_document(const char *what, const char *name, xmlDoc *document)
{
    g_autofree char *xml = sb_xml_to_string(document);
    printf("<!-- %s %s -->\n%s\n", what, name, xml);
}

/* What a network that is there gets for machines that it does not know yet. */
static gboolean print_updates(SbFleetNetwork *network, const char *const *names, GError **error)
{
    guint known = network->hosts->len;
    if (!sb_network_reserve_all(network, names, error))
        return FALSE;
    for (guint i = known; i < network->hosts->len; i++) {
        const SbNetworkHost *added = g_ptr_array_index(network->hosts, i);
        g_autofree char *dns = sb_network_host_dns_xml(added);
        g_autofree char *dhcp = sb_network_host_dhcp_xml(added);
        printf("<!-- network-update %s dns-host -->\n%s\n", network->name, dns);
        printf("<!-- network-update %s ip-dhcp-host -->\n%s\n", network->name, dhcp);
    }
    return TRUE;
}

static SbFleetNetwork *preview_network(SbHost *host, virConnect *connection, const SbPlan *plan,
                                       SbNetworkKind kind, GError **error)
{
    g_auto(GStrv) names = sb_plan_names_in_network(plan, kind);
    if (!names)
        return NULL;
    const char *fleet = plan->fleet->name;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) present = sb_network_find(connection, fleet, kind, &cause);
    if (present && print_updates(present, (const char *const *)names, &cause))
        return g_steal_pointer(&present);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    const SbNetworkRequest request = {.fleet = fleet,
                                      .kind = kind,
                                      .names = (const char *const *)names,
                                      .with_own_routes = !sb_host_is_remote(host)};
    SbFleetNetwork *network = sb_network_plan(connection, &request, error);
    if (!network)
        return NULL;
    g_autoptr(xmlDoc) xml = sb_fleet_network_xml(network);
    print_document("network", network->name, xml);
    return network;
}

static gboolean print_machine(const SbCreation *creation, const SbPlannedMachine *planned,
                              GError **error)
{
    g_autoptr(SbSshKey) host_key = sb_ssh_key_generate(error);
    if (!host_key)
        return FALSE;
    g_autoptr(SbMachine) machine =
        sb_plan_machine(creation->plan, planned, creation->networks[planned->spec.network.kind],
                        host_key->public_key, creation->client_key);
    g_autoptr(xmlDoc) domain = sb_machine_domain_xml(machine);
    print_document("domain", machine->name, domain);
    g_autoptr(xmlDoc) overlay = sb_creation_overlay_xml(machine);
    g_autofree char *overlay_name = sb_overlay_name(machine->name);
    print_document("volume", overlay_name, overlay);
    g_autofree char *seed_name = sb_seed_name(machine->name);
    g_autoptr(xmlDoc) seed = sb_upload_volume_xml(seed_name, SEED_TYPICAL_BYTES, 0600,
                                                  sb_host_is_privileged(creation->host));
    print_document("volume", seed_name, seed);
    return TRUE;
}

static gboolean print_all(SbHost *host, virConnect *connection, const SbFleetFile *fleet,
                          const char *pool_name, guint *machines_out, GError **error)
{
    g_autoptr(SbPlan) plan = sb_plan_new(host, connection, pool_name, fleet, error);
    if (!plan)
        return FALSE;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) nat = preview_network(host, connection, plan, SB_NETWORK_NAT, &cause);
    g_autoptr(SbFleetNetwork) isolated =
        cause ? NULL : preview_network(host, connection, plan, SB_NETWORK_ISOLATED, &cause);
    /* Keys are made when machines are: these stand for them, and are thrown away. */
    g_autoptr(SbSshKey) client_key = cause ? NULL : sb_ssh_key_generate(&cause);
    if (cause) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return FALSE;
    }
    SbCreation creation = {.host = host,
                           .plan = plan,
                           .networks = {[SB_NETWORK_NAT] = nat, [SB_NETWORK_ISOLATED] = isolated},
                           .client_key = client_key->public_key};
    for (guint i = 0; i < plan->machines->len; i++) {
        const SbPlannedMachine *planned = g_ptr_array_index(plan->machines, i);
        if (planned->action != SB_ACTION_CREATE)
            continue;
        if (!print_machine(&creation, planned, error))
            return FALSE;
        *machines_out += 1;
    }
    return TRUE;
}

int sb_xml_preview(SbCli *cli, const SbFleetFile *fleet, const char *pool_name)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    guint machines = 0;
    gboolean printed =
        connection && print_all(host, connection, fleet, pool_name, &machines, &error);
    if (!printed)
        return sb_cli_fail(error);
    if (machines == 0 && !cli->is_quiet)
        fprintf(stderr, "fleet '%s': all of its machines are there, 'up' would make none\n",
                fleet->name);
    return SB_EXIT_OK;
}
