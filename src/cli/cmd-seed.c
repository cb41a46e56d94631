/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/options.h"
#include "cli/output.h"

#include "base/json-members.h"
#include "cloud-init/lint.h"
#include "cloud-init/seed-meta.h"
#include "cloud-init/user-data.h"
#include "fleet/load.h"
#include "local/input-file.h"
#include "local/seed-file.h"

#include <stdio.h>

static char *user_data, *meta_data, *network_config, *vendor_data, *output, *shown, *hostname;
static gboolean no_lint;

static const GOptionEntry entries[] = {
    {"user-data", 'u', 0, G_OPTION_ARG_FILENAME, &user_data,
     "what the machine does to configure itself", "FILE"},
    {"meta-data", 0, 0, G_OPTION_ARG_FILENAME, &meta_data,
     "the machine's instance-id and name (default: made from the other files)", "FILE"},
    {"network-config", 0, 0, G_OPTION_ARG_FILENAME, &network_config,
     "the configuration of the machine's network", "FILE"},
    {"vendor-data", 'v', 0, G_OPTION_ARG_FILENAME, &vendor_data,
     "user-data that gives way to the user's", "FILE"},
    {"hostname", 'H', 0, G_OPTION_ARG_STRING, &hostname,
     "the machine's name, if no meta-data is given", "NAME"},
    {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "the seed to make", "FILE"},
    {"no-lint", 0, 0, G_OPTION_ARG_NONE, &no_lint, "do not check the files first", NULL},
    {"show", 0, 0, G_OPTION_ARG_FILENAME, &shown, "list the files of a seed, and make none",
     "FILE"},
    {"format", 'f', 0, G_OPTION_ARG_CALLBACK, sb_option_format,
     "with --show: 'text' (the default) or 'json'", "FORMAT"},
    G_OPTION_ENTRY_NULL};

/* ---- showing ---- */

static const char *format_of(GBytes *data)
{
    g_autoptr(GBytes) unpacked = sb_user_data_unpack(data);
    if (!unpacked)
        return "damaged gzip";
    gsize length;
    const char *text = g_bytes_get_data(unpacked, &length);
    switch (sb_user_data_format(text ? text : "", length)) {
    case SB_USER_DATA_MIME:
        return "multipart";
    case SB_USER_DATA_UNKNOWN:
        return "unknown to cloud-init";
    default:
        return sb_user_data_content_type(sb_user_data_format(text, length));
    }
}

static void show_json(const SbSeed *seed, guint others)
{
    const struct {
        const char *name;
        GBytes *bytes;
    } files[] = {{"user-data", seed->user_data},
                 {"meta-data", seed->meta_data},
                 {"network-config", seed->network_config},
                 {"vendor-data", seed->vendor_data}};
    static const char *const keys[] = {"instance-id", "local-hostname"};
    JsonBuilder *json = sb_json_document("seed");
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *value = sb_seed_meta_text(seed->meta_data, keys[i]);
        json_builder_set_member_name(json, i == 0 ? "instance_id" : "local_hostname");
        if (value)
            json_builder_add_string_value(json, value);
        else
            json_builder_add_null_value(json);
    }
    sb_json_add_number(json, "other_files", others);
    sb_json_begin_array(json, "files");
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (!files[i].bytes)
            continue;
        gboolean is_user_data = i == 0 || i == 3;
        json_builder_begin_object(json);
        sb_json_add_text(json, "name", files[i].name);
        sb_json_add_number(json, "bytes", g_bytes_get_size(files[i].bytes));
        sb_json_add_text(json, "format", is_user_data ? format_of(files[i].bytes) : "yaml");
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    sb_json_print(json);
}

static void add_row(SbTable *table, const char *name, GBytes *bytes, const char *about)
{
    if (!bytes)
        return;
    g_autofree char *size = g_strdup_printf("%zu", g_bytes_get_size(bytes));
    sb_table_add(table, name, size, about);
}

static void show_text(const SbSeed *seed, guint others)
{
    g_autofree char *id = sb_seed_meta_text(seed->meta_data, "instance-id");
    g_autofree char *name = sb_seed_meta_text(seed->meta_data, "local-hostname");
    g_autofree char *about =
        g_strdup_printf("instance-id '%.60s'%s%.60s%s", id ? id : "",
                        name ? ", local-hostname '" : "", name ? name : "", name ? "'" : "");
    g_autoptr(SbTable) table = sb_table_new("FILE", "BYTES", "CONTENT", NULL);
    add_row(table, "user-data", seed->user_data,
            seed->user_data ? format_of(seed->user_data) : NULL);
    add_row(table, "meta-data", seed->meta_data, id ? about : "no instance-id");
    add_row(table, "network-config", seed->network_config, "yaml");
    add_row(table, "vendor-data", seed->vendor_data,
            seed->vendor_data ? format_of(seed->vendor_data) : NULL);
    sb_table_print(table);
    if (others > 0)
        fprintf(stderr, "and %u file%s that cloud-init does not read\n", others,
                others == 1 ? "" : "s");
}

