/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"

#include "base/xml.h"
#include "tap/report.h"
#include "tap/suite-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024 };

static char *format_name;
static char *suite_name;
static int exit_status = -1;

static const GOptionEntry entries[] = {
    {"format", 'f', 0, G_OPTION_ARG_STRING, &format_name,
     "'text' (the default), 'html', 'json', 'junit' or 'tap'", "FORMAT"},
    {"name", 'n', 0, G_OPTION_ARG_STRING, &suite_name,
     "the name of the suite in the report (default: the name of the file)", "NAME"},
    {"status", 0, 0, G_OPTION_ARG_INT, &exit_status,
     "the exit status of the command that wrote the TAP: it must not contradict the tests",
     "NUMBER"},
    G_OPTION_ENTRY_NULL};

typedef enum { AS_TEXT, AS_JSON, AS_JUNIT, AS_TAP, AS_HTML } Format;

static gboolean parse_format(const char *name, Format *format_out)
{
    static const char *const names[] = {"text", "json", "junit", "tap", "html"};
    if (!name)
        name = names[AS_TEXT];
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *format_out = (Format)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Reads FD to its end. With IS_LIVE, the tests run now. FALSE with errno. */
static gboolean read_all(SbSuiteReader *reader, int fd, gboolean is_live)
{
    g_autofree char *chunk = g_malloc(CHUNK_BYTES);
    for (;;) {
        ssize_t length = read(fd, chunk, CHUNK_BYTES);
        if (length == 0)
            return TRUE;
        if (is_live)
            sb_suite_reader_set_time(reader, g_get_monotonic_time());
        if (length > 0)
            sb_suite_reader_push(reader, chunk, (gsize)length);
        else if (errno != EINTR)
            return FALSE;
    }
}

static gboolean is_pipe(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
}

/* The suite in the file at PATH (NULL: standard input), or NULL with errno. */
static SbSuite *read_suite(const char *path, const char *name, const SbSuiteLimits *limits)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (fd < 0)
        return NULL;
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new(name, limits);
    g_autoptr(GDateTime) started = g_date_time_new_now_utc();
    gint64 start = g_get_monotonic_time();
    /* The tests run now only if they write into the pipe that is read. */
    gboolean is_live = !path && is_pipe(fd);
    if (is_live)
        sb_suite_reader_set_time(reader, start);
    gboolean was_read = read_all(reader, fd, is_live);
    int cause = errno;
    if (path)
        close(fd);
    errno = cause;
    if (!was_read)
        return NULL;
    SbSuite *suite = sb_suite_reader_finish(reader, exit_status);
    if (!path) {
        suite->started = g_date_time_format(started, "%Y-%m-%dT%H:%M:%S");
        suite->duration_ms = (g_get_monotonic_time() - start) / 1000;
    }
    return suite;
}

static void print_report(const SbReport *report, Format format, gboolean is_quiet)
{
    g_autofree char *text = NULL;
    if (format == AS_TEXT) {
        g_autofree char *whole =
            sb_report_to_text(report, is_quiet ? SB_REPORT_BAD : SB_REPORT_ALL);
        text = sb_output_text(whole);
    } else if (format == AS_TAP) {
        text = sb_report_to_tap(report);
    } else if (format == AS_HTML) {
        text = sb_report_to_html(report);
    } else if (format == AS_JSON) {
        g_autoptr(JsonNode) json = sb_report_to_json(report);
        sb_json_print_node(json, TRUE);
        return;
    } else {
        g_autoptr(xmlDoc) junit = sb_report_to_junit(report);
        puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
        text = sb_xml_to_string(junit);
    }
    fputs(text, stdout);
    if (format == AS_JUNIT)
        putchar('\n');
}

static int run(SbCli *cli, char **files)
{
    Format format;
    if (!parse_format(format_name, &format))
        return sb_cli_usage(
            cli, "--format: '%.40s' is not a format: use 'text', 'html', 'json', 'junit' or 'tap'",
            format_name);
    /* A failure is told in JSON too. */
    cli->format = format == AS_JSON ? SB_FORMAT_JSON : SB_FORMAT_TEXT;
    guint count = MAX(g_strv_length(files), 1);
    if (count > 1 && (suite_name || exit_status != -1))
        return sb_cli_usage(cli, "--name and --status are for one file, not for %u", count);
    if (exit_status < -1 || exit_status > 255)
        return sb_cli_usage(cli, "--status: %d is not an exit status from 0 to 255", exit_status);
    const SbSuiteLimits *limits =
        format == AS_TEXT ? &sb_suite_limits_brief : &sb_suite_limits_full;
    g_autoptr(SbReport) report = sb_report_new();
    for (guint i = 0; i < count; i++) {
        const char *path = files[0] && strcmp(files[i], "-") != 0 ? files[i] : NULL;
        const char *name = suite_name ? suite_name : path ? path : "stdin";
        SbSuite *suite = read_suite(path, name, limits);
        if (!suite) {
            g_autoptr(GError) error = g_error_new(SB_CLI_ERROR, SB_CLI_ERROR_FILE,
                                                  "cannot read '%s': %s", name, g_strerror(errno));
            return sb_cli_fail(error);
        }
        sb_report_add_suite(report, suite);
    }
    print_report(report, format, cli->is_quiet);
    return sb_report_is_bad(report) ? SB_EXIT_TESTS_FAILED : SB_EXIT_OK;
}

const SbCommand sb_command_tap = {
    .name = "tap",
    .arguments = "[FILE…]",
    .summary = "read TAP: show what passed and failed, and whether to trust it",
    .details =
        "Without FILE, TAP 12, 13, 14 or KTAP is read from standard input. The exit status is "
        "0 if all tests passed, 1 if a test failed or if the stream is not trusted, such as a "
        "stream without a plan, and 2 if FILE cannot be read.",
    .options = entries,
    .max_arguments = SB_ANY_NUMBER,
    .run = run,
};
