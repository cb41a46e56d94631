/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/preview.h"

#include "base/array.h"
#include "base/error.h"
#include "base/xml.h"
#include "creation/creation.h"
#include "creation/plan.h"
#include "local/process-id.h"
#include "local/ssh-key.h"
#include "model/volume-names.h"

/* The seed's exact size depends on keys that are made at the moment of creation. */
enum { SEED_TYPICAL_BYTES = 71680 };

static void document_free(gpointer data)
{
    SbPreviewDocument *document = data;
    g_free(document->subject);
    g_free(document->xml);
    g_free(document);
}

/* XML: (transfer full) */
static void add(GPtrArray *documents, char *subject, char *xml)
{
    SbPreviewDocument *document = g_new0(SbPreviewDocument, 1);
    document->subject = subject;
    document->xml = xml;
    g_ptr_array_add(documents, document);
}

static void add_document(GPtrArray *documents, const char *kind, const char *name, xmlDoc *document)
{
    add(documents, g_strdup_printf("%s %s", kind, name), sb_xml_to_string(document));
}

/* What a network that exists gets for machines that it does not know yet. */
static gboolean add_updates(GPtrArray *documents, SbFleetNetwork *network, const GPtrArray *hosts,
                            GError **error)
{
    guint known = network->hosts->len;
    if (!sb_network_reserve_all(network, hosts, error))
        return FALSE;
    for (guint i = known; i < network->hosts->len; i++) {
        const SbNetworkHost *added = g_ptr_array_index(network->hosts, i);
        add(documents, g_strdup_printf("network-update %s dns-host", network->name),
            sb_network_host_dns_xml(added));
        add(documents, g_strdup_printf("network-update %s ip-dhcp-host", network->name),
            sb_network_host_dhcp_xml(added));
    }
    return TRUE;
}

/* The fleet's network of KIND as it would be. NULL if no machine is in it, or with an error. */
static SbFleetNetwork *add_network(GPtrArray *documents, const SbLease *lease, const SbPlan *plan,
                                   SbNetworkKind kind, GError **error)
{
    g_autoptr(GPtrArray) hosts = sb_plan_hosts_in_network(plan, kind);
    if (!hosts)
        return NULL;
    const char *fleet = plan->fleet->name;
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) present = sb_network_find(lease->connection, fleet, kind, &cause);
    if (present && add_updates(documents, present, hosts, &cause))
        return g_steal_pointer(&present);
    if (cause)
        return sb_error_pass_null(error, &cause);
    g_autofree char *self = sb_process_id_self();
    const SbNetworkRequest request = {.fleet = fleet,
                                      .creator = self,
                                      .kind = kind,
                                      .subnet = sb_fleet_file_subnet(plan->fleet, kind),
                                      .hosts = hosts,
                                      .with_own_routes = !sb_host_is_remote(lease->host)};
    SbFleetNetwork *network = sb_network_plan(lease->connection, &request, error);
    if (!network)
        return NULL;
    g_autoptr(xmlDoc) xml = sb_fleet_network_xml(network);
    add_document(documents, "network", network->name, xml);
    return network;
}

static gsize bytes_of(const SbFileReference *file)
{
    return file->content ? g_bytes_get_size(file->content) : 0;
}

static gboolean add_machine(GPtrArray *documents, const SbCreation *creation,
                            const SbPlannedMachine *planned, GError **error)
{
    g_autoptr(SbSshKey) host_key = sb_ssh_key_generate(error);
    if (!host_key)
        return FALSE;
    g_autoptr(SbMachine) machine = sb_plan_machine(creation->plan, planned, creation->networks,
                                                   host_key->public_key, creation->client_key);
    g_autoptr(xmlDoc) domain = sb_machine_domain_xml(machine);
    add_document(documents, "domain", machine->name, domain);
    g_autoptr(xmlDoc) overlay = sb_creation_overlay_xml(machine);
    g_autofree char *overlay_name = sb_overlay_name(machine->name);
    add_document(documents, "volume", overlay_name, overlay);
    SB_EACH(const SbMachineDisk, disk, machine->spec.disks) {
        g_autofree char *name = sb_disk_name(machine->name, disk->name);
        g_autoptr(xmlDoc) volume = sb_creation_disk_xml(machine, disk);
        add_document(documents, "volume", name, volume);
    }
    const struct {
        const char *path;
        gsize bytes;
    } files[] = {{machine->seed_path, SEED_TYPICAL_BYTES},
                 {machine->kernel_path, bytes_of(&machine->spec.kernel.image)},
                 {machine->initrd_path, bytes_of(&machine->spec.kernel.initrd)}};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (!files[i].path)
            continue;
        g_autofree char *name = g_path_get_basename(files[i].path);
        g_autoptr(xmlDoc) file = sb_creation_file_xml(files[i].path, files[i].bytes,
                                                      sb_host_is_privileged(creation->host));
        add_document(documents, "volume", name, file);
    }
    return TRUE;
}

static gboolean add_all(GPtrArray *documents, const SbLease *lease, const SbPlan *plan,
                        guint *machines_out, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbFleetNetwork) nat = add_network(documents, lease, plan, SB_NETWORK_NAT, &cause);
    g_autoptr(SbFleetNetwork) isolated =
        cause ? NULL : add_network(documents, lease, plan, SB_NETWORK_ISOLATED, &cause);
    g_autoptr(SbSshKey) client_key = cause ? NULL : sb_ssh_key_generate(&cause);
    if (cause)
        return sb_error_pass(error, &cause);
    SbCreation creation = {.host = lease->host,
                           .plan = plan,
                           .networks = {[SB_NETWORK_NAT] = nat, [SB_NETWORK_ISOLATED] = isolated},
                           .client_key = client_key->public_key};
    SB_EACH(const SbPlannedMachine, planned, plan->machines) {
        if (planned->action != SB_ACTION_CREATE)
            continue;
        if (!add_machine(documents, &creation, planned, error))
            return FALSE;
        *machines_out += 1;
    }
    return TRUE;
}

GPtrArray *sb_preview(SbHost *host, const SbFleetFile *fleet, const char *pool_name,
                      guint *machines_out, GError **error)
{
    g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func(document_free);
    g_auto(SbLease) lease = sb_lease_take(host, error);
    g_autoptr(SbPlan) plan =
        lease.connection ? sb_plan_new(host, lease.connection, pool_name, fleet, SB_RUN_UP, error)
                         : NULL;
    guint machines = 0;
    if (!plan || !add_all(documents, &lease, plan, &machines, error))
        return NULL;
    *machines_out = machines;
    return g_steal_pointer(&documents);
}
