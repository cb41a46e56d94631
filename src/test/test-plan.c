/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-plan.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "test/test-shard.h"

#include <string.h>

SB_DEFINE_ERROR(sb_test_plan_error, SB_ERRORS_NONE)

static void run_free(gpointer data)
{
    SbTestRun *run = data;
    g_free(run->item);
    g_free(run->machine);
    g_strfreev(run->machines);
    g_free(run->label);
    g_free(run->test);
    g_free(run);
}

/* The machines of GROUP (nullable: of all groups). */
static char **machines_of(const SbFleetFile *file, const char *name)
{
    GPtrArray *machines = g_ptr_array_new();
    SB_EACH(const SbGroup, group, file->groups) {
        for (guint index = 1; index <= group->count; index++)
            if (!name || strcmp(group->name, name) == 0)
                g_ptr_array_add(machines, sb_machine_name(file->name, group->name, index));
    }
    g_ptr_array_add(machines, NULL);
    return (char **)g_ptr_array_free(machines, FALSE);
}

/* The unit that is dealt out to shards, repeated and shuffled: a step, or one item of its list. */
typedef struct {
    const SbStepInput *input;
    const char *item;
    gboolean is_fixed; /* not dealt out, repeated or shuffled, because others need it */
} Unit;

/* What a repetition of UNIT repeats: "suite" or "suite[item]". (transfer full) */
static char *unit_name(const Unit *unit)
{
    const char *step = unit->input->step->name;
    return unit->item ? g_strdup_printf("%s[%s]", step, unit->item) : g_strdup(step);
}

static void add_run(GPtrArray *runs, const Unit *unit, guint round, char **machines,
                    const char *machine)
{
    const SbTestStep *step = unit->input->step;
    SbTestRun *run = g_new0(SbTestRun, 1);
    run->step = step;
    run->input = unit->input;
    run->item = g_strdup(unit->item);
    run->round = round;
    run->machine = g_strdup(machine);
    run->machines = g_strdupv(machines);
    run->test = unit_name(unit);
    run->label = round > 1 ? g_strdup_printf("%s #%u", run->test, round) : g_strdup(run->test);
    g_ptr_array_add(runs, run);
}

static void add_unit(const SbFleetFile *file, GPtrArray *runs, const Unit *unit, guint round)
{
    const SbTestStep *step = unit->input->step;
    char *none[] = {NULL};
    if (step->fresh) {
        add_run(runs, unit, round, none, NULL);
        return;
    }
    g_auto(GStrv) machines = machines_of(file, step->on);
    if (step->spread) {
        add_run(runs, unit, round, machines, NULL);
        return;
    }
    for (guint i = 0; machines[i]; i++)
        add_run(runs, unit, round, machines, machines[i]);
}

static const SbTestStep *find_step(const SbFleetFile *file, const char *name)
{
    for (guint i = 0; i < file->steps->len; i++)
        if (strcmp(((const SbTestStep *)file->steps->pdata[i])->name, name) == 0)
            return file->steps->pdata[i];
    return NULL;
}

static void want(const SbFleetFile *file, GHashTable *wanted, const SbTestStep *step)
{
    if (!g_hash_table_add(wanted, (gpointer)step))
        return;
    for (guint i = 0; i < step->needs->len; i++)
        want(file, wanted, find_step(file, g_ptr_array_index(step->needs, i)));
}

/* The steps that are run. */
static GHashTable *wanted_steps(const SbFleetFile *file, const char *const *only, GError **error)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    SB_EACH(const SbTestStep, step, file->steps)
        if (!only || step->phase != SB_PHASE_TEST)
            want(file, wanted, step);
    for (guint i = 0; only && only[i]; i++) {
        const SbTestStep *step = find_step(file, only[i]);
        if (!step) {
            GString *known = g_string_new(NULL);
            for (guint j = 0; j < file->steps->len; j++)
                g_string_append_printf(known, "%s%s", j ? ", " : "",
                                       ((const SbTestStep *)file->steps->pdata[j])->name);
            g_set_error(error, SB_TEST_PLAN_ERROR, SB_TEST_PLAN_ERROR_UNKNOWN,
                        "no step '%.60s': '%s' has %s", only[i], file->file,
                        known->len ? known->str : "no steps");
            g_string_free(known, TRUE);
            return NULL;
        }
        want(file, wanted, step);
    }
    return g_steal_pointer(&wanted);
}

