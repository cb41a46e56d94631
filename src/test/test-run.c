/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-run.h"

#include "base/array.h"
#include "base/loop.h"
#include "guest/guest-command.h"
#include "machine/machine-watch.h"
#include "model/test-schedule.h"
#include "test/artifacts.h"
#include "test/step-results.h"
#include "test/step-run.h"

#include <string.h>

/* How long it may take to reach a machine: it may be rebooting. */
enum { CONNECT_MS = 90 * 1000, CONNECT_EMULATED_MS = 6 * 60 * 1000 };
enum { PROGRESS_MS = 500 };

typedef struct All All;
typedef struct Job Job;

typedef struct {
    char *name;
    Job *job;           /**< (nullable) the job that it does now */
    char *boot_id;      /**< (nullable) of its last step */
    gboolean rebooted;  /**< a reboot since then was seen */
    GHashTable *copied; /**< the steps whose files it has */
} Machine;

struct Job {
    All *all;
    guint place; /**< in the list of runs */
    const SbTestRun *run;
    Machine *machine; /**< (nullable) where it runs or ran */
    SbStepRun *step_run;
    SbSuite *suite; /**< NULL until it is done */
    gboolean has_rebooted;
};

struct All {
    const SbOperation *operation;
    const SbTestRunRequest *request;
    SbMachineWatch *watch;
    SbTestSchedule *schedule;
    GPtrArray *machines; /**< of Machine */
    GPtrArray *jobs;     /**< of Job, one for each run */
    GHashTable *cleared; /**< artifacts' folders that are this run's */
    SbLoop *loop;
};

static void schedule(All *all);

static void machine_free(gpointer data)
{
    Machine *machine = data;
    g_free(machine->name);
    g_free(machine->boot_id);
    g_hash_table_unref(machine->copied);
    g_free(machine);
}

static void job_free(gpointer data)
{
    Job *job = data;
    g_clear_pointer(&job->step_run, sb_step_run_free);
    g_clear_pointer(&job->suite, sb_suite_free);
    g_free(job);
}

static Machine *find_machine(All *all, const char *name)
{
    for (guint i = 0; i < all->machines->len; i++)
        if (strcmp(((Machine *)all->machines->pdata[i])->name, name) == 0)
            return all->machines->pdata[i];
    return NULL;
}

/* ---- what is told ---- */

static void tell_ended(const SbOperation *operation, const char *machine, const SbSuite *suite)
{
    g_autofree char *line = sb_step_results_line(suite);
    SbEvent event = {.kind = SB_EVENT_TEST_ENDED,
                     .machine = machine,
                     .text = line,
                     .number = sb_suite_is_bad(suite)};
    sb_operation_tell(operation, &event);
}

void sb_test_run_tell_not_run(const SbOperation *operation, const SbSuite *suite)
{
    tell_ended(operation, NULL, suite);
}

static gboolean on_progress(gpointer data)
{
    const All *all = data;
    SB_EACH(const Machine, machine, all->machines) {
        if (!machine->job)
            continue;
        SbEvent event = {.kind = SB_EVENT_TEST_PROGRESS, .machine = machine->name};
        for (guint outcome = 0; outcome < SB_TAP_N_OUTCOMES; outcome++)
            event.done += sb_step_run_count(machine->job->step_run, outcome);
        event.number = (guint)sb_step_run_count(machine->job->step_run, SB_TAP_FAILED);
        sb_operation_tell(all->operation, &event);
    }
    return G_SOURCE_CONTINUE;
}

/* ---- running ---- */

static void pass_over(Job *job, gboolean is_skipped, const char *reason)
{
    job->suite = sb_step_results_not_run(job->run, is_skipped, reason);
    sb_test_run_tell_not_run(job->all->operation, job->suite);
}

static void on_began(const char *boot_id, gpointer data)
{
    Job *job = data;
    Machine *machine = job->machine;
    job->has_rebooted =
        machine->boot_id && strcmp(machine->boot_id, boot_id) != 0 && !machine->rebooted;
    machine->rebooted = FALSE;
    g_free(machine->boot_id);
    machine->boot_id = g_strdup(boot_id);
}

static void on_finished(SbSuite *suite, gboolean is_copied, gboolean is_lost, gpointer data)
{
    Job *job = data;
    All *all = job->all;
    Machine *machine = job->machine;
    job->suite = suite;
    /* A run that is dealt out can be repeated on another machine. */
    suite->test = g_strdup(job->run->test);
    suite->repeats = job->run->machine ? g_strconcat(machine->name, "/", job->run->test, NULL)
                                       : g_strdup(job->run->test);
    g_clear_pointer(&job->step_run, sb_step_run_free);
    machine->job = NULL;
    if (job->has_rebooted)
        sb_suite_add_note(suite, "the guest had rebooted since the step before");
    if (is_copied)
        g_hash_table_add(machine->copied, (gpointer)job->run->step);
    if (is_lost)
        sb_test_schedule_lose(all->schedule, machine->name,
                              suite->broken ? suite->broken : "it cannot be reached");
    sb_test_schedule_finish(all->schedule, job->place, sb_suite_is_bad(suite));
    tell_ended(all->operation, machine->name, suite);
    schedule(all);
}

/* ARTIFACTS/MACHINE/LABEL, the label without characters that are not for paths. Files of an earlier
 * run are removed: they would look as if they were of this run. NULL: nothing is fetched. */
static char *artifacts_folder(const Job *job, const char *machine)
{
    All *all = job->all;
    if (!all->request->artifacts || job->run->step->artifacts->len == 0)
        return NULL;
    g_autofree char *label = g_strdup(job->run->label);
    g_strdelimit(label, "/\\:*?\"<>| ", '_');
    char *folder = g_build_filename(all->request->artifacts, machine, label, NULL);
    /* Two labels can have the same folder. */
    if (g_hash_table_add(all->cleared, g_strdup(folder)))
        sb_artifacts_clear(folder);
    return folder;
}

