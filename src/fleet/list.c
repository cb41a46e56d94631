/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/list.h"

#include "diagnose/examine.h"
#include "guest/access.h"
#include "libvirt/domain-network.h"
#include "libvirt/network.h"
#include "machine/claim.h"
#include "machine/lookup.h"
#include "machine/snapshot-files.h"
#include "model/ssh-config.h"

#include <string.h>

enum { SSH_PORT = 22 };

static void machine_free(SbListedMachine *machine)
{
    sb_domain_free(machine->domain);
    g_free(machine->address);
    g_free(machine->state);
    g_free(machine->cause);
    g_free(machine->folder);
    g_ptr_array_unref(machine->ports);
    g_ptr_array_unref(machine->snapshots);
    g_free(machine);
}

void sb_list_free(SbList *list)
{
    g_clear_pointer(&list->machines, g_ptr_array_unref);
    g_clear_pointer(&list->bare_fleets, g_ptr_array_unref);
    g_free(list);
}

static gboolean has_machines(const GPtrArray *domains, const char *fleet)
{
    for (guint i = 0; i < domains->len; i++)
        if (strcmp(((SbDomain *)g_ptr_array_index(domains, i))->metadata->fleet, fleet) == 0)
            return TRUE;
    return FALSE;
}

/* Fleets that only have a network: a run that was killed early leaves them. (transfer full) or NULL
 * with an error */
static GPtrArray *find_bare_fleets(virConnect *connection, const GPtrArray *domains, GError **error)
{
    GPtrArray *fleets = sb_network_list_fleets(connection, error);
    for (guint i = fleets ? fleets->len : 0; i > 0; i--)
        if (has_machines(domains, g_ptr_array_index(fleets, i - 1)))
            g_ptr_array_remove_index(fleets, i - 1);
    return fleets;
}

/* For libvirt, a guest that has panicked still runs, and one whose QEMU has died is only off. */
static void find_state(const SbHost *host, virConnect *connection, SbListedMachine *machine)
{
    virDomainState state = machine->domain->state;
    gboolean is_off = state == VIR_DOMAIN_SHUTOFF;
    g_autoptr(SbDiagnosis) diagnosis = is_off || state == VIR_DOMAIN_RUNNING
                                           ? sb_diagnose_domain(host, connection, machine->domain)
                                           : NULL;
    gboolean is_crashed = diagnosis && (g_str_has_prefix(diagnosis->rule, "panic") ||
                                        strcmp(diagnosis->rule, "off-crashed") == 0);
    if (!diagnosis || (is_off && !is_crashed)) {
        machine->state = g_strdup(sb_domain_state_name(state));
        return;
    }
    machine->state = g_strdup(is_crashed ? "crashed" : "stuck");
    machine->cause = g_strdup(diagnosis->cause);
}

/* The folder of FLEET, if it has this user's key. (transfer full) (nullable) */
static char *find_folder(const SbHost *host, const char *fleet)
{
    g_autoptr(SbAccess) access = sb_access_new(host, fleet);
    const char *folder = sb_access_directory(access);
    g_autofree char *key = g_build_filename(folder, SB_SSH_IDENTITY_FILE, NULL);
    return g_file_test(key, G_FILE_TEST_EXISTS) ? g_strdup(folder) : NULL;
}

SbList *sb_list(const SbHost *host, virConnect *connection, const char *const *names,
                GError **error)
{
    g_autoptr(GPtrArray) domains =
        *names ? sb_lookup_names(connection, names, error) : sb_domain_list(connection, error);
    if (!domains)
        return NULL;
    g_autoptr(SbList) list = g_new0(SbList, 1);
    list->bare_fleets = *names ? g_ptr_array_new() : find_bare_fleets(connection, domains, error);
    if (!list->bare_fleets)
        return NULL;
    list->machines = g_ptr_array_new_with_free_func((GDestroyNotify)machine_free);
    while (domains->len > 0) {
        SbListedMachine *machine = g_new0(SbListedMachine, 1);
        machine->domain = g_ptr_array_steal_index(domains, 0);
        machine->maker = sb_claim_maker(machine->domain->metadata);
        machine->address = sb_access_find(connection, machine->domain, &machine->port, NULL);
        if (!machine->address)
            machine->port = SSH_PORT;
        machine->folder = find_folder(host, machine->domain->metadata->fleet);
        find_state(host, connection, machine);
        machine->ports = sb_domain_ports(connection, machine->domain);
        machine->snapshots = sb_snapshot_names(connection, machine->domain);
        g_ptr_array_add(list->machines, machine);
    }
    return sb_libvirt_still_connected(connection, "the states of the machines", error)
               ? g_steal_pointer(&list)
               : NULL;
}
