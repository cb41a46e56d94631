/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/report-files.h"

#include "local/input-file.h"
#include "test/report-merge.h"
#include "test/test-shard.h"

#include <stdio.h>

static char *durations;

static const GOptionEntry entries[] = {
    SB_OPTION_JUNIT,
    SB_OPTION_JSON,
    SB_OPTION_HTML,
    {"durations", 0, 0, G_OPTION_ARG_FILENAME, &durations,
     "also write how long each test took, for 'test --durations'", "FILE"},
    G_OPTION_ENTRY_NULL};

static void part_clear(gpointer data)
{
    g_clear_pointer(&((SbReportPart *)data)->report, sb_report_free);
}

/* (transfer full) of SbReportPart; NULL after the error was printed */
static GArray *read_parts(char **files)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, TRUE, sizeof(SbReportPart));
    g_array_set_clear_func(parts, part_clear);
    for (; *files; files++) {
        g_autoptr(GError) error = NULL;
        SbReportPart part = {.file = *files};
        g_autoptr(GBytes) bytes = sb_input_file_read(*files, SB_REPORT_MAX_BYTES, &error);
        if (bytes)
            part.report =
                sb_report_from_json(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
        if (bytes && !part.report)
            g_prefix_error(&error, "'%s': ", *files);
        if (!part.report) {
            fprintf(stderr, "seedbed: %s\n", error->message);
            return NULL;
        }
        g_array_append_val(parts, part);
    }
    return g_steal_pointer(&parts);
}

static gboolean write_durations(const SbReport *report)
{
    if (!durations)
        return TRUE;
    g_autoptr(GHashTable) measured = sb_report_durations(report);
    return sb_report_files_write_text(durations, sb_test_durations_to_json(measured));
}

static int run(SbCli *cli, char **files)
{
    if (!sb_report_files_check(cli))
        return SB_EXIT_USAGE;
    g_autoptr(GArray) parts = read_parts(files);
    if (!parts)
        return SB_EXIT_USAGE;
    g_autoptr(GError) error = NULL;
    g_autoptr(SbReport) merged =
        sb_report_merge(&g_array_index(parts, SbReportPart, 0), parts->len, &error);
    if (!merged)
        return sb_cli_fail(error);
    gboolean is_written = write_durations(merged);
    if (!sb_report_files_write(cli, merged) || !is_written || sb_report_is_broken(merged))
        return SB_EXIT_INFRASTRUCTURE;
    return sb_report_is_bad(merged) ? SB_EXIT_TESTS_FAILED : SB_EXIT_OK;
}

const SbCommand sb_command_report_merge = {
    .name = "report merge",
    .arguments = "FILE…",
    .summary = "make one report of the parts and repetitions of a test",
    .details = "Each FILE is a report of 'test --json'. All must be of the same fleet file. If a "
               "part has no report, the merged report fails. Standard output and exit status "
               "are those of 'test'.",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
