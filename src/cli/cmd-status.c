/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "cli/command.h"
#include "cli/open-pool.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/report-files.h"

#include "base/json-members.h"
#include "cloud-init/boot-timeline.h"
#include "fleet/status-page.h"
#include "machine/status.h"

#include <stdio.h>

/* What took less is left out of the text, not of the JSON. */
enum { SHOWN_MS = 100 };

static char *html;

static const GOptionEntry entries[] = {
    SB_OPTION_FORMAT,
    {"html", 0, 0, G_OPTION_ARG_FILENAME, &html,
     "write a page for a browser to FILE, of a machine or of all machines of a fleet", "FILE"},
    G_OPTION_ENTRY_NULL};

/* ---- text ---- */

static void print_verdict(const char *machine, const SbCloudInitVerdict *verdict)
{
    if (verdict->is_absent) {
        printf("%s: has no cloud-init\n", machine);
        return;
    }
    printf("%s: cloud-init%s%s: %s", machine, *verdict->version ? " " : "", verdict->version,
           sb_cloud_init_state_name(verdict->state));
    if (*verdict->datasource)
        printf(" (datasource %s)", verdict->datasource);
    g_autofree char *failures = sb_cloud_init_failures_text(verdict);
    g_autofree char *warnings = sb_cloud_init_warnings_text(verdict);
    if (*failures)
        printf("\nfailed:%s", failures);
    if (*warnings)
        printf("\nwarned:%s", warnings);
    putchar('\n');
}

static void print_timeline(const GPtrArray *timeline)
{
    if (timeline->len == 0)
        return;
    printf("\n  %9s  %9s  since the kernel's start\n", "AT", "TOOK");
    SB_EACH(const SbTimelineEntry, entry, timeline) {
        gint64 took_ms = entry->end_ms - entry->start_ms;
        if (entry->depth > 0 && entry->end_ms >= 0 && took_ms < SHOWN_MS)
            continue;
        g_autofree char *took = entry->end_ms < 0 && entry->start_ms >= 0 ? g_strdup("runs")
                                : took_ms == 0                            ? g_strdup("-")
                                               : g_strdup_printf("%.1f s", (double)took_ms / 1000);
        printf("  %7.1f s  %9s  %*s%s\n", (double)entry->start_ms / 1000, took,
               (int)(2 * entry->depth), "", entry->name);
    }
}

/* ---- JSON ---- */