static int show(const char *path, SbFormat format)
{
    g_autoptr(GError) error = NULL;
    g_auto(SbSeed) seed = {0};
    guint others = 0;
    if (!sb_seed_file_read(path, &seed, &others, &error))
        return sb_cli_fail(error);
    if (format == SB_FORMAT_JSON)
        show_json(&seed, others);
    else
        show_text(&seed, others);
    return SB_EXIT_OK;
}

/* ---- making ---- */

/* Reads the file at PATH (nullable) into *SLOT, and checks it. FALSE: errors were printed. */
static gboolean read_input(const SbCli *cli, SbLinter *linter, SbLintKind kind, const char *path,
                           GBytes **slot)
{
    if (!path)
        return TRUE;
    g_autoptr(GError) error = NULL;
    *slot = sb_input_file_read(path, SB_INPUT_MAX_BYTES, &error);
    if (!*slot) {
        sb_cli_fail(error);
        return FALSE;
    }
    if (no_lint)
        return TRUE;
    gsize length;
    const char *data = g_bytes_get_data(*slot, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_lint(linter, kind, path, data ? data : "", length, diagnostics);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    gboolean has_errors = sb_diagnostics_errors(diagnostics) > 0;
    if (*text && (has_errors || !cli->is_quiet))
        fprintf(stderr, "%s\n", text);
    return !has_errors;
}

static gboolean equal(GBytes *a, GBytes *b)
{
    return a && b ? g_bytes_equal(a, b) : a == b;
}

/* Warns if SEED will not be used by machines that have booted with OLD, the seed before. */
static void warn_of_same_id(const char *path, const SbSeed *old, const SbSeed *seed)
{
    g_autofree char *old_id = sb_seed_meta_text(old->meta_data, "instance-id");
    g_autofree char *new_id = sb_seed_meta_text(seed->meta_data, "instance-id");
    gboolean is_same = equal(old->user_data, seed->user_data) &&
                       equal(old->network_config, seed->network_config) &&
                       equal(old->vendor_data, seed->vendor_data);
    if (old->meta_data && g_strcmp0(old_id, new_id) == 0 && !is_same)
        fprintf(stderr,
                "%s: warning: the seed that was here has the same instance-id: a machine that has "
                "booted with it will ignore the new one [instance-id]\n",
                path);
}

static int make(const SbCli *cli)
{
    g_auto(SbSeed) seed = {0};
    g_autoptr(SbLinter) linter = sb_linter_new();
    g_autoptr(GError) error = NULL;
    /* Read all files first, so that all errors are printed. */
    gboolean is_good = read_input(cli, linter, SB_LINT_USER_DATA, user_data, &seed.user_data);
    is_good &= read_input(cli, linter, SB_LINT_META_DATA, meta_data, &seed.meta_data);
    is_good &=
        read_input(cli, linter, SB_LINT_NETWORK_CONFIG, network_config, &seed.network_config);
    is_good &= read_input(cli, linter, SB_LINT_USER_DATA, vendor_data, &seed.vendor_data);
    if (!is_good)
        return SB_EXIT_USAGE;
    if (!seed.meta_data) {
        const SbSeedMeta content = {seed.user_data, seed.network_config, seed.vendor_data,
                                    hostname};
        seed.meta_data = sb_seed_meta_make(&content);
    }
    g_auto(SbSeed) old = {0};
    if (!sb_seed_file_write(output, &seed, &old, &error))
        return sb_cli_fail(error);
    if (!no_lint && !cli->is_quiet)
        warn_of_same_id(output, &old, &seed);
    return SB_EXIT_OK;
}

static int run(SbCli *cli, char **arguments)
{
    if (shown && (output || user_data || meta_data || network_config || vendor_data || hostname))
        return sb_cli_usage(cli, "--show does not make a seed: use it without the other options");
    if (shown)
        return show(shown, cli->format);
    if (cli->format != SB_FORMAT_DEFAULT)
        return sb_cli_usage(cli, "--format is only for --show");
    if (!user_data || !output)
        return sb_cli_usage(cli, "a seed needs --user-data FILE and --output FILE");
    if (hostname && meta_data)
        return sb_cli_usage(
            cli, "--hostname and --meta-data exclude each other: write the name into '%s'",
            meta_data);
    if (hostname && !sb_seed_meta_is_hostname(hostname))
        return sb_cli_usage(cli, "--hostname: '%.60s' is not a host name", hostname);
    return make(cli);
}

const SbCommand sb_command_seed = {
    .name = "seed",
    .summary = "make a NoCloud seed from files as they are, or list its files",
    .details = "seedbed seed --user-data FILE -o seed.iso\nseedbed seed --show seed.iso",
    .options = entries,
    .run = run,
};
