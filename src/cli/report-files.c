/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/report-files.h"

#include "base/xml.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

SbReportFiles sb_report_files;

/* Whether a report gets its name when it is whole: not a device, a pipe, or a link to one, such as
 * /dev/stdout, which is written to, and not replaced. */
static gboolean is_made_whole(const char *path)
{
    struct stat info;
    return lstat(path, &info) != 0 || S_ISREG(info.st_mode);
}

/* A file that cannot be written is known before hours of tests. */
static gboolean can_write(const char *path)
{
    if (path && !is_made_whole(path) && g_file_test(path, G_FILE_TEST_EXISTS))
        return access(path, W_OK) == 0 && !g_file_test(path, G_FILE_TEST_IS_DIR);
    g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;
    return !path || (access(folder, W_OK) == 0 && !g_str_has_suffix(path, "/"));
}

gboolean sb_report_files_check(const SbCli *cli)
{
    const char *paths[] = {sb_report_files.junit, sb_report_files.json, sb_report_files.html};
    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (can_write(paths[i]))
            continue;
        sb_cli_usage(cli, "cannot write the report '%s'", paths[i]);
        return FALSE;
    }
    return TRUE;
}

/* FALSE with errno. */
static gboolean write_through(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return FALSE;
    gboolean is_written = fputs(text, file) >= 0;
    return fclose(file) == 0 && is_written;
}

gboolean sb_report_files_write_text(const char *path, char *text)
{
    g_autofree char *owned = text;
    g_autoptr(GError) error = NULL;
    if (is_made_whole(path) ? g_file_set_contents(path, owned, -1, &error)
                            : write_through(path, owned))
        return TRUE;
    fprintf(stderr, "seedbed: cannot write the report '%s': %s\n", path,
            error ? error->message : g_strerror(errno));
    return FALSE;
}

static char *junit_text(const SbReport *report)
{
    g_autoptr(xmlDoc) junit = sb_report_to_junit(report);
    g_autofree char *xml = sb_xml_to_string(junit);
    return g_strconcat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", xml, "\n", NULL);
}

static char *json_text(const SbReport *report)
{
    g_autoptr(JsonNode) json = sb_report_to_json(report);
    g_autofree char *text = json_to_string(json, TRUE);
    return g_strconcat(text, "\n", NULL);
}

/* Prints the text for people. */
static void print_text(const SbReport *report, SbReportText part, FILE *to)
{
    g_autofree char *whole = sb_report_to_text(report, part);
    g_autofree char *text = sb_output_text(whole);
    fputs(text, to);
}

static void print(const SbCli *cli, const SbReport *report)
{
    if (cli->format == SB_FORMAT_JSON) {
        g_autoptr(JsonNode) json = sb_report_to_json(report);
        sb_json_print_node(json, FALSE);
        return;
    }
    /* The line of each suite was told when it ended. */
    SbReportText part =
        cli->command->tells_events && !cli->is_quiet ? SB_REPORT_DETAILS : SB_REPORT_ALL;
    if (isatty(STDOUT_FILENO)) {
        print_text(report, part, stdout);
        return;
    }
    g_autofree char *tap = sb_report_to_tap(report);
    fputs(tap, stdout);
    fflush(stdout);
    if (isatty(STDERR_FILENO))
        print_text(report, MAX(part, SB_REPORT_BAD), stderr);
}

gboolean sb_report_files_write(const SbCli *cli, const SbReport *report)
{
    print(cli, report);
    const SbReportFiles *files = &sb_report_files;
    gboolean is_junit =
        !files->junit || sb_report_files_write_text(files->junit, junit_text(report));
    gboolean is_json = !files->json || sb_report_files_write_text(files->json, json_text(report));
    gboolean is_html =
        !files->html || sb_report_files_write_text(files->html, sb_report_to_html(report));
    return is_junit && is_json && is_html;
}
