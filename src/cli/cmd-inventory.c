/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/output.h"

#include "base/array.h"
#include "base/json-members.h"
#include "fleet/inventory.h"

#include <stdio.h>
#include <string.h>

static gboolean is_list;
static char *only_host, *format;

static const GOptionEntry entries[] = {
    {"list", 'l', 0, G_OPTION_ARG_NONE, &is_list, "the same as --format json", NULL},
    {"host", 0, 0, G_OPTION_ARG_STRING, &only_host, "print the variables of one machine, as JSON",
     "MACHINE"},
    {"format", 'f', 0, G_OPTION_ARG_STRING, &format, "'ini' (the default), 'yaml' or 'json'",
     "FORMAT"},
    G_OPTION_ENTRY_NULL};

/* The machines by group: the name of a group to a GPtrArray of SbInventoryMachine. A fleet is a
 * group too. Ansible allows no '-' in the name of a group. */
static GHashTable *group(const GPtrArray *inventory, GPtrArray *names)
{
    GHashTable *groups =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    SB_EACH(SbInventoryMachine, machine, inventory) {
        const char *const of[] = {machine->fleet, machine->group};
        for (gsize i = 0; i < G_N_ELEMENTS(of); i++) {
            g_autofree char *name = g_strdelimit(g_strdup(of[i]), "-", '_');
            GPtrArray *members = g_hash_table_lookup(groups, name);
            if (!members) {
                members = g_ptr_array_new();
                g_hash_table_insert(groups, g_strdup(name), members);
                g_ptr_array_add(names, g_steal_pointer(&name));
            }
            if (!g_ptr_array_find(members, machine, NULL))
                g_ptr_array_add(members, machine);
        }
    }
    return groups;
}

/* The options of ssh: they name the key, the address, and the pinned host key. (transfer full) */
static char *ssh_arguments(const SbInventoryMachine *machine)
{
    g_autofree char *path = g_shell_quote(machine->config_path);
    return g_strconcat("-F ", path, NULL);
}

/* ---- JSON ---- */

static void add_variables(JsonBuilder *builder, const SbInventoryMachine *machine)
{
    g_autofree char *arguments = ssh_arguments(machine);
    json_builder_begin_object(builder);
    sb_json_add_text(builder, "ansible_ssh_common_args", arguments);
    json_builder_end_object(builder);
}

static void print_json(const GPtrArray *inventory, GHashTable *groups, const GPtrArray *names)
{
    JsonBuilder *builder = json_builder_new();
    json_builder_begin_object(builder);
    SB_EACH(const char, name, names) {
        sb_json_begin_object(builder, name);
        json_builder_set_member_name(builder, "hosts");
        json_builder_begin_array(builder);
        const GPtrArray *members = g_hash_table_lookup(groups, name);
        SB_EACH(const SbInventoryMachine, machine, members)
            json_builder_add_string_value(builder, machine->name);
        json_builder_end_array(builder);
        json_builder_end_object(builder);
    }
    sb_json_begin_object(builder, "_meta");
    sb_json_begin_object(builder, "hostvars");
    SB_EACH(const SbInventoryMachine, machine, inventory) {
        json_builder_set_member_name(builder, machine->name);
        add_variables(builder, machine);
    }
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    sb_json_print(builder);
}

/* Ansible asks for a host that is not there, too: it has no variables. */
static void print_host(const GPtrArray *inventory, const char *name)
{
    JsonBuilder *builder = json_builder_new();
    gboolean is_there = FALSE;
    SB_EACH(const SbInventoryMachine, machine, inventory)
        if (!is_there && strcmp(machine->name, name) == 0) {
            is_there = TRUE;
            add_variables(builder, machine);
        }
    if (!is_there) {
        json_builder_begin_object(builder);
        json_builder_end_object(builder);
    }
    sb_json_print(builder);
}

/* ---- files ---- */

static void print_ini(const GPtrArray *inventory, GHashTable *groups, const GPtrArray *names)
{
    SB_EACH(const SbInventoryMachine, machine, inventory) {
        g_autofree char *arguments = ssh_arguments(machine);
        g_autofree char *quoted = g_shell_quote(arguments);
        printf("%s ansible_ssh_common_args=%s\n", machine->name, quoted);
    }
    SB_EACH(const char, name, names) {
        printf("\n[%s]\n", name);
        const GPtrArray *members = g_hash_table_lookup(groups, name);
        SB_EACH(const SbInventoryMachine, machine, members)
            puts(machine->name);
    }
}

static void print_yaml(const GPtrArray *inventory, GHashTable *groups, const GPtrArray *names)
{
    puts(inventory->len ? "all:\n  hosts:" : "all: {}");
    SB_EACH(const SbInventoryMachine, machine, inventory) {
        g_autofree char *arguments = ssh_arguments(machine);
        g_autofree char *escaped = g_strescape(arguments, NULL);
        printf("    %s:\n      ansible_ssh_common_args: \"%s\"\n", machine->name, escaped);
    }
    if (names->len > 0)
        puts("  children:");
    SB_EACH(const char, name, names) {
        printf("    %s:\n      hosts:\n", name);
        const GPtrArray *members = g_hash_table_lookup(groups, name);
        SB_EACH(const SbInventoryMachine, machine, members)
            printf("        %s:\n", machine->name);
    }
}

static void on_event(const SbEvent *event, gpointer data)
{
    const SbCli *cli = data;
    if (event->kind == SB_EVENT_NOTE && !cli->is_quiet)
        fprintf(stderr, "fleet '%s' is left out: %s\n", event->machine, event->text);
}

static int run(SbCli *cli, char **arguments)
{
    static const char *const formats[] = {"ini", "yaml", "json", NULL};
    const char *wanted = is_list ? "json" : format ? format : "ini";
    if (!g_strv_contains(formats, wanted))
        return sb_cli_usage(cli, "--format: '%.40s' is not 'ini', 'yaml' or 'json'", wanted);
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(cli, &error);
    SbOperation operation = {host, NULL, on_event, cli};
    g_autoptr(GPtrArray) inventory =
        host ? sb_inventory(&operation, (const char *const *)arguments, &error) : NULL;
    if (!inventory)
        return sb_cli_fail(error);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) groups = group(inventory, names);
    if (only_host)
        print_host(inventory, only_host);
    else if (strcmp(wanted, "json") == 0)
        print_json(inventory, groups, names);
    else if (strcmp(wanted, "yaml") == 0)
        print_yaml(inventory, groups, names);
    else
        print_ini(inventory, groups, names);
    return SB_EXIT_OK;
}

const SbCommand sb_command_inventory = {
    .name = "inventory",
    .arguments = "[FLEET…]",
    .summary = "print the machines that run as an inventory for Ansible",
    .details =
        "With --list and --host this is a dynamic inventory: an executable file with 'exec "
        "seedbed inventory \"$@\"' is one for ansible -i. Fleets and groups are groups, with "
        "'_' for '-' in their names.",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
