/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/output.h"

#include "base/json-members.h"
#include "cloud-init/lint.h"
#include "fleet/load.h"
#include "local/input-file.h"

#include <stdio.h>

static char *kind_name, *schema_path, *version_name;
static char **disabled;
static gboolean list_rules;

static const GOptionEntry entries[] = {
    SB_OPTION_FORMAT,
    {"kind", 0, 0, G_OPTION_ARG_STRING, &kind_name,
     "'user-data', 'vendor-data', 'network-config' or 'meta-data', where content cannot say it",
     "KIND"},
    {"schema", 0, 0, G_OPTION_ARG_FILENAME, &schema_path,
     "check cloud-configs against this JSON Schema, such as cloud-init's own", "FILE"},
    {"cloud-init", 0, 0, G_OPTION_ARG_STRING, &version_name,
     "the version of cloud-init that will read the files, such as '22.4' (default: any)",
     "VERSION"},
    {"disable", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &disabled,
     "leave out the findings of this rule; can be given several times", "RULE"},
    {"list-rules", 0, 0, G_OPTION_ARG_NONE, &list_rules, "show the rules, and check nothing", NULL},
    G_OPTION_ENTRY_NULL};

typedef struct {
    SbLinter *linter;
    const SbLintKind *kind; /* of all files; NULL: each says it itself */
    JsonBuilder *json;      /* NULL: text */
    guint files, errors, warnings;
} Run;

static int print_rules(SbFormat format)
{
    g_autoptr(SbTable) table = sb_table_new("RULE", "SEVERITY", "MEANING", NULL);
    JsonBuilder *json = sb_json_document("lint_rules");
    sb_json_begin_array(json, "rules");
    for (const SbLintRule *rule = sb_lint_rules; rule->id; rule++) {
        sb_table_add(table, rule->id, sb_severity_name(rule->severity), rule->summary);
        json_builder_begin_object(json);
        sb_json_add_text(json, "rule", rule->id);
        sb_json_add_text(json, "severity", sb_severity_name(rule->severity));
        sb_json_add_boolean(json, "can_be_disabled", !rule->is_fixed);
        sb_json_add_text(json, "summary", rule->summary);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    json_builder_end_object(json);
    if (format == SB_FORMAT_JSON) {
        sb_json_print(json);
    } else {
        sb_table_print(table);
        g_object_unref(json);
    }
    return SB_EXIT_OK;
}

/* ---- options ---- */

static gboolean set_disabled(const SbCli *cli, SbLinter *linter)
{
    for (char **id = disabled; id && *id; id++) {
        const SbLintRule *rule = sb_lint_rule_find(*id);
        if (!rule || rule->is_fixed) {
            sb_cli_usage(
                cli,
                rule ? "--disable: the rule '%.40s' cannot be switched off: without it, the rest "
                       "cannot be read"
                     : "--disable: unknown rule '%.40s': --list-rules shows the rules",
                *id);
            return FALSE;
        }
        sb_linter_disable(linter, *id);
    }
    return TRUE;
}

static gboolean set_schema(SbLinter *linter)
{
    if (!schema_path)
        return TRUE;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = sb_input_file_read(schema_path, SB_INPUT_MAX_BYTES, &error);
    if (!bytes) {
        sb_cli_fail(error);
        return FALSE;
    }
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    SbSchema *schema = sb_schema_load(schema_path, text, length, diagnostics);
    if (!schema) {
        g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
        sb_cli_refuse(findings);
        return FALSE;
    }
    sb_linter_set_schema(linter, schema);
    return TRUE;
}

/* ---- findings ---- */

static void print_findings(Run *run, const SbDiagnostics *diagnostics)
{
    for (guint i = 0; run->json && i < sb_diagnostics_count(diagnostics); i++) {
        const SbDiagnostic *diagnostic = sb_diagnostics_get(diagnostics, i);
        g_autofree char *file = g_utf8_make_valid(diagnostic->file, -1);
        json_builder_begin_object(run->json);
        sb_json_add_text(run->json, "file", file);
        sb_json_add_number(run->json, "line", diagnostic->mark.line);
        sb_json_add_number(run->json, "column", diagnostic->mark.column);
        sb_json_add_text(run->json, "severity", sb_severity_name(diagnostic->severity));
        sb_json_add_text(run->json, "rule", diagnostic->rule);
        sb_json_add_text(run->json, "path", diagnostic->path);
        sb_json_add_text(run->json, "message", diagnostic->message);
        json_builder_end_object(run->json);
    }
    g_autofree char *text = run->json ? NULL : sb_diagnostics_to_string(diagnostics);
    if (text && *text)
        puts(text);
}

static void lint_file(Run *run, const char *path)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = sb_input_file_read(path, SB_INPUT_MAX_BYTES, &error);
    gsize length = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    SbLintKind kind = run->kind ? *run->kind : sb_lint_kind(path, data ? data : "", length);
    if (!bytes) {
        sb_diagnostics_add(diagnostics, path, (SbMark){0, 0}, "%s", error->message);
    } else if (kind == SB_LINT_FLEET) {
        SbFleetFile *fleet = sb_fleet_load_linted(path, bytes, run->linter, diagnostics);
        g_clear_pointer(&fleet, sb_fleet_file_free);
    } else {
        sb_linter_set_offline(run->linter, FALSE);
        sb_lint(run->linter, kind, path, data ? data : "", length, diagnostics);
    }
    run->files++;
    run->errors += sb_diagnostics_errors(diagnostics);
    run->warnings += sb_diagnostics_total(diagnostics) - sb_diagnostics_errors(diagnostics);
    print_findings(run, diagnostics);
}

