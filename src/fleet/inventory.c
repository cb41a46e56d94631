/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/inventory.h"

#include "base/array.h"
#include "base/error.h"
#include "local/ssh-include.h"
#include "local/state-dir.h"
#include "machine/lookup.h"
#include "model/ssh-config.h"

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

/* The access to FLEET. NULL with an error, or without one if the fleet is another user's and was
 * not asked for by its name. */
static SbAccess *find_access(const SbOperation *operation, virConnect *connection,
                             const char *fleet, gboolean is_named, GError **error)
{
    g_autoptr(GError) cause = NULL;
    SbAccess *access = sb_lookup_fleet_access(operation->host, connection, fleet, &cause);
    if (!access && !is_named && g_error_matches(cause, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_KEY)) {
        sb_operation_note(operation, fleet, cause->message);
    } else if (!access) {
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    return access;
}

/* The machines of DOMAINS that are of FLEET and are reached. (transfer container) of SbDomain */
static GPtrArray *reached_of(const SbAccess *access, const char *fleet, const GPtrArray *domains)
{
    GPtrArray *reached = g_ptr_array_new();
    SB_EACH(SbDomain, domain, domains)
        if (strcmp(domain->metadata->fleet, fleet) == 0 && sb_access_has(access, domain->name))
            g_ptr_array_add(reached, domain);
    return reached;
}

/* Tells TAKE, for each fleet, its machines (of SbDomain) that are asked for and reached. */
static gboolean for_each_fleet(const SbOperation *operation, const char *const *names,
                               void (*take)(const SbAccess *access, const GPtrArray *reached,
                                            gpointer data),
                               gpointer data, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    virConnect *connection = lease.connection;
    if (!connection)
        return FALSE;
    g_autoptr(GPtrArray) domains =
        *names ? sb_lookup_names(connection, names, error) : sb_domain_list(connection, error);
    if (!domains)
        return FALSE;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    SB_EACH(const SbDomain, domain, domains) {
        char *fleet = domain->metadata->fleet;
        if (!g_hash_table_add(seen, fleet))
            continue;
        g_autoptr(GError) cause = NULL;
        g_autoptr(SbAccess) access =
            find_access(operation, connection, fleet, *names != NULL, &cause);
        if (cause)
            return sb_error_pass(error, &cause);
        g_autoptr(GPtrArray) reached = access ? reached_of(access, fleet, domains) : NULL;
        if (reached && reached->len > 0)
            take(access, reached, data);
    }
    return TRUE;
}

static void add_machines(const SbAccess *access, const GPtrArray *reached, gpointer data)
{
    SB_EACH(const SbDomain, domain, reached) {
        SbInventoryMachine *machine = g_new0(SbInventoryMachine, 1);
        machine->name = g_strdup(domain->name);
        machine->fleet = g_strdup(domain->metadata->fleet);
        machine->group = g_strdup(domain->metadata->group);
        machine->config_path = g_strdup(sb_access_config_path(access));
        g_ptr_array_add(data, machine);
    }
}

GPtrArray *sb_inventory(const SbOperation *operation, const char *const *names, GError **error)
{
    g_autoptr(GPtrArray) inventory = g_ptr_array_new_with_free_func(machine_free);
    return for_each_fleet(operation, names, add_machines, inventory, error)
               ? g_steal_pointer(&inventory)
               : NULL;
}

static void add_config(const SbAccess *access, const GPtrArray *reached, gpointer data)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    SB_EACH(const SbDomain, domain, reached)
        g_ptr_array_add(names, domain->name);
    g_autofree char *text = sb_access_config_text(access, names);
    g_string_append(data, text);
}

char *sb_inventory_ssh_config(const SbOperation *operation, const char *const *names,
                              GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    return for_each_fleet(operation, names, add_config, text, error) ? g_strdup(text->str) : NULL;
}

char *sb_inventory_include_lines(GError **error)
{
    g_autofree char *root = sb_state_dir_root();
    return sb_ssh_include_lines(root, "*/*/" SB_SSH_CONFIG_FILE, error);
}
