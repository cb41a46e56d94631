/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/inventory.h"

#include "base/array.h"
#include "machine/lookup.h"

#include <string.h>

static void machine_free(gpointer data)
{
    SbInventoryMachine *machine = data;
    g_free(machine->name);
    g_free(machine->fleet);
    g_free(machine->group);
    g_free(machine->config_path);
    g_free(machine);
}

static void add_machine(GPtrArray *inventory, const SbAccess *access, const SbDomain *domain)
{
    SbInventoryMachine *machine = g_new0(SbInventoryMachine, 1);
    machine->name = g_strdup(domain->name);
    machine->fleet = g_strdup(domain->metadata->fleet);
    machine->group = g_strdup(domain->metadata->group);
    machine->config_path = g_strdup(sb_access_config_path(access));
    g_ptr_array_add(inventory, machine);
}

/* The access to FLEET. NULL with an error, or without one if the fleet is another user's and was
 * not asked for by its name. */
static SbAccess *find_access(const SbOperation *operation, virConnect *connection,
                             const char *fleet, gboolean is_named, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbAccess *access = sb_lookup_fleet_access(operation->host, connection, fleet, &cause);
    if (!access && !is_named && g_error_matches(cause, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY)) {
        SbEvent note = {.kind = SB_EVENT_NOTE, .machine = fleet, .text = cause->message};
        sb_operation_tell(operation, &note);
    } else if (!access) {
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    return access;
}

GPtrArray *sb_inventory(const SbOperation *operation, const char *const *names, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    virConnect *connection = lease.connection;
    if (!connection)
        return NULL;
    g_autoptr(GPtrArray) domains =
        *names ? sb_lookup_names(connection, names, error) : sb_domain_list(connection, error);
    if (!domains)
        return NULL;
    g_autoptr(GPtrArray) inventory = g_ptr_array_new_with_free_func(machine_free);
    g_autoptr(SbAccess) access = NULL;
    const char *fleet = "";
    SB_EACH(const SbDomain, domain, domains) {
        g_autoptr(GError) cause = NULL;
        if (strcmp(domain->metadata->fleet, fleet) != 0) {
            fleet = domain->metadata->fleet;
            g_clear_pointer(&access, sb_access_free);
            access = find_access(operation, connection, fleet, *names != NULL, &cause);
        }
        if (cause) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return NULL;
        }
        if (access && sb_access_has(access, domain->name))
            add_machine(inventory, access, domain);
    }
    return g_steal_pointer(&inventory);
}