static void add_failures(JsonBuilder *builder, const GPtrArray *failures)
{
    sb_json_begin_array(builder, "failures");
    SB_EACH(const SbCloudInitFailure, failure, failures) {
        json_builder_begin_object(builder);
        sb_json_add_text(builder, "module", failure->module);
        sb_json_add_text(builder, "stage", failure->stage);
        sb_json_add_text(builder, "message", failure->message);
        sb_json_add_texts(builder, "log", failure->log);
        sb_json_add_texts(builder, "output", failure->output);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_timeline(JsonBuilder *builder, const GPtrArray *timeline)
{
    sb_json_begin_array(builder, "timeline");
    SB_EACH(const SbTimelineEntry, entry, timeline) {
        json_builder_begin_object(builder);
        sb_json_add_text(builder, "name", entry->name);
        sb_json_add_number(builder, "depth", entry->depth);
        json_builder_set_member_name(builder, "start_ms");
        json_builder_add_int_value(builder, entry->start_ms);
        json_builder_set_member_name(builder, "end_ms");
        if (entry->end_ms < 0 && entry->start_ms >= 0)
            json_builder_add_null_value(builder);
        else
            json_builder_add_int_value(builder, entry->end_ms);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void add_verdict(JsonBuilder *builder, const SbCloudInitVerdict *verdict)
{
    sb_json_add_text(builder, "cloud_init",
                     verdict->is_absent ? "absent" : sb_cloud_init_state_name(verdict->state));
    sb_json_add_text(builder, "version", verdict->version);
    sb_json_add_text(builder, "datasource", verdict->datasource);
    add_failures(builder, verdict->failures);
    sb_json_add_texts(builder, "warnings", verdict->warnings);
    add_timeline(builder, verdict->timeline);
}

static void add_diagnosis(JsonBuilder *builder, const SbDiagnosis *diagnosis)
{
    sb_json_begin_object(builder, "diagnosis");
    sb_json_add_text(builder, "rule", diagnosis->rule);
    sb_json_add_text(builder, "cause", diagnosis->cause);
    sb_json_add_texts(builder, "evidence", diagnosis->evidence);
    sb_json_add_text(builder, "next", diagnosis->next);
    json_builder_end_object(builder);
}

static void print_json(const char *machine, const SbStatus *status)
{
    JsonBuilder *builder = sb_json_document("status");
    sb_json_add_text(builder, "machine", machine);
    sb_json_add_text(builder, "state", status->state);
    sb_json_add_texts(builder, "ports", status->ports);
    sb_json_add_texts(builder, "snapshots", status->snapshots);
    if (status->verdict)
        add_verdict(builder, status->verdict);
    if (status->diagnosis)
        add_diagnosis(builder, status->diagnosis);
    json_builder_end_object(builder);
    sb_json_print(builder);
}

static void print_text(const char *machine, const SbStatus *status)
{
    g_autofree char *ports = sb_join_names(status->ports, ", ");
    g_autofree char *snapshots = sb_join_names(status->snapshots, ", ");
    if (status->verdict) {
        print_verdict(machine, status->verdict);
        print_timeline(status->verdict->timeline);
    } else {
        g_autofree char *text =
            status->diagnosis ? sb_diagnosis_text(status->diagnosis, NULL) : g_strdup("no answer");
        g_autofree char *shown = sb_output_text(text);
        printf("%s: %s: %s\n", machine, status->state, shown);
    }
    if (ports)
        printf("%s: ports: %s\n", machine, ports);
    if (snapshots)
        printf("%s: snapshots: %s\n", machine, snapshots);
}

/* ---- the command ---- */

static int write_page(const SbOperation *operation, char **names)
{
    g_autoptr(GError) error = NULL;
    gboolean is_well = FALSE;
    char *page = sb_status_page(operation, (const char *const *)names, &is_well, &error);
    if (!page)
        return sb_cli_signal_status(sb_cli_fail(error));
    return sb_report_files_write_text(html, page) && is_well ? SB_EXIT_OK : SB_EXIT_INFRASTRUCTURE;
}

static int run(SbCli *cli, char **arguments)
{
    g_autoptr(GError) error = NULL;
    const SbOperation operation = {.host = sb_cli_host(cli, &error),
                                   .cancellable = sb_cli_catch_signals()};
    if (operation.host && html)
        return write_page(&operation, arguments);
    g_autoptr(SbStatus) status =
        operation.host ? sb_status(&operation, arguments[0], &error) : NULL;
    if (!status)
        return sb_cli_signal_status(sb_cli_fail(error));
    if (cli->format == SB_FORMAT_JSON)
        print_json(arguments[0], status);
    else
        print_text(arguments[0], status);
    const SbCloudInitVerdict *verdict = status->verdict;
    gboolean is_well = verdict && (verdict->is_absent || verdict->state != SB_CLOUD_INIT_ERROR);
    return is_well ? SB_EXIT_OK : SB_EXIT_INFRASTRUCTURE;
}

const SbCommand sb_command_status = {
    .name = "status",
    .arguments = "MACHINE|FLEET",
    .summary = "show how boot and cloud-init of a machine went",
    .details = "Failures are shown with the lines of the logs that explain them. A timeline shows "
               "when each stage and module ran. If the machine does not answer, the cause is "
               "shown, with the evidence for it and a next step. The exit status is 3 if the "
               "machine does not answer or its cloud-init failed.",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
