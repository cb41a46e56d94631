/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-run.h"

#include "guest/guest-command.h"
#include "machine/machine-watch.h"
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
    char *lost;         /**< (nullable) why it is of no more use */
    char *boot_id;      /**< (nullable) of its last step */
    gboolean rebooted;  /**< since then, and that was seen */
    GHashTable *copied; /**< the steps whose files it has */
} Machine;

struct Job {
    All *all;
    const SbTestRun *run;
    Machine *machine; /**< (nullable) where it runs or ran */
    SbStepRun *step_run;
    SbSuite *suite; /**< (nullable) once it is done */
    gboolean has_rebooted;
};

struct All {
    const SbTestWork *work;
    const SbTestRunOptions *options;
    const SbTestRunCallbacks *callbacks;
    gpointer data;
    SbMachineWatch *watch;
    GPtrArray *machines; /**< of Machine */
    GPtrArray *jobs;     /**< of Job */
    GHashTable *cleared; /**< artifacts' folders that are this run's */
    guint running;
    gboolean is_stopped;
    GMainLoop *loop;
};

static void schedule(All *all);

static void machine_free(gpointer data)
{
    Machine *machine = data;
    g_free(machine->name);
    g_free(machine->lost);
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

static gboolean is_waiting(const Job *job)
{
    return !job->suite && !job->step_run;
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

/* ---- what stands in the way of a run ---- */

static gboolean is_done(const All *all, const char *step, gboolean *is_bad_out)
{
    gboolean is_done = TRUE;
    for (guint i = 0; i < all->jobs->len; i++) {
        const Job *job = g_ptr_array_index(all->jobs, i);
        if (strcmp(job->run->step->name, step) != 0)
            continue;
        is_done &= job->suite != NULL;
        /* What was skipped because of another one has not done its work either. */
        *is_bad_out |= job->suite &&
                       (sb_suite_is_bad(job->suite) || (job->suite->skip_reason && !job->machine));
    }
    return is_done;
}

static const Job *find_failed_setup(const All *all)
{
    for (guint i = 0; i < all->jobs->len; i++) {
        const Job *job = g_ptr_array_index(all->jobs, i);
        if (job->run->step->phase == SB_PHASE_SETUP && job->suite && sb_suite_is_bad(job->suite))
            return job;
    }
    return NULL;
}

static gboolean is_after_failure(Job *job)
{
    const GPtrArray *needs = job->run->step->needs;
    const Job *setup = find_failed_setup(job->all);
    g_autofree char *reason = NULL;
    for (guint i = 0; i < needs->len && !reason; i++) {
        gboolean is_bad = FALSE;
        is_done(job->all, needs->pdata[i], &is_bad);
        if (is_bad)
            reason = g_strdup_printf("it needs '%s', which failed", (const char *)needs->pdata[i]);
    }
    if (!reason && setup && job->run->step->phase == SB_PHASE_TEST)
        reason = g_strdup_printf("the setup step '%s' failed", setup->run->step->name);
    if (reason)
        pass_over(job, TRUE, reason);
    return reason != NULL;
}

/* Whether no machine is left for it. */
static gboolean is_without_machine(Job *job)
{
    const char *name = NULL, *why = NULL;
    for (guint i = 0; job->run->machines[i]; i++) {
        if (job->run->machine && strcmp(job->run->machine, job->run->machines[i]) != 0)
            continue;
        const Machine *machine = find_machine(job->all, job->run->machines[i]);
        if (machine && !machine->lost)
            return FALSE;
        name = job->run->machines[i];
        why = machine ? machine->lost : "it is not there";
    }
    g_autofree char *reason = g_strdup_printf("not run: '%s' was lost before: %s", name, why);
    char *newline = strchr(reason, '\n');
    if (newline)
        *newline = '\0';
    pass_over(job, FALSE, reason);
    return TRUE;
}

static gboolean is_ready(const Job *job)
{
    const All *all = job->all;
    for (guint i = 0; i < all->jobs->len; i++) {
        const Job *other = g_ptr_array_index(all->jobs, i);
        if (!other->suite && other->run->step->phase < job->run->step->phase)
            return FALSE;
    }
    for (guint i = 0; i < job->run->step->needs->len; i++) {
        gboolean is_bad = FALSE;
        if (!is_done(all, g_ptr_array_index(job->run->step->needs, i), &is_bad))
            return FALSE;
    }
    return TRUE;
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
    all->running--;
    if (job->has_rebooted)
        sb_suite_add_note(suite, "the guest had rebooted since the step before");
    if (is_copied)
        g_hash_table_add(machine->copied, (gpointer)job->run->step);
    if (is_lost && !machine->lost)
        machine->lost = g_strdup(suite->broken ? suite->broken : "it cannot be reached");
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
    const SbTestWork *work = all->work;
    guint index;
    g_ptr_array_find((GPtrArray *)work->steps, job->run->step, &index);
    SbStepRunRequest request = {
        .access = work->access,
        .machine = machine->name,
        .run = job->run,
        .sources = g_ptr_array_index(work->sources, index),
        .is_copied = g_hash_table_contains(machine->copied, job->run->step),
        .artifacts = artifacts_folder(job, machine->name),
        .connect_ms = all->options->is_emulated ? CONNECT_EMULATED_MS : CONNECT_MS,
        .watch = all->watch,
    };
    job->machine = machine;
    machine->job = job;
    all->running++;
    job->step_run = sb_step_run_start(&request, &callbacks, job);
    all->callbacks->started(job->run, machine->name, job->step_run, all->data);
}

/* The first run that MACHINE can do now. */
static Job *next_for(All *all, const Machine *machine)
{
    for (guint i = 0; i < all->jobs->len; i++) {
        Job *job = g_ptr_array_index(all->jobs, i);
        gboolean is_for_it =
            job->run->machine
                ? strcmp(job->run->machine, machine->name) == 0
                : g_strv_contains((const char *const *)job->run->machines, machine->name);
        if (is_waiting(job) && is_for_it && is_ready(job))
            return job;
    }
    return NULL;
}

/* One that is passed over may be needed by others, so that they are, too. */
static void settle(All *all)
{
    gboolean has_changed = TRUE;
    while (has_changed) {
        has_changed = FALSE;
        for (guint i = 0; i < all->jobs->len; i++) {
            Job *job = g_ptr_array_index(all->jobs, i);
            if (!is_waiting(job))
                continue;
            if (all->is_stopped)
                pass_over(job, FALSE, "not run: stopped by a signal");
            has_changed |= all->is_stopped || is_after_failure(job) || is_without_machine(job);
        }
    }
}

static void schedule(All *all)
{
    settle(all);
    guint most = all->options->jobs > 0 ? all->options->jobs : G_MAXUINT;
    for (guint i = 0; i < all->machines->len && all->running < most; i++) {
        Machine *machine = g_ptr_array_index(all->machines, i);
        Job *job = machine->job || machine->lost ? NULL : next_for(all, machine);
        if (job)
            start(job, machine);
    }
    if (all->running == 0)
        g_main_loop_quit(all->loop);
}

/* ---- what happens meanwhile ---- */

static void on_failed(const char *name, const char *what, gpointer data)
{
    All *all = data;
    Machine *machine = find_machine(all, name);
    if (!machine->lost)
        machine->lost = g_strdup(what);
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

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    All *all = data;
    all->is_stopped = TRUE;
    for (guint i = 0; i < all->machines->len; i++) {
        const Machine *machine = g_ptr_array_index(all->machines, i);
        if (machine->job)
            sb_step_run_break(machine->job->step_run, "stopped by a signal", TRUE);
    }
}

static void prepare(All *all)
{
    const SbTestWork *work = all->work;
    all->machines = g_ptr_array_new_with_free_func(machine_free);
    all->jobs = g_ptr_array_new_with_free_func(job_free);
    for (guint i = 0; i < work->domains->len; i++) {
        Machine *machine = g_new0(Machine, 1);
        machine->name = g_strdup(((const SbDomain *)work->domains->pdata[i])->name);
        machine->copied = g_hash_table_new(NULL, NULL);
        g_ptr_array_add(all->machines, machine);
    }
    for (guint i = 0; i < work->runs->len; i++) {
        Job *job = g_new0(Job, 1);
        job->all = all;
        job->run = g_ptr_array_index(work->runs, i);
        g_ptr_array_add(all->jobs, job);
    }
    all->loop = g_main_loop_new(NULL, FALSE);
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
    all.cleared = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    all.is_stopped = g_cancellable_is_cancelled(cancellable);
    gulong handler = all.is_stopped
                         ? 0
                         : g_cancellable_connect(cancellable, G_CALLBACK(on_cancelled), &all, NULL);
    g_idle_add(on_begin, &all);
    g_main_loop_run(all.loop);
    if (handler)
        g_cancellable_disconnect(cancellable, handler);
    for (guint i = 0; i < all.jobs->len; i++) {
        Job *job = g_ptr_array_index(all.jobs, i);
        sb_report_add_suite(report, g_steal_pointer(&job->suite));
    }
    g_main_loop_unref(all.loop);
    g_ptr_array_unref(all.jobs);
    g_ptr_array_unref(all.machines);
    g_hash_table_unref(all.cleared);
    sb_machine_watch_free(all.watch);
    return TRUE;
}
