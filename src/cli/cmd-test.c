/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/command.h"
#include "cli/event-json.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/report-files.h"
#include "cli/test-view.h"
#include "cli/up-view.h"

#include "local/input-file.h"
#include "test/test-session.h"
#include "test/test-shard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { JOBS_MAX = 200, REPEAT_MAX = 1000 };

static char *artifacts, *keep_when, *shuffle, *durations;
static char *shard; /* "" without a value */
static char **only;
static int jobs, repeat = 1;
static gboolean wait_for_run;

static gboolean on_shard(const char *option, const char *value, gpointer data, GError **error)
{
    g_free(shard);
    shard = g_strdup(value ? value : "");
    return TRUE;
}

static const GOptionEntry entries[] = {
    SB_OPTION_FORMAT,
    SB_OPTION_POOL,
    SB_OPTION_SETTINGS,
    SB_OPTION_JUNIT,
    SB_OPTION_JSON,
    SB_OPTION_HTML,
    SB_OPTION_WAIT(wait_for_run),
    {"artifacts", 0, 0, G_OPTION_ARG_FILENAME, &artifacts,
     "fetch the steps' artifacts into this folder", "FOLDER"},
    {"keep", 0, 0, G_OPTION_ARG_STRING, &keep_when,
     "leave the machines: 'on-failure', 'always' or 'never' (the default)", "WHEN"},
    {"only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &only,
     "only run this step and the steps that it needs; can be given several times", "NAME"},
    {"jobs", 'j', 0, G_OPTION_ARG_INT, &jobs, "use at most NUMBER machines at a time", "NUMBER"},
    {"repeat", 'r', 0, G_OPTION_ARG_INT, &repeat,
     "run each test NUMBER times, and name the flaky ones", "NUMBER"},
    {"shuffle", 0, 0, G_OPTION_ARG_STRING, &shuffle,
     "run the tests in an order that this number decides, or in a 'random' one", "SEED"},
    {"shard", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_shard,
     "run part K of N of the tests; without K/N, what the parallel job says", "K/N"},
    {"durations", 0, 0, G_OPTION_ARG_FILENAME, &durations,
     "make parts that take the same time, by this file of 'report merge'", "FILE"},
    G_OPTION_ENTRY_NULL};

typedef enum { COMING_UP, TESTING } Phase;

/* One call of the command. */
typedef struct {
    SbCli *cli;
    SbTestSelection selection;
    SbTestOptions options;
    SbFleetFile *fleet;
    SbTestWork *work;
    SbReport *report;
    SbUpView *up_view;
    SbTestView *view;
    gboolean is_unwritten; /* a report could not be written */
    Phase phase;
} Call;

