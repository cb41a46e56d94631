/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/fetching.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/test-view.h"
#include "cli/up-view.h"

#include "base/xml.h"
#include "model/volume-names.h"
#include "test/test-session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOBS_MAX = 200, REPEAT_MAX = 1000 };

static char *junit_path, *json_path, *artifacts, *keep_when, *shuffle, *shard;
static char **only;
static int jobs, repeat = 1;

static const GOptionEntry entries[] = {
    SB_OPTION_POOL,
    {"junit", 0, 0, G_OPTION_ARG_FILENAME, &junit_path, "also write the report as JUnit XML",
     "FILE"},
    {"json", 0, 0, G_OPTION_ARG_FILENAME, &json_path, "also write the report as JSON", "FILE"},
    {"artifacts", 'a', 0, G_OPTION_ARG_FILENAME, &artifacts,
     "fetch the steps' artifacts into this folder", "FOLDER"},
    {"keep", 'k', 0, G_OPTION_ARG_STRING, &keep_when,
     "leave the machines: 'on-failure', 'always' or 'never' (the default)", "WHEN"},
    {"only", 'o', 0, G_OPTION_ARG_STRING_ARRAY, &only,
     "only run this step and the steps that it needs; can be given several times", "NAME"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, "use at most NUMBER machines at a time", "NUMBER"},
    {"repeat", 'r', 0, G_OPTION_ARG_INT, &repeat,
     "run each test NUMBER times, and name the flaky ones", "NUMBER"},
    {"shuffle", 0, 0, G_OPTION_ARG_STRING, &shuffle,
     "run the tests in an order that this number decides, or in a 'random' one", "SEED"},
    {"shard", 0, 0, G_OPTION_ARG_STRING, &shard, "run part K of N of the tests", "K/N"},
    G_OPTION_ENTRY_NULL};

typedef enum { KEEP_NEVER, KEEP_ON_FAILURE, KEEP_ALWAYS } Keep;

/* One call of the command. */
typedef struct {
    SbCli *cli;
    SbFleetFile *fleet;
    Keep keep;
    SbTestOptions options;
    GPtrArray *inputs; /* of SbStepInput */
    GPtrArray *runs;
    SbReport *report;
} Call;

