/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-schedule.h"

#include "base/array.h"

#include <string.h>

enum { PHASES = SB_PHASE_CLEANUP + 1 };

/* What the runs of one step have come to. */
typedef struct {
    const SbTestStep *step;
    guint open;           /**< runs that are neither finished nor passed over */
    gboolean has_failed;  /**< a run failed, or could not be run */
    gboolean has_skipped; /**< a run was skipped, so that its work is not done */
} Step;

typedef struct {
    char *name;
    char *group; /**< (nullable) of a fresh machine, which has one run */
    char *lost;  /**< (nullable) why it cannot be used any more */
    gboolean is_busy;
} Machine;

typedef enum { RUN_WAITING, RUN_STARTED, RUN_OVER } RunState;

typedef struct {
    const SbTestRun *run;
    Step *step;
    RunState state;
    Machine *machine; /**< (nullable) where it was started */
} Run;

struct SbTestSchedule {
    GPtrArray *steps;    /**< of Step, in the order of their first runs */
    GArray *runs;        /**< of Run */
    GPtrArray *machines; /**< of Machine */
    guint open[PHASES];  /**< runs of each phase that are neither finished nor passed over */
    GHashTable *barren;  /**< a group to why no fresh machine of it can be made */
    guint busy, jobs;
    gboolean is_stopped;
    char *reason; /**< of the last decision */
};

static void machine_free(gpointer data)
{
    Machine *machine = data;
    g_free(machine->name);
    g_free(machine->group);
    g_free(machine->lost);
    g_free(machine);
}

static Machine *find_machine(const SbTestSchedule *schedule, const char *name)
{
    SB_EACH(Machine, machine, schedule->machines)
        if (strcmp(machine->name, name) == 0)
            return machine;
    return NULL;
}

/* The step called NAME; NULL if it has no run. */
static Step *find_step(const SbTestSchedule *schedule, const char *name)
{
    SB_EACH(Step, step, schedule->steps)
        if (strcmp(step->step->name, name) == 0)
            return step;
    return NULL;
}

static void add_machine(SbTestSchedule *schedule, const char *name, const char *group)
{
    Machine *machine = g_new0(Machine, 1);
    machine->name = g_strdup(name);
    machine->group = g_strdup(group);
    g_ptr_array_add(schedule->machines, machine);
}

SbTestSchedule *sb_test_schedule_new(const GPtrArray *runs, const char *const *machines, guint jobs)
{
    SbTestSchedule *schedule = g_new0(SbTestSchedule, 1);
    schedule->steps = g_ptr_array_new_with_free_func(g_free);
    schedule->runs = g_array_new(FALSE, FALSE, sizeof(Run));
    schedule->machines = g_ptr_array_new_with_free_func(machine_free);
    schedule->barren = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    schedule->jobs = jobs > 0 ? jobs : G_MAXUINT;
    for (gsize i = 0; machines[i]; i++)
        add_machine(schedule, machines[i], NULL);
    SB_EACH(const SbTestRun, planned, runs) {
        Run run = {.run = planned, .step = find_step(schedule, planned->step->name)};
        if (!run.step) {
            run.step = g_new0(Step, 1);
            run.step->step = planned->step;
            g_ptr_array_add(schedule->steps, run.step);
        }
        run.step->open++;
        schedule->open[planned->step->phase]++;
        g_array_append_val(schedule->runs, run);
    }
    return schedule;
}

void sb_test_schedule_free(SbTestSchedule *schedule)
{
    if (!schedule)
        return;
    g_ptr_array_unref(schedule->steps);
    g_array_unref(schedule->runs);
    g_ptr_array_unref(schedule->machines);
    g_hash_table_unref(schedule->barren);
    g_free(schedule->reason);
    g_free(schedule);
}

/* ---- runs that are passed over ---- */

/* Why RUN is skipped: a step before it failed. (transfer full) (nullable) */
static char *reason_to_skip(const SbTestSchedule *schedule, const Run *run)
{
    const GPtrArray *needs = run->step->step->needs;
    for (guint i = 0; i < needs->len; i++) {
        const Step *needed = find_step(schedule, g_ptr_array_index(needs, i));
        if (needed && (needed->has_failed || needed->has_skipped))
            return g_strdup_printf("it needs '%s', which failed", needed->step->name);
    }
    for (guint i = 0; i < schedule->steps->len && run->step->step->phase == SB_PHASE_TEST; i++) {
        const Step *step = g_ptr_array_index(schedule->steps, i);
        if (step->step->phase == SB_PHASE_SETUP && step->has_failed)
            return g_strdup_printf("the setup step '%s' failed", step->step->name);
    }
    return NULL;
}

/* Why no machine can do RUN any more: the loss of the last one. (transfer full) (nullable) */
static char *reason_of_loss(const SbTestSchedule *schedule, const SbTestRun *run)
{
    if (run->step->fresh) {
        const char *barren = g_hash_table_lookup(schedule->barren, run->step->on);
        return barren ? g_strdup_printf("not run: no fresh machine: %s", barren) : NULL;
    }
    const char *name = run->machine, *why = "it is not there";
    for (guint i = 0; run->machines[i]; i++) {
        if (run->machine && strcmp(run->machine, run->machines[i]) != 0)
            continue;
        const Machine *machine = find_machine(schedule, run->machines[i]);
        if (machine && !machine->lost)
            return NULL;
        name = run->machines[i];
        why = machine ? machine->lost : "it is not there";
    }
    return g_strdup_printf("not run: '%s' was lost before: %.*s", name, (int)strcspn(why, "\n"),
                           why);
}

