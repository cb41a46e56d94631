/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "cli/command.h"
#include "cli/open-pool.h"
#include "cli/options.h"
#include "cli/output.h"

#include "base/json-members.h"
#include "fleet/list.h"
#include "model/ssh-config.h"

#include <stdio.h>
#include <string.h>

static gboolean is_for_tmt;

static gboolean on_format(const char *option, const char *value, gpointer data, GError **error)
{
    is_for_tmt = strcmp(value, "tmt") == 0;
    return is_for_tmt || sb_option_format(option, value, data, error);
}

static const GOptionEntry entries[] = {{"format", 'f', 0, G_OPTION_ARG_CALLBACK, on_format,
                                        "'text' (the default), 'json' or 'tmt'", "FORMAT"},
                                       SB_OPTION_TABLE,
                                       G_OPTION_ENTRY_NULL};

/* The run that a machine belongs to, such as "test 1234". (transfer full) (nullable) */
static char *describe_run(const SbListedMachine *machine)
{
    static const char *const notes[] = {[SB_MAKER_ENDED] = " (ended)", [SB_MAKER_UNKNOWN] = "?"};
    const SbMetadata *metadata = machine->domain->metadata;
    const char *note = (gsize)machine->maker < G_N_ELEMENTS(notes) ? notes[machine->maker] : NULL;
    return metadata->run ? g_strdup_printf("%s %u%s", metadata->run,
                                           sb_metadata_creator_pid(metadata), note ? note : "")
                         : NULL;
}

static int print_table(const SbCli *cli, const SbList *list)
{
    g_autoptr(SbTable) table = sb_table_new("FLEET", "MACHINE", "STATE", "ADDRESS", "IMAGE", "AGE",
                                            "EXPIRES", "RUN", "SNAPSHOTS", NULL);
    sb_table_set_optional(table, "EXPIRES");
    sb_table_set_optional(table, "RUN");
    sb_table_set_optional(table, "SNAPSHOTS");
    SB_EACH(const SbListedMachine, machine, list->machines) {
        const SbMetadata *metadata = machine->domain->metadata;
        g_autofree char *shown = machine->address && machine->port != 22
                                     ? g_strdup_printf("%s:%u", machine->address, machine->port)
                                     : g_strdup(machine->address);
        g_autofree char *age = sb_age_since(metadata->created);
        g_autofree char *expires = metadata->expires ? sb_time_until(metadata->expires) : NULL;
        g_autofree char *run = describe_run(machine);
        g_autofree char *snapshots = sb_join_names(machine->snapshots, ", ");
        sb_table_add(table, metadata->fleet, machine->domain->name, machine->state, shown,
                     metadata->image, age, expires, run, snapshots);
    }
    for (guint i = 0; i < list->bare_fleets->len; i++)
        sb_table_add(table, g_ptr_array_index(list->bare_fleets, i), NULL, "only its network", NULL,
                     NULL, NULL, NULL, NULL, NULL);
    return sb_cli_print_table(cli, table);
}

/* Adds the path of the file NAME in FOLDER (nullable), or null if there is no such file. */
static void add_path(JsonBuilder *builder, const char *member, const char *folder, const char *name)
{
    g_autofree char *path = folder ? g_build_filename(folder, name, NULL) : NULL;
    gboolean is_there = path && g_file_test(path, G_FILE_TEST_EXISTS);
    sb_json_add_text(builder, member, is_there ? path : NULL);
}

static void add_machine(JsonBuilder *builder, const SbListedMachine *machine)
{
    const SbDomain *domain = machine->domain;
    const SbMetadata *metadata = domain->metadata;
    json_builder_begin_object(builder);
    sb_json_add_text(builder, "name", domain->name);
    sb_json_add_text(builder, "uuid", domain->uuid);
    sb_json_add_text(builder, "fleet", metadata->fleet);
    sb_json_add_text(builder, "group", metadata->group);
    sb_json_add_number(builder, "index", metadata->index);
    sb_json_add_text(builder, "state", machine->state);
    if (machine->cause)
        sb_json_add_text(builder, "cause", machine->cause);
    sb_json_add_text(builder, "address", machine->address);
    sb_json_add_number(builder, "port", machine->port);
    sb_json_add_text(builder, "login", metadata->login);
    sb_json_add_text(builder, "host_key", metadata->host_key);
    add_path(builder, "identity_file", machine->folder, SB_SSH_IDENTITY_FILE);
    add_path(builder, "known_hosts", machine->folder, SB_SSH_KNOWN_HOSTS_FILE);
    add_path(builder, "ssh_config", machine->folder, SB_SSH_CONFIG_FILE);
    sb_json_add_text(builder, "image", metadata->image);
    sb_json_add_text(builder, "image_volume", metadata->image_volume);
    sb_json_add_text(builder, "pool", metadata->pool);
    sb_json_add_text(builder, "network", sb_network_kind_name(metadata->network));
    sb_json_add_text(builder, "created", metadata->created);
    sb_json_add_text(builder, "expires", metadata->expires);
    sb_json_add_text(builder, "run", metadata->run);
    if (metadata->run) {
        static const char *const states[] = {[SB_MAKER_SELF] = "running",
                                             [SB_MAKER_RUNS] = "running",
                                             [SB_MAKER_ENDED] = "ended",
                                             [SB_MAKER_UNKNOWN] = "unknown"};
        sb_json_add_text(builder, "run_state", states[machine->maker]);
        sb_json_add_number(builder, "run_pid", sb_metadata_creator_pid(metadata));
        sb_json_add_text(builder, "run_host", metadata->creator_host);
    }
    sb_json_add_texts(builder, "ports", machine->ports);
    sb_json_add_texts(builder, "snapshots", machine->snapshots);
    json_builder_end_object(builder);
}

