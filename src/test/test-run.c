/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-run.h"

#include "base/loop.h"
#include "guest/guest-command.h"
#include "machine/machine-watch.h"
#include "model/test-schedule.h"
#include "test/artifacts.h"
#include "test/step-results.h"

#include <string.h>

/* How long a machine may take until it can be used, again: it may be rebooting. */
enum { CONNECT_MS = 90 * 1000, CONNECT_EMULATED_MS = 6 * 60 * 1000 };

typedef struct All All;
typedef struct Job Job;

typedef struct {
    char *name;
    Job *job;           /**< (nullable) what it does now */
    char *boot_id;      /**< (nullable) of its last step */
    gboolean rebooted;  /**< since then, and that was seen */
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
    const SbTestWork *work;
    const SbTestRunOptions *options;
    const SbTestRunCallbacks *callbacks;
    gpointer data;
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

/* It will not be run. */
static void pass_over(Job *job, gboolean is_skipped, const char *reason)
{
    const char *machine = job->run->machine ? job->run->machine : "any";
    g_autofree char *name = sb_step_results_name(job->run, machine);
    job->suite = sb_suite_not_run(name, is_skipped, reason);
    job->suite->host = g_strdup(job->run->machine);
    job->all->callbacks->finished(job->run, NULL, job->suite, job->all->data);
}

/* ---- running ---- */

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
    /* Repetitions of what is dealt out may come to different machines. */
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
    all->callbacks->finished(job->run, machine->name, suite, all->data);
    schedule(all);
}

/* ARTIFACTS/MACHINE/LABEL, the label without what a path cannot have; what an earlier run has left
 * there would look as if it were of this one. (nullable) */
static char *artifacts_folder(const Job *job, const char *machine)
{
    All *all = job->all;
    if (!all->options->artifacts || job->run->step->artifacts->len == 0)
        return NULL;
    g_autofree char *label = g_strdup(job->run->label);
    g_strdelimit(label, "/\\:*?\"<>| ", '_');
    char *folder = g_build_filename(all->options->artifacts, machine, label, NULL);
    /* Two labels can have one folder. */
    if (g_hash_table_add(all->cleared, g_strdup(folder)))
        sb_artifacts_clear(folder);
    return folder;
}

static void start(Job *job, Machine *machine)
{
    static const SbStepRunCallbacks callbacks = {on_began, on_finished};
    All *all = job->all;
    SbStepRunRequest request = {
        .access = all->work->access,
        .machine = machine->name,
        .run = job->run,
        .is_copied = g_hash_table_contains(machine->copied, job->run->step),
        .artifacts = artifacts_folder(job, machine->name),
        .connect_ms = all->options->is_emulated ? CONNECT_EMULATED_MS : CONNECT_MS,
        .watch = all->watch,
    };
    job->machine = machine;
    machine->job = job;
    job->step_run = sb_step_run_start(&request, &callbacks, job);
    all->callbacks->started(job->run, machine->name, job->step_run, all->data);
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

static void on_failed(const char *name, const char *what, gpointer data)
{
    All *all = data;
    Machine *machine = find_machine(all, name);
    sb_test_schedule_lose(all->schedule, name, what);
    sb_guest_command_forget_connection(all->work->access, name);
    if (machine->job)
        sb_step_run_break(machine->job->step_run, what, FALSE);
}

static void on_rebooted(const char *name, gpointer data)
{
    All *all = data;
    Machine *machine = find_machine(all, name);
    Job *job = machine->job;
    machine->rebooted = TRUE;
    sb_guest_command_forget_connection(all->work->access, name);
    if (!job || job->run->step->channel)
        return;
    g_autofree char *reason =
        sb_machine_watch_with_console(all->watch, name, "the guest rebooted in the middle");
    sb_step_run_break(job->step_run, reason, FALSE);
}

/* The machines run on, and so does what is done on them over ssh. */
static void on_lost(gpointer data)
{
    All *all = data;
    for (guint i = 0; i < all->machines->len; i++) {
        const Machine *machine = g_ptr_array_index(all->machines, i);
        if (machine->job)
            sb_step_run_lose_libvirt(machine->job->step_run);
    }
}

static void on_note(const char *text, gpointer data)
{
    All *all = data;
    all->callbacks->note(text, all->data);
}

static void on_cancelled(gpointer data)
{
    All *all = data;
    sb_test_schedule_stop(all->schedule);
    for (guint i = 0; i < all->machines->len; i++) {
        const Machine *machine = g_ptr_array_index(all->machines, i);
        if (machine->job)
            sb_step_run_break(machine->job->step_run, "stopped by a signal", TRUE);
    }
}

static void prepare(All *all)
{
    const SbTestWork *work = all->work;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    all->machines = g_ptr_array_new_with_free_func(machine_free);
    all->jobs = g_ptr_array_new_with_free_func(job_free);
    all->cleared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < work->domains->len; i++) {
        Machine *machine = g_new0(Machine, 1);
        machine->name = g_strdup(((const SbDomain *)work->domains->pdata[i])->name);
        machine->copied = g_hash_table_new(NULL, NULL);
        g_ptr_array_add(all->machines, machine);
        g_ptr_array_add(names, machine->name);
    }
    g_ptr_array_add(names, NULL);
    for (guint i = 0; i < work->runs->len; i++) {
        Job *job = g_new0(Job, 1);
        job->all = all;
        job->place = i;
        job->run = g_ptr_array_index(work->runs, i);
        g_ptr_array_add(all->jobs, job);
    }
    all->schedule =
        sb_test_schedule_new(work->runs, (const char *const *)names->pdata, all->options->jobs);
}

static gboolean on_begin(gpointer data)
{
    schedule(data);
    return G_SOURCE_REMOVE;
}

gboolean sb_test_run_all(SbHost *host, const SbTestWork *work, const SbTestRunOptions *options,
                         const SbTestRunCallbacks *callbacks, gpointer data,
                         GCancellable *cancellable, SbReport *report, GError **error)
{
    static const SbMachineWatchCallbacks on_watch = {on_failed, on_rebooted, on_lost, on_note};
    All all = {.work = work, .options = options, .callbacks = callbacks, .data = data};
    all.watch = sb_machine_watch_new(host, work->domains, &on_watch, &all, error);
    if (!all.watch)
        return FALSE;
    prepare(&all);
    all.loop = sb_loop_new(cancellable, on_cancelled, &all);
    if (g_cancellable_is_cancelled(cancellable))
        sb_test_schedule_stop(all.schedule);
    g_idle_add(on_begin, &all);
    sb_loop_wait(all.loop);
    for (guint i = 0; i < all.jobs->len; i++) {
        Job *job = g_ptr_array_index(all.jobs, i);
        sb_report_add_suite(report, g_steal_pointer(&job->suite));
    }
    sb_loop_free(all.loop);
    g_ptr_array_unref(all.jobs);
    g_ptr_array_unref(all.machines);
    g_hash_table_unref(all.cleared);
    sb_test_schedule_free(all.schedule);
    sb_machine_watch_free(all.watch);
    return TRUE;
}