static void close_run(SbTestSchedule *schedule, Run *run)
{
    run->state = RUN_OVER;
    run->step->open--;
    schedule->open[run->step->step->phase]--;
}

/* Whether RUN is passed over now. */
static gboolean pass_over(SbTestSchedule *schedule, Run *run, SbTestDecision *decision)
{
    decision->action = SB_TEST_NOT_RUN;
    g_free(schedule->reason);
    schedule->reason = NULL;
    if (schedule->is_stopped) {
        schedule->reason = g_strdup("not run: stopped by a signal");
    } else {
        schedule->reason = reason_to_skip(schedule, run);
        if (schedule->reason)
            decision->action = SB_TEST_SKIP;
        else
            schedule->reason = reason_of_loss(schedule, run->run);
    }
    if (!schedule->reason)
        return FALSE;
    run->step->has_skipped |= decision->action == SB_TEST_SKIP;
    run->step->has_failed |= decision->action == SB_TEST_NOT_RUN;
    close_run(schedule, run);
    decision->reason = schedule->reason;
    return TRUE;
}

/* ---- runs that start ---- */

/* Whether all that comes before RUN is over. */
static gboolean is_ready(const SbTestSchedule *schedule, const Run *run)
{
    const SbTestStep *step = run->step->step;
    for (int phase = 0; phase < (int)step->phase; phase++)
        if (schedule->open[phase] > 0)
            return FALSE;
    for (guint i = 0; i < step->needs->len; i++) {
        const Step *needed = find_step(schedule, g_ptr_array_index(step->needs, i));
        if (needed && needed->open > 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_for(const SbTestRun *run, const Machine *to)
{
    const char *machine = to->name;
    if (run->step->fresh || to->group)
        return run->step->fresh && g_strcmp0(run->step->on, to->group) == 0;
    return run->machine ? strcmp(run->machine, machine) == 0
                        : g_strv_contains((const char *const *)run->machines, machine);
}

/* Starts the first run that MACHINE can do now, if there is one. */
static gboolean start_on(SbTestSchedule *schedule, Machine *machine, SbTestDecision *decision)
{
    for (guint i = 0; i < schedule->runs->len; i++) {
        Run *run = &g_array_index(schedule->runs, Run, i);
        if (run->state != RUN_WAITING || !is_for(run->run, machine) || !is_ready(schedule, run))
            continue;
        run->state = RUN_STARTED;
        run->machine = machine;
        machine->is_busy = TRUE;
        schedule->busy++;
        *decision = (SbTestDecision){.action = SB_TEST_START, .run = i, .machine = machine->name};
        return TRUE;
    }
    return FALSE;
}

gboolean sb_test_schedule_next(SbTestSchedule *schedule, SbTestDecision *decision_out)
{
    /* First, because others may need a run that is passed over. */
    for (guint i = 0; i < schedule->runs->len; i++) {
        Run *run = &g_array_index(schedule->runs, Run, i);
        SbTestDecision decision = {.run = i};
        if (run->state == RUN_WAITING && pass_over(schedule, run, &decision)) {
            *decision_out = decision;
            return TRUE;
        }
    }
    for (guint i = 0; i < schedule->machines->len && schedule->busy < schedule->jobs; i++) {
        Machine *machine = g_ptr_array_index(schedule->machines, i);
        if (!machine->is_busy && !machine->lost && start_on(schedule, machine, decision_out))
            return TRUE;
    }
    return FALSE;
}

guint sb_test_schedule_lacks(const SbTestSchedule *schedule, const char *group)
{
    guint wanted = 0, idle = 0;
    if (schedule->is_stopped)
        return 0;
    for (guint i = 0; i < schedule->runs->len; i++) {
        const Run *run = &g_array_index(schedule->runs, Run, i);
        wanted += run->state == RUN_WAITING && run->run->step->fresh &&
                  strcmp(run->run->step->on, group) == 0 && is_ready(schedule, run);
    }
    SB_EACH(const Machine, machine, schedule->machines)
        idle += !machine->lost && !machine->is_busy && g_strcmp0(machine->group, group) == 0;
    return wanted > idle ? wanted - idle : 0;
}

/* ---- what came of the decisions ---- */

void sb_test_schedule_add_fresh(SbTestSchedule *schedule, const char *machine, const char *group)
{
    Machine *used = find_machine(schedule, machine);
    if (used)
        g_ptr_array_remove(schedule->machines, used);
    add_machine(schedule, machine, group);
}

void sb_test_schedule_give_up_fresh(SbTestSchedule *schedule, const char *group, const char *why)
{
    g_autofree char *line = g_strndup(why, strcspn(why, "\n"));
    g_hash_table_insert(schedule->barren, g_strdup(group), g_steal_pointer(&line));
}

void sb_test_schedule_finish(SbTestSchedule *schedule, guint run, gboolean is_bad)
{
    Run *finished = &g_array_index(schedule->runs, Run, run);
    g_return_if_fail(finished->state == RUN_STARTED);
    finished->step->has_failed |= is_bad;
    finished->machine->is_busy = FALSE;
    if (finished->machine->group && !finished->machine->lost)
        finished->machine->lost = g_strdup("it was used");
    finished->machine = NULL;
    schedule->busy--;
    close_run(schedule, finished);
}

void sb_test_schedule_lose(SbTestSchedule *schedule, const char *machine, const char *why)
{
    Machine *lost = find_machine(schedule, machine);
    if (lost && !lost->lost)
        lost->lost = g_strdup(why);
}

void sb_test_schedule_stop(SbTestSchedule *schedule)
{
    schedule->is_stopped = TRUE;
}

gboolean sb_test_schedule_is_busy(const SbTestSchedule *schedule)
{
    return schedule->busy > 0;
}