static void print_json(const SbList *list)
{
    JsonBuilder *builder = sb_json_document("list");
    sb_json_begin_array(builder, "machines");
    for (guint i = 0; i < list->machines->len; i++)
        add_machine(builder, g_ptr_array_index(list->machines, i));
    json_builder_end_array(builder);
    sb_json_begin_array(builder, "fleets_without_machines");
    for (guint i = 0; i < list->bare_fleets->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(list->bare_fleets, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
    sb_json_print(builder);
}

/* ---- tmt ---- */

/* YAML: between single quotes, only the quote itself is special. (transfer full) */
static char *quote(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "'", -1);
    g_autofree char *doubled = g_strjoinv("''", parts);
    return g_strdup_printf("'%s'", doubled);
}

static void print_tmt_option(const char *name, const char *value)
{
    g_autofree char *option = g_strdup_printf("%s=%s", name, value);
    g_autofree char *quoted = quote(option);
    printf("  - %s\n", quoted);
}

/* One phase of the step "provision". The group is its role, as tests of several machines have it.
 */
static void print_tmt_machine(const SbListedMachine *machine, const char *proxy)
{
    const SbMetadata *metadata = machine->domain->metadata;
    g_autofree char *key = g_build_filename(machine->folder, SB_SSH_IDENTITY_FILE, NULL);
    g_autofree char *quoted_key = quote(key);
    /* ssh takes several files, with blanks between them. */
    g_autofree char *hosts = g_strdup_printf("\"%s/%s\"", machine->folder, SB_SSH_KNOWN_HOSTS_FILE);
    printf("- name: %s\n  role: %s\n  how: connect\n", machine->domain->name, metadata->group);
    printf("  guest: '%s'\n  port: %u\n  user: '%s'\n  key: %s\n  ssh-option:\n", machine->address,
           machine->port, metadata->login, quoted_key);
    print_tmt_option("HostKeyAlias", machine->domain->name);
    print_tmt_option("UserKnownHostsFile", hosts);
    print_tmt_option("StrictHostKeyChecking", "yes");
    print_tmt_option("IdentitiesOnly", "yes");
    if (proxy)
        print_tmt_option("ProxyCommand", proxy);
}

/* The step of a plan, as fmf. */
static void print_tmt(const SbList *list, const char *proxy)
{
    g_autoptr(GPtrArray) reached = g_ptr_array_new();
    SB_EACH(SbListedMachine, machine, list->machines) {
        if (machine->address && machine->folder)
            g_ptr_array_add(reached, machine);
        else
            fprintf(stderr, "%s: is left out: %s\n", machine->domain->name,
                    machine->folder ? "it has no address now" : "this user does not have its key");
    }
    puts(reached->len > 0 ? "provision:" : "provision: []");
    SB_EACH(const SbListedMachine, machine, reached)
        print_tmt_machine(machine, proxy);
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    g_auto(SbLease) lease = sb_lease_take(host, &error);
    g_autoptr(SbList) list =
        lease.connection ? sb_list(host, lease.connection, (const char *const *)arguments, &error)
                         : NULL;
    if (!list)
        return sb_cli_fail(error);
    if (is_for_tmt) {
        print_tmt(list, sb_host_ssh_proxy(host));
        return SB_EXIT_OK;
    }
    if (cli->format != SB_FORMAT_JSON)
        return print_table(cli, list);
    print_json(list);
    return SB_EXIT_OK;
}

const SbCommand sb_command_list = {
    .name = "list",
    .arguments = "[FLEET…]",
    .summary = "show fleets and machines: state, address, image, age, snapshots",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