static void call_clear(Call *call)
{
    g_clear_pointer(&call->view, sb_test_view_free);
    g_clear_pointer(&call->up_view, sb_up_view_free);
    g_clear_pointer(&call->work, sb_test_work_free);
    g_clear_pointer(&call->fleet, sb_fleet_file_free);
    g_clear_pointer(&call->report, sb_report_free);
    g_clear_pointer(&call->selection.durations, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Call, call_clear)

static gboolean parse_keep(SbKeep *keep_out)
{
    static const char *const names[] = {"never", "on-failure", "always"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(keep_when ? keep_when : names[0], names[i]) == 0) {
            *keep_out = (SbKeep)i;
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

/* FALSE after the error was printed. */
static gboolean parse_shard(Call *call)
{
    SbTestSelection *selection = &call->selection;
    g_autofree char *why = NULL;
    g_auto(GStrv) environment = g_get_environ();
    if (shard && !*shard &&
        !sb_test_shard_of_job(environment, &selection->shard, &selection->shards, &why))
        sb_cli_usage(call->cli, "--shard: %s", why);
    else if (shard && *shard && !sb_test_shard_parse(shard, &selection->shard, &selection->shards))
        sb_cli_usage(call->cli, "--shard: '%.40s' is not K/N, such as 1/4", shard);
    else
        return TRUE;
    return FALSE;
}

/* FALSE after the error was printed. */
static gboolean load_durations(Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        durations ? sb_input_file_read(durations, SB_TEST_DURATIONS_MAX_BYTES, &error) : NULL;
    if (bytes)
        call->selection.durations =
            sb_test_durations_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &error);
    if (error)
        sb_cli_usage(call->cli, "--durations %s: %s", durations, error->message);
    return !error;
}

/* FALSE after the error was printed. */
static gboolean parse_options(Call *call)
{
    SbTestSelection *selection = &call->selection;
    selection->only = (const char *const *)only;
    selection->repeat = (guint)repeat;
    call->options.jobs = (guint)jobs;
    call->options.artifacts = artifacts;
    call->options.pool_name = call->cli->pool;
    call->options.wait_for_run = wait_for_run;
    if (!parse_keep(&call->options.keep))
        sb_cli_usage(call->cli, "--keep: '%.40s' is not 'on-failure', 'always' or 'never'",
                     keep_when);
    else if (jobs < 0 || jobs > JOBS_MAX)
        sb_cli_usage(call->cli, "--jobs: %d is not from 0 (all) to %d", jobs, JOBS_MAX);
    else if (repeat < 1 || repeat > REPEAT_MAX)
        sb_cli_usage(call->cli, "--repeat: %d is not from 1 to %d", repeat, REPEAT_MAX);
    else if (shuffle && !parse_seed(selection))
        sb_cli_usage(call->cli, "--shuffle: '%.40s' is not 'random' or a number of 32 bits",
                     shuffle);
    else
        return parse_shard(call) && sb_report_files_check(call->cli);
    return FALSE;
}

/* FALSE after the errors were printed. */
static gboolean load(Call *call, const char *path)
{
    call->fleet = sb_cli_load_fleet(call->cli, path);
    if (!call->fleet)
        return FALSE;
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autoptr(GError) error = NULL;
    call->work = sb_test_work_new(call->fleet, &call->selection, diagnostics, &error);
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    if (*text && !call->work)
        sb_cli_refuse(text);
    else if (*text)
        fprintf(stderr, "%s\n", text);
    if (error)
        sb_cli_fail(error);
    return call->work != NULL;
}

/* Called when the fleet file is known to be good. FALSE after the error was printed. */
static gboolean make_artifacts_folder(const Call *call)
{
    if (!artifacts || g_mkdir_with_parents(artifacts, 0755) == 0)
        return TRUE;
    sb_cli_usage(call->cli, "--artifacts: cannot make the folder '%s': %s", artifacts,
                 g_strerror(errno));
    return FALSE;
}

/* ---- the test itself ---- */

/* First the machines come up, then the tests run. Each event goes to the view of its phase, so that
 * a note is shown once. SB_EVENT_REMOVED also comes from other threads. */
static void on_event(const SbEvent *event, gpointer data)
{
    Call *call = data;
    if (event->kind == SB_EVENT_TEST_STARTED || event->kind == SB_EVENT_TEST_ENDED ||
        event->kind == SB_EVENT_TESTED)
        call->phase = TESTING;
    if (call->cli->format == SB_FORMAT_JSON)
        sb_event_json_print(event, NULL);
    else if (call->phase == COMING_UP)
        sb_up_view_take(event, call->up_view);
    else
        sb_test_view_take(event, call->view);
    if (event->kind != SB_EVENT_TESTED)
        return;
    sb_up_view_end(call->up_view);
    call->is_unwritten = !sb_report_files_write(call->cli, call->report);
}

static int run_test(Call *call)
{
    static const int statuses[] = {[SB_TEST_PASSED] = SB_EXIT_OK,
                                   [SB_TEST_FAILED] = SB_EXIT_TESTS_FAILED,
                                   [SB_TEST_BROKEN] = SB_EXIT_INFRASTRUCTURE};
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_cli_host(call->cli, &error);
    if (!host)
        return sb_cli_fail(error);
    call->up_view = sb_up_view_new(call->cli->is_quiet, FALSE);
    call->view = sb_test_view_new(call->cli->is_quiet);
    call->report = sb_report_new();
    json_object_set_string_member(sb_cli_result(call->cli), "fleet", call->fleet->name);
    SbOperation operation = {host, sb_cli_catch_signals(), on_event, call};
    SbTestResult result =
        sb_test(&operation, call->fleet, call->work, &call->options, call->report, &error);
    sb_up_view_end(call->up_view);
    int status = error ? sb_cli_fail(error) : statuses[result];
    if (call->is_unwritten)
        status = MAX(status, SB_EXIT_INFRASTRUCTURE);
    return sb_cli_signal_status(status);
}

static int run(SbCli *cli, char **arguments)
{
    g_auto(Call) call = {.cli = cli};
    if (!parse_options(&call) || !load_durations(&call) || !load(&call, arguments[0]) ||
        !make_artifacts_folder(&call))
        return SB_EXIT_USAGE;
    return run_test(&call);
}

const SbCommand sb_command_test = {
    .name = "test",
    .arguments = "[FLEET.yaml]",
    .summary = "bring a fleet up, run the tests of its file, and take it down",
    .details = "Standard output gets TAP, or on a terminal the failures. Machines that existed "
               "before stay. The exit status is 0 if all tests passed, 1 if a test failed or a "
               "suite is not trusted, and 3 if a machine failed or was not reached. Ctrl-C ends "
               "the run in order, with 130.",
    .options = entries,
    .tells_events = TRUE,
    .max_arguments = 1,
    .run = run,
};