static void summarize(const SbCli *cli, Run *run)
{
    if (run->json) {
        json_builder_end_array(run->json);
        sb_json_add_number(run->json, "files", run->files);
        sb_json_add_number(run->json, "errors", run->errors);
        sb_json_add_number(run->json, "warnings", run->warnings);
        json_builder_end_object(run->json);
        sb_json_print(run->json);
    } else if (!cli->is_quiet) {
        fprintf(stderr, "%u file%s: %u error%s, %u warning%s\n", run->files,
                run->files == 1 ? "" : "s", run->errors, run->errors == 1 ? "" : "s", run->warnings,
                run->warnings == 1 ? "" : "s");
    }
}

static int run(SbCli *cli, char **arguments)
{
    if (list_rules)
        return print_rules(cli->format);
    guint version = sb_schema_version(version_name);
    if (version_name && !version)
        return sb_cli_usage(cli, "--cloud-init: '%.40s' is not a version such as '22.4'",
                            version_name);
    SbLintKind kind = SB_LINT_USER_DATA;
    if (kind_name && !sb_lint_kind_named(kind_name, &kind))
        return sb_cli_usage(cli,
                            "--kind: '%.40s' is none of user-data, vendor-data, network-config and "
                            "meta-data",
                            kind_name);
    g_autofree char *found = *arguments ? NULL : sb_cli_find_file(cli);
    if (!*arguments && !found)
        return SB_EXIT_USAGE;
    g_autoptr(SbLinter) linter = sb_linter_new();
    if (!set_disabled(cli, linter) || !set_schema(linter))
        return SB_EXIT_USAGE;
    sb_linter_set_version(linter, version);
    Run run = {.linter = linter, .kind = kind_name ? &kind : NULL};
    if (cli->format == SB_FORMAT_JSON) {
        run.json = sb_json_document("lint");
        sb_json_begin_array(run.json, "findings");
    }
    if (found)
        lint_file(&run, found);
    for (char **path = arguments; *path; path++)
        lint_file(&run, *path);
    summarize(cli, &run);
    return run.errors > 0 ? SB_EXIT_USAGE : SB_EXIT_OK;
}

const SbCommand sb_command_lint = {
    .name = "lint",
    .arguments = "[FILE…]",
    .summary = "check user-data, network-config, meta-data, and the files of a fleet file",
    .details = "Without FILE, the fleet file of the folder is checked. An error is something that "
               "cloud-init would refuse. A warning is something that is "
               "probably not meant. Switch a rule off with --disable, or in a file with "
               "'# seedbed-lint: disable=RULE'. The exit status is 2 if there is an error.",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
