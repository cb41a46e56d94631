/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-run.h"

#include "base/array.h"
#include "base/loop.h"
#include "guest/guest-command.h"
#include "test/artifacts.h"
#include "test/fresh-machines.h"
#include "test/step-results.h"
#include "test/step-run.h"
#include "test/test-schedule.h"
#include "wait/machine-watch.h"

#include <string.h>

/* How long it may take to reach a machine: it may be rebooting. */
enum { CONNECT_MS = 90 * 1000, CONNECT_EMULATED_MS = 6 * 60 * 1000 };
enum { PROGRESS_MS = 500 };
/* In a row: then no fresh machine of the group will be ready. */
enum { MAX_FRESH_FAILURES = 2 };

typedef struct All All;
typedef struct Job Job;

typedef struct {
    char *name;
    Job *job;           /**< (nullable) the job that it does now */
    char *boot_id;      /**< (nullable) of its last step */
    gboolean rebooted;  /**< a reboot since then was seen */
    gboolean is_fresh;  /**< it is removed after its run */
    GHashTable *copied; /**< the steps whose files it has */
    SbKeptShell *kept;  /**< of the wait for it, or of its last step */
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
    GPtrArray *machines;    /**< of Machine */
    GPtrArray *jobs;        /**< of Job, one for each run */
    GHashTable *cleared;    /**< artifacts' folders that are this run's */
    SbFreshMachines *fresh; /**< (nullable) */
    guint fresh_failures;   /**< since a fresh machine was ready */
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
    if (machine->is_fresh) {
        sb_machine_watch_drop(all->watch, machine->name);
        sb_fresh_machines_used(all->fresh, machine->name);
    }
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
        sb_copy_out_clear(folder, SB_ARTIFACTS_OWN_FOLDERS);
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
        .kept = machine->kept,
    };
    if (machine->is_fresh)
        sb_fresh_machines_use(all->fresh, machine->name);
    job->machine = machine;
    machine->job = job;
    job->step_run = sb_step_run_start(&request, &callbacks, job);
    SbEvent event = {
        .kind = SB_EVENT_TEST_STARTED, .machine = machine->name, .text = job->run->label};
    sb_operation_tell(all->operation, &event);
}

static void decide(All *all)
{
    SbTestDecision decision;
    while (sb_test_schedule_next(all->schedule, &decision)) {
        Job *job = g_ptr_array_index(all->jobs, decision.run);
        if (decision.action == SB_TEST_START)
            start(job, find_machine(all, decision.machine));
        else
            pass_over(job, decision.action == SB_TEST_SKIP, decision.reason);
    }
}

/* Has the fresh machines made that the runs lack. FALSE if none is made, and none comes free. */
static gboolean make_fresh(All *all)
{
    guint lacking = 0;
    SB_EACH(const SbGroup, group, all->request->fleet->groups) {
        guint lacks = sb_test_schedule_lacks(all->schedule, group->name);
        sb_fresh_machines_want(all->fresh, group->name, lacks);
        lacking += lacks;
    }
    gboolean is_busy = sb_test_schedule_is_busy(all->schedule);
    if (lacking == 0 && !is_busy)
        sb_fresh_machines_stop(all->fresh);
    is_busy |= sb_fresh_machines_is_busy(all->fresh);
    SB_EACH(const SbGroup, group, all->request->fleet->groups)
        if (!is_busy && sb_test_schedule_lacks(all->schedule, group->name) > 0)
            sb_test_schedule_give_up_fresh(all->schedule, group->name,
                                           "all names for further machines are taken: 'seedbed "
                                           "list' shows them");
    return is_busy;
}

static void schedule(All *all)
{
    decide(all);
    if (all->fresh && make_fresh(all))
        return;
    /* Runs for which no machine can be made are passed over. */
    decide(all);
    if (!sb_test_schedule_is_busy(all->schedule))
        sb_loop_end(all->loop);
}

/* ---- fresh machines ---- */

static void on_fresh(const SbDomain *domain, const char *group, gpointer data)
{
    All *all = data;
    Machine *machine = find_machine(all, domain->name);
    if (!machine) {
        machine = g_new0(Machine, 1);
        machine->name = g_strdup(domain->name);
        machine->copied = g_hash_table_new(NULL, NULL);
        machine->is_fresh = TRUE;
        machine->kept = sb_kept_shells_get(all->request->shells, domain->name);
        g_ptr_array_add(all->machines, machine);
    }
    g_clear_pointer(&machine->boot_id, g_free);
    g_hash_table_remove_all(machine->copied);
    all->fresh_failures = 0;
    sb_machine_watch_add(all->watch, domain, TRUE);
    sb_test_schedule_add_fresh(all->schedule, domain->name, group);
    schedule(all);
}

static void on_fresh_failed(const char *group, const GError *why, gpointer data)
{
    All *all = data;
    if (++all->fresh_failures >= MAX_FRESH_FAILURES)
        sb_test_schedule_give_up_fresh(all->schedule, group, why->message);
    g_autofree char *text = g_strdup_printf("no fresh machine of '%s': %s", group, why->message);
    if (!g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        sb_operation_note(all->operation, NULL, text);
    schedule(all);
}

/* What is left behind is a failure of the infrastructure, though the run itself is over. */
static void on_fresh_gone(const char *name, const GError *left, gpointer data)
{
    All *all = data;
    SbSuite *suite = NULL;
    SB_EACH(const Job, job, all->jobs)
        if (job->suite && (!suite || (job->machine && strcmp(job->machine->name, name) == 0)))
            suite = job->suite;
    if (left && suite) {
        g_autofree char *text =
            g_strdup_printf("'%s' could not be removed: %s", name, left->message);
        sb_suite_break(suite, text);
    }
    schedule(all);
}

static gboolean prepare_fresh(All *all, GError **error)
{
    static const SbFreshCallbacks callbacks = {on_fresh, on_fresh_failed, on_fresh_gone};
    const SbTestRunRequest *request = all->request;
    guint at_work = request->jobs > 0 ? request->jobs : sb_host_cpus(all->operation->host);
    const SbFreshRequest fresh = {.fleet = request->fleet,
                                  .runs = request->runs,
                                  .pool_name = request->pool_name,
                                  /* While one is used, the next gets ready. */
                                  .most = 2 * MAX(at_work, 1),
                                  .access = request->access,
                                  .shells = request->shells};
    SB_EACH(const SbTestRun, run, request->runs) {
        if (!run->step->fresh)
            continue;
        all->fresh = sb_fresh_machines_new(all->operation, &fresh, &callbacks, all, error);
        return all->fresh != NULL;
    }
    return TRUE;
}

/* ---- what happens meanwhile ---- */

static void on_failed(const char *name, const SbDiagnosis *diagnosis, gpointer data)
{
    All *all = data;
    g_autofree char *what = sb_diagnosis_text(diagnosis, NULL);
    Machine *machine = find_machine(all, name);
    sb_test_schedule_lose(all->schedule, name, what);
    sb_kept_shell_close(machine->kept);
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
    sb_kept_shell_close(machine->kept);
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
    sb_operation_note(all->operation, NULL, text);
}

static void on_cancelled(gpointer data)
{
    All *all = data;
    sb_test_schedule_stop(all->schedule);
    if (all->fresh)
        sb_fresh_machines_stop(all->fresh);
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
        machine->kept = sb_kept_shells_get(request->shells, machine->name);
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
    sb_fresh_machines_free(all->fresh);
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
    if (!prepare_fresh(&all, error)) {
        sb_machine_watch_free(all.watch);
        return FALSE;
    }
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