static void start(Job *job, Machine *machine)
{
    static const SbStepRunCallbacks callbacks = {on_began, on_finished};
    All *all = job->all;
    SbStepRunRequest request = {
        .access = all->request->access,
        .machine = machine->name,
        .run = job->run,
        .is_copied = g_hash_table_contains(machine->copied, job->run->step),
        .artifacts = artifacts_folder(job, machine->name),
        .connect_ms = all->request->is_emulated ? CONNECT_EMULATED_MS : CONNECT_MS,
        .watch = all->watch,
    };
    job->machine = machine;
    machine->job = job;
    job->step_run = sb_step_run_start(&request, &callbacks, job);
    SbEvent event = {
        .kind = SB_EVENT_TEST_STARTED, .machine = machine->name, .text = job->run->label};
    sb_operation_tell(all->operation, &event);
}

static void schedule(All *all)
{
    SbTestDecision decision;
    while (sb_test_schedule_next(all->schedule, &decision)) {
        Job *job = g_ptr_array_index(all->jobs, decision.run);
        if (decision.action == SB_TEST_START)
            start(job, find_machine(all, decision.machine));
        else
            pass_over(job, decision.action == SB_TEST_SKIP, decision.reason);
    }
    if (!sb_test_schedule_is_busy(all->schedule))
        sb_loop_end(all->loop);
}

/* ---- what happens meanwhile ---- */

static void on_failed(const char *name, const SbDiagnosis *diagnosis, gpointer data)
{
    All *all = data;
    g_autofree char *what = sb_diagnosis_text(diagnosis, NULL);
    Machine *machine = find_machine(all, name);
    sb_test_schedule_lose(all->schedule, name, what);
    sb_guest_command_forget_connection(all->request->access, name);
    if (machine->job)
        sb_step_run_break(machine->job->step_run, what, FALSE);
}

static void on_rebooted(const char *name, gpointer data)
{
    All *all = data;
    Machine *machine = find_machine(all, name);
    Job *job = machine->job;
    machine->rebooted = TRUE;
    sb_guest_command_forget_connection(all->request->access, name);
    if (!job || job->run->step->channel)
        return;
    g_autofree char *reason =
        sb_machine_watch_with_console(all->watch, name, "the guest rebooted in the middle");
    sb_step_run_break(job->step_run, reason, FALSE);
}

/* The machines run on, and so do commands over ssh. */
static void on_lost(gpointer data)
{
    All *all = data;
    SB_EACH(const Machine, machine, all->machines)
        if (machine->job)
            sb_step_run_lose_libvirt(machine->job->step_run);
}

static void on_note(const char *text, gpointer data)
{
    const All *all = data;
    SbEvent event = {.kind = SB_EVENT_NOTE, .text = text};
    sb_operation_tell(all->operation, &event);
}

static void on_cancelled(gpointer data)
{
    All *all = data;
    sb_test_schedule_stop(all->schedule);
    SB_EACH(const Machine, machine, all->machines)
        if (machine->job)
            sb_step_run_break(machine->job->step_run, "stopped by a signal", TRUE);
}

static void prepare(All *all)
{
    const SbTestRunRequest *request = all->request;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    all->machines = g_ptr_array_new_with_free_func(machine_free);
    all->jobs = g_ptr_array_new_with_free_func(job_free);
    all->cleared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < request->domains->len; i++) {
        Machine *machine = g_new0(Machine, 1);
        machine->name = g_strdup(((const SbDomain *)request->domains->pdata[i])->name);
        machine->copied = g_hash_table_new(NULL, NULL);
        g_ptr_array_add(all->machines, machine);
        g_ptr_array_add(names, machine->name);
    }
    g_ptr_array_add(names, NULL);
    for (guint i = 0; i < request->runs->len; i++) {
        Job *job = g_new0(Job, 1);
        job->all = all;
        job->place = i;
        job->run = g_ptr_array_index(request->runs, i);
        g_ptr_array_add(all->jobs, job);
    }
    all->schedule =
        sb_test_schedule_new(request->runs, (const char *const *)names->pdata, request->jobs);
}

static gboolean on_begin(gpointer data)
{
    schedule(data);
    return G_SOURCE_REMOVE;
}

static void clear(All *all)
{
    sb_loop_free(all->loop);
    g_ptr_array_unref(all->jobs);
    g_ptr_array_unref(all->machines);
    g_hash_table_unref(all->cleared);
    sb_test_schedule_free(all->schedule);
    sb_machine_watch_free(all->watch);
}

gboolean sb_test_run_all(const SbOperation *operation, const SbTestRunRequest *request,
                         SbReport *report, GError **error)
{
    static const SbMachineWatchCallbacks on_watch = {
        .failed = on_failed, .rebooted = on_rebooted, .lost = on_lost, .note = on_note};
    All all = {.operation = operation, .request = request};
    all.watch = sb_machine_watch_new(operation->host, request->domains, &on_watch, &all, error);
    if (!all.watch)
        return FALSE;
    prepare(&all);
    all.loop = sb_loop_new(operation->cancellable, on_cancelled, &all);
    if (g_cancellable_is_cancelled(operation->cancellable))
        sb_test_schedule_stop(all.schedule);
    g_idle_add(on_begin, &all);
    guint progress = g_timeout_add(PROGRESS_MS, on_progress, &all);
    sb_loop_wait(all.loop);
    g_source_remove(progress);
    SB_EACH(Job, job, all.jobs)
        sb_report_add_suite(report, g_steal_pointer(&job->suite));
    clear(&all);
    return TRUE;
}
