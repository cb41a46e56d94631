/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"

#include "base/json-members.h"
#include "libvirt/network.h"
#include "machine/lookup.h"
#include "model/fleet-file.h"

#include <string.h>

static const GOptionEntry entries[] = {SB_OPTION_FORMAT, G_OPTION_ENTRY_NULL};

static gboolean has_machines(const GPtrArray *domains, const char *fleet)
{
    for (guint i = 0; i < domains->len; i++)
        if (strcmp(((SbDomain *)g_ptr_array_index(domains, i))->metadata->fleet, fleet) == 0)
            return TRUE;
    return FALSE;
}

/* Fleets of which only the network is there: what a run that was killed early leaves. (transfer
 * full) or NULL */
static GPtrArray *bare_networks(virConnect *connection, const GPtrArray *domains, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GPtrArray *fleets = sb_network_list_fleets(connection, &cause);
    if (g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_DISCONNECTED)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return NULL;
    }
    /* A libvirtd without privileges may have no network driver, and then none of ours. */
    if (!fleets)
        return g_ptr_array_new();
    for (guint i = fleets->len; i > 0; i--)
        if (has_machines(domains, g_ptr_array_index(fleets, i - 1)))
            g_ptr_array_remove_index(fleets, i - 1);
    return fleets;
}

static void print_table(virConnect *connection, const GPtrArray *domains, const GPtrArray *bare)
{
    g_autoptr(SbTable) table =
        sb_table_new("FLEET", "MACHINE", "STATE", "ADDRESS", "IMAGE", "AGE", NULL);
    for (guint i = 0; i < domains->len; i++) {
        const SbDomain *domain = g_ptr_array_index(domains, i);
        guint16 port = 0;
        g_autofree char *address = sb_access_find(connection, domain, &port, NULL);
        g_autofree char *shown =
            address && port != 22 ? g_strdup_printf("%s:%u", address, port) : g_strdup(address);
        g_autofree char *age = sb_age_since(domain->metadata->created);
        sb_table_add(table, domain->metadata->fleet, domain->name,
                     sb_domain_state_name(domain->state), shown, domain->metadata->image, age);
    }
    for (guint i = 0; i < bare->len; i++)
        sb_table_add(table, g_ptr_array_index(bare, i), NULL, "only its network", NULL, NULL, NULL);
    sb_table_print(table);
}

static void add_machine(JsonBuilder *builder, virConnect *connection, const SbDomain *domain)
{
    const SbMetadata *metadata = domain->metadata;
    guint16 port = 0;
    g_autofree char *address = sb_access_find(connection, domain, &port, NULL);
    json_builder_begin_object(builder);
    sb_json_add_text(builder, "name", domain->name);
    sb_json_add_text(builder, "uuid", domain->uuid);
    sb_json_add_text(builder, "fleet", metadata->fleet);
    sb_json_add_text(builder, "group", metadata->group);
    sb_json_add_number(builder, "index", metadata->index);
    sb_json_add_text(builder, "state", sb_domain_state_name(domain->state));
    sb_json_add_text(builder, "address", address);
    sb_json_add_number(builder, "port", address ? port : 22);
    sb_json_add_text(builder, "login", metadata->login);
    sb_json_add_text(builder, "host_key", metadata->host_key);
    sb_json_add_text(builder, "image", metadata->image);
    sb_json_add_text(builder, "image_volume", metadata->image_volume);
    sb_json_add_text(builder, "pool", metadata->pool);
    sb_json_add_text(builder, "network", sb_network_kind_name(metadata->network));
    sb_json_add_text(builder, "created", metadata->created);
    json_builder_end_object(builder);
}

static void print_json(virConnect *connection, const GPtrArray *domains, const GPtrArray *bare)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "machines");
    json_builder_begin_array(builder);
    for (guint i = 0; i < domains->len; i++)
        add_machine(builder, connection, g_ptr_array_index(domains, i));
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "fleets_without_machines");
    json_builder_begin_array(builder);
    for (guint i = 0; i < bare->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(bare, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sb_json_print(builder);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    virConnect *connection = lease.connection;
    if (!connection)
        return sb_cli_fail(error);
    g_autoptr(GPtrArray) domains =
        arguments[0] ? sb_lookup_names(connection, (const char *const *)arguments, &error)
                     : sb_domain_list(connection, &error);
    g_autoptr(GPtrArray) bare = !domains     ? NULL
                                : *arguments ? g_ptr_array_new()
                                             : bare_networks(connection, domains, &error);
    if (bare && cli->format == SB_FORMAT_JSON)
        print_json(connection, domains, bare);
    else if (bare)
        print_table(connection, domains, bare);
    return bare ? SB_EXIT_OK : sb_cli_fail(error);
}

const SbCommand sb_command_list = {
    .name = "list",
    .arguments = "[FLEET…]",
    .summary = "show fleets and machines: state, address, image, age",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