static void call_clear(Call *call)
{
    g_clear_pointer(&call->fleet, sb_fleet_file_free);
    g_clear_pointer(&call->runs, g_ptr_array_unref);
    g_clear_pointer(&call->inputs, g_ptr_array_unref);
    g_clear_pointer(&call->report, sb_report_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Call, call_clear)

static gboolean parse_keep(Keep *keep_out)
{
    static const char *const names[] = {"never", "on-failure", "always"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(keep_when ? keep_when : names[0], names[i]) == 0) {
            *keep_out = (Keep)i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean parse_seed(SbTestSelection *selection)
{
    guint64 seed;
    selection->is_shuffled = TRUE;
    selection->seed = g_random_int();
    if (strcmp(shuffle, "random") == 0)
        return TRUE;
    if (!g_ascii_string_to_unsigned(shuffle, 10, 0, G_MAXUINT32, &seed, NULL))
        return FALSE;
    selection->seed = (guint32)seed;
    return TRUE;
}

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

/* FALSE after what is wrong was said. */
static gboolean parse_options(Call *call)
{
    SbTestSelection *selection = &call->options.selection;
    selection->only = (const char *const *)only;
    selection->repeat = (guint)repeat;
    call->options.run.jobs = (guint)jobs;
    call->options.run.artifacts = artifacts;
    call->options.up.pool_name = call->cli->pool ? call->cli->pool : SB_DEFAULT_POOL;
    if (!parse_keep(&call->keep))
        sb_cli_usage(call->cli, "--keep: '%.40s' is not 'on-failure', 'always' or 'never'",
                     keep_when);
    else if (jobs < 0 || jobs > JOBS_MAX)
        sb_cli_usage(call->cli, "--jobs: %d is not from 0 (all) to %d", jobs, JOBS_MAX);
    else if (repeat < 1 || repeat > REPEAT_MAX)
        sb_cli_usage(call->cli, "--repeat: %d is not from 1 to %d", repeat, REPEAT_MAX);
    else if (shuffle && !parse_seed(selection))
        sb_cli_usage(call->cli, "--shuffle: '%.40s' is neither 'random' nor a number of 32 bits",
                     shuffle);
    else if (shard && !sb_test_shard_parse(shard, &selection->shard, &selection->shards))
        sb_cli_usage(call->cli, "--shard: '%.40s' is not K/N, such as 1/4", shard);
    else if (!can_write(junit_path) || !can_write(json_path))
        sb_cli_usage(call->cli, "cannot write the report '%s'",
                     can_write(junit_path) ? json_path : junit_path);
    else
        return TRUE;
    return FALSE;
}

/* FALSE after what is wrong was said. */
static gboolean plan(Call *call)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    call->inputs = sb_test_sources_find(call->fleet, diagnostics);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    if (*text)
        fprintf(stderr, "%s\n", text);
    g_autoptr(GError) error = NULL;
    if (call->inputs)
        call->runs = sb_test_plan(call->fleet, call->inputs, &call->options.selection, &error);
    if (error)
        fprintf(stderr, "seedbed: %s\n", error->message);
    return call->runs != NULL;
}

/* Not before the fleet file is known to be good. FALSE after what is wrong was said. */
static gboolean make_artifacts_folder(const Call *call)
{
    if (!artifacts || g_mkdir_with_parents(artifacts, 0755) == 0)
        return TRUE;
    sb_cli_usage(call->cli, "--artifacts: cannot make the folder '%s': %s", artifacts,
                 g_strerror(errno));
    return FALSE;
}

/* ---- reports ---- */

/* FALSE with errno. */
static gboolean write_through(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return FALSE;
    gboolean is_written = fputs(text, file) >= 0;
    return fclose(file) == 0 && is_written;
}

static gboolean write_report(const char *path, char *text)
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

/* People get what failed, programs TAP. */
static gboolean write_reports(const SbReport *report)
{
    gboolean is_for_people = isatty(STDOUT_FILENO);
    g_autofree char *text =
        is_for_people ? sb_report_to_text(report, FALSE) : sb_report_to_tap(report);
    fputs(text, stdout);
    fflush(stdout);
    if (!is_for_people && isatty(STDERR_FILENO)) {
        g_autofree char *bad = sb_report_to_text(report, TRUE);
        fputs(bad, stderr);
    }
    gboolean is_written = !junit_path || write_report(junit_path, junit_text(report));
    return (!json_path || write_report(json_path, json_text(report))) && is_written;
}

/* ---- the test itself ---- */

static void on_removed(const char *name, const GError *error, gpointer data)
{
    const SbCli *cli = data;
    if (error)
        fprintf(stderr, "seedbed: '%s' could not be removed: %s\n", name, error->message);
    else if (!cli->is_quiet)
        fprintf(stderr, "%s: removed\n", name);
}

static int take_down(const Call *call, SbTestSession *session, int status)
{
    gboolean is_kept = call->keep == KEEP_ALWAYS ||
                       (call->keep == KEEP_ON_FAILURE && status != SB_EXIT_OK && status < 128);
    if (is_kept) {
        if (!call->cli->is_quiet)
            fprintf(stderr,
                    "the machines stay: 'seedbed list' shows them, 'seedbed down %s' removes "
                    "them\n",
                    call->fleet->name);
        return status;
    }
    g_autoptr(GError) error = NULL;
    if (sb_test_session_take_down(session, on_removed, call->cli, &error))
        return status;
    int failed = sb_cli_fail(error);
    return status == SB_EXIT_OK || status == SB_EXIT_TESTS_FAILED ? failed : status;
}

static int status_of(const SbReport *report)
{
    if (sb_report_is_broken(report))
        return SB_EXIT_INFRASTRUCTURE;
    return sb_report_is_bad(report) ? SB_EXIT_TESTS_FAILED : SB_EXIT_OK;
}

static int run_test(Call *call)
{
    g_autoptr(GError) error = NULL;
    GCancellable *cancellable = sb_cli_catch_signals();
    SbHost *host = sb_cli_host(call->cli, &error);
    if (!host)
        return sb_cli_fail(error);
    g_autoptr(SbTestSession) session = sb_test_session_new(host, call->fleet, call->runs);
    g_autoptr(SbUpView) up_view = sb_up_view_new(call->cli->is_quiet);
    g_autoptr(SbTestView) view = sb_test_view_new(call->cli->is_quiet);
    call->report = sb_report_new();
    gboolean ran =
        sb_test_session_run(session, &call->options, sb_up_view_take, up_view,
                            &sb_test_view_callbacks, view, cancellable, call->report, &error);
    sb_up_view_end(up_view);
    int status = sb_cli_signal_status(ran ? status_of(call->report) : sb_cli_fail(error));
    if (status != SB_EXIT_USAGE && !write_reports(call->report))
        status = MAX(status, SB_EXIT_INFRASTRUCTURE);
    return take_down(call, session, status);
}

static int run(SbCli *cli, char **arguments)
{
    g_auto(Call) call = {.cli = cli};
    if (!parse_options(&call))
        return SB_EXIT_USAGE;
    call.fleet = sb_cli_load_fleet(cli, arguments[0]);
    if (!call.fleet || !plan(&call) || !make_artifacts_folder(&call))
        return SB_EXIT_USAGE;
    int status = sb_cli_get_images(cli, call.fleet, cli->pool);
    return status == SB_EXIT_OK ? run_test(&call) : status;
}

const SbCommand sb_command_test = {
    .name = "test",
    .arguments = "FLEET.yaml",
    .summary = "bring a fleet up, run the tests of its file, and take it down",
    .details = "Standard output gets TAP, or on a terminal the failures. Machines that existed "
               "before stay. The exit status is 0 if all tests passed, 1 if a test failed or a "
               "suite is not trusted, and 3 if a machine failed or was not reached. Ctrl-C ends "
               "the run in order, with 130.",
    .options = entries,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