/* Whether another step that is run needs STEP: then STEP is not a test of its own. */
static gboolean is_needed(const SbFleetFile *file, GHashTable *wanted, const SbTestStep *step)
{
    SB_EACH(const SbTestStep, other, file->steps) {
        for (guint j = 0; j < other->needs->len && g_hash_table_contains(wanted, other); j++)
            if (strcmp(other->needs->pdata[j], step->name) == 0)
                return TRUE;
    }
    return FALSE;
}

/* Fixed units come first, then the others in any order. */
static void shuffle(GArray *units, guint32 seed)
{
    g_autoptr(GArray) before = g_array_copy(units);
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_array_set_size(units, 0);
    for (guint i = 0; i < before->len; i++)
        if (g_array_index(before, Unit, i).is_fixed)
            g_array_append_val(units, g_array_index(before, Unit, i));
    guint first = units->len;
    for (guint i = 0; i < before->len; i++)
        if (!g_array_index(before, Unit, i).is_fixed)
            g_array_append_val(units, g_array_index(before, Unit, i));
    for (guint i = units->len; i > first + 1; i--) {
        guint j = (guint)g_rand_int_range(random, (gint32)first, (gint32)i);
        Unit other = g_array_index(units, Unit, j);
        g_array_index(units, Unit, j) = g_array_index(units, Unit, i - 1);
        g_array_index(units, Unit, i - 1) = other;
    }
}

static void add_step_units(GArray *units, const SbStepInput *input, gboolean is_fixed)
{
    guint count = input->items ? input->items->len : 1;
    for (guint i = 0; i < count; i++) {
        Unit unit = {input, input->items ? g_ptr_array_index(input->items, i) : NULL, is_fixed};
        g_array_append_val(units, unit);
    }
}

/* The names of the units that are not fixed. (transfer full) of char * */
static GPtrArray *dealt_names(const GArray *units)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < units->len; i++)
        if (!g_array_index(units, Unit, i).is_fixed)
            g_ptr_array_add(names, unit_name(&g_array_index(units, Unit, i)));
    return names;
}

/* Keeps the units of one shard, and the fixed ones. Returns how many of them are not fixed. */
static guint take_shard(GArray *units, const SbTestSelection *selection, guint *all_out)
{
    g_autoptr(GPtrArray) names = dealt_names(units);
    *all_out = names->len;
    if (selection->shards == 0)
        return names->len;
    g_autofree guint *dealt = sb_test_shard_deal((const char *const *)names->pdata, names->len,
                                                 selection->shards, selection->durations);
    guint kept = 0, number = 0;
    for (guint i = 0; i < units->len;) {
        gboolean is_fixed = g_array_index(units, Unit, i).is_fixed;
        gboolean is_in = !is_fixed && dealt[number++] == selection->shard;
        kept += is_in;
        if (is_fixed || is_in)
            i++;
        else
            g_array_remove_index(units, i);
    }
    return kept;
}

static void add_units(const SbFleetFile *file, GPtrArray *runs, const GArray *units, guint repeat)
{
    for (guint round = 1; round <= repeat; round++)
        for (guint i = 0; i < units->len; i++)
            if (round == 1 || !g_array_index(units, Unit, i).is_fixed)
                add_unit(file, runs, &g_array_index(units, Unit, i), round);
}

GPtrArray *sb_test_plan(const SbFleetFile *file, const GPtrArray *inputs,
                        const SbTestSelection *selection, GError **error)
{
    g_autoptr(GHashTable) wanted = wanted_steps(file, selection->only, error);
    if (!wanted)
        return NULL;
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(Unit));
    g_autoptr(GArray) cleanup = g_array_new(FALSE, FALSE, sizeof(Unit));
    SB_EACH(const SbStepInput, input, inputs) {
        const SbTestStep *step = input->step;
        gboolean is_cleanup = step->phase == SB_PHASE_CLEANUP;
        if (g_hash_table_contains(wanted, step))
            add_step_units(is_cleanup ? cleanup : tests, input,
                           step->phase != SB_PHASE_TEST || is_needed(file, wanted, step));
    }
    if (selection->is_shuffled)
        shuffle(tests, selection->seed);
    guint all, kept = take_shard(tests, selection, &all);
    if (kept == 0)
        return sb_error_set_null(
            error, SB_TEST_PLAN_ERROR, SB_TEST_PLAN_ERROR_EMPTY,
            "'%s' has %u tests%s: give it a list 'test', or ask for fewer parts", file->file, all,
            all > 0 ? ", but this part has none of them" : "");
    GPtrArray *runs = g_ptr_array_new_with_free_func(run_free);
    add_units(file, runs, tests, MAX(selection->repeat, 1));
    add_units(file, runs, cleanup, 1);
    return runs;
}
