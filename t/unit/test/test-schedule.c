/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-schedule.h"

#include "fleet-files.h"
#include "test.h"

/* One schedule, of all steps of a fleet file whose machines are f-a-1, f-b-1 and f-b-2. */
typedef struct {
    SbFleetFile *file;
    GPtrArray *inputs;
    GPtrArray *runs;
    SbTestSchedule *schedule;
} Case;

static void case_clear(Case *test)
{
    sb_test_schedule_free(test->schedule);
    g_ptr_array_unref(test->runs);
    g_ptr_array_unref(test->inputs);
    sb_fleet_file_free(test->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Case, case_clear)

/* STEPS is the list `test`, without its indentation; MACHINES are those that are there. */
static void begin(Case *test, const char *steps, const char *const *machines, guint jobs)
{
    static const char *const all[] = {"f-a-1", "f-b-1", "f-b-2", NULL};
    SbTestSelection selection = {.repeat = 1};
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        g_strconcat("fleet: f\nimage: i\nmachines: {a: , b: {count: 2}}\ntest:\n", steps, NULL);
    test->file = parse(text);
    test->inputs = step_inputs(test->file);
    test->runs = sb_test_plan(test->file, test->inputs, &selection, &error);
    g_assert_no_error(error);
    test->schedule = sb_test_schedule_new(test->runs, machines ? machines : all, jobs);
}

/* All decisions until one has to be waited for, such as "one@f-a-1; two: not run: …". */
static void assert_next(Case *test, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SbTestDecision decision;
    while (sb_test_schedule_next(test->schedule, &decision)) {
        const SbTestRun *run = g_ptr_array_index(test->runs, decision.run);
        g_string_append_printf(text, "%s%s", text->len ? "; " : "", run->label);
        if (decision.action == SB_TEST_START)
            g_string_append_printf(text, "@%s", decision.machine);
        else
            g_string_append_printf(text, "%s %s",
                                   decision.action == SB_TEST_SKIP ? " skipped:" : ":",
                                   decision.reason);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

/* The run LABEL on MACHINE (NULL: that is dealt out) has finished. */
static void finish(Case *test, const char *label, const char *machine, gboolean is_bad)
{
    for (guint i = 0; i < test->runs->len; i++) {
        const SbTestRun *run = g_ptr_array_index(test->runs, i);
        if (strcmp(run->label, label) == 0 && g_strcmp0(run->machine, machine) == 0) {
            sb_test_schedule_finish(test->schedule, i, is_bad);
            return;
        }
    }
    g_assert_not_reached();
}

static void assert_over(Case *test)
{
    assert_next(test, "");
    g_assert_false(sb_test_schedule_is_busy(test->schedule));
}

static void test_side_by_side(void)
{
    g_auto(Case) test = {0};
    begin(&test, "- {name: one, run: x}\n- {name: two, on: a, run: x}\n", NULL, 0);
    assert_next(&test, "one@f-a-1; one@f-b-1; one@f-b-2");
    g_assert_true(sb_test_schedule_is_busy(test.schedule));
    finish(&test, "one", "f-b-1", FALSE);
    assert_next(&test, "");
    /* A step that fails does not end those that do not need it. */
    finish(&test, "one", "f-a-1", TRUE);
    assert_next(&test, "two@f-a-1");
    finish(&test, "one", "f-b-2", FALSE);
    finish(&test, "two", "f-a-1", FALSE);
    assert_over(&test);
}

static void test_jobs(void)
{
    g_auto(Case) test = {0};
    begin(&test, "- {name: one, run: x}\n", NULL, 2);
    assert_next(&test, "one@f-a-1; one@f-b-1");
    finish(&test, "one", "f-a-1", FALSE);
    assert_next(&test, "one@f-b-2");
    finish(&test, "one", "f-b-1", FALSE);
    finish(&test, "one", "f-b-2", FALSE);
    assert_over(&test);
}

static void test_phases(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: last, phase: cleanup, on: a, run: x}\n- {name: one, on: a, run: x}\n"
          "- {name: first, phase: setup, on: b, run: x}\n",
          NULL, 0);
    assert_next(&test, "first@f-b-1; first@f-b-2");
    finish(&test, "first", "f-b-1", FALSE);
    assert_next(&test, "");
    finish(&test, "first", "f-b-2", FALSE);
    assert_next(&test, "one@f-a-1");
    finish(&test, "one", "f-a-1", TRUE);
    assert_next(&test, "last@f-a-1");
    finish(&test, "last", "f-a-1", FALSE);
    assert_over(&test);
}

/* No test runs after a setup step that failed, but cleanup does. */
static void test_failed_setup(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: first, phase: setup, on: a, run: x}\n- {name: one, on: b, run: x}\n"
          "- {name: last, phase: cleanup, on: a, run: x}\n",
          NULL, 0);
    assert_next(&test, "first@f-a-1");
    finish(&test, "first", "f-a-1", TRUE);
    assert_next(&test, "one skipped: the setup step 'first' failed; one skipped: the setup step "
                       "'first' failed; last@f-a-1");
    finish(&test, "last", "f-a-1", FALSE);
    assert_over(&test);
}

/* A setup step that was only skipped is not a second reason. */
static void test_skipped_setup(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: first, phase: setup, on: a, run: x}\n"
          "- {name: second, phase: setup, on: a, needs: first, run: x}\n"
          "- {name: one, on: a, run: x}\n",
          NULL, 0);
    assert_next(&test, "first@f-a-1");
    finish(&test, "first", "f-a-1", TRUE);
    assert_next(&test, "second skipped: it needs 'first', which failed; one skipped: the setup "
                       "step 'first' failed");
    assert_over(&test);
}

static void test_needs(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: base, on: b, run: x}\n- {name: other, on: a, run: x}\n"
          "- {name: one, on: a, needs: base, run: x}\n",
          NULL, 0);
    assert_next(&test, "other@f-a-1; base@f-b-1; base@f-b-2");
    finish(&test, "other", "f-a-1", FALSE);
    finish(&test, "base", "f-b-1", FALSE);
    /* All runs of the step that is needed. */
    assert_next(&test, "");
    finish(&test, "base", "f-b-2", FALSE);
    assert_next(&test, "one@f-a-1");
    finish(&test, "one", "f-a-1", FALSE);
    assert_over(&test);
}

/* What needs a skipped step is skipped, too; and that is known at the first failure. */
static void test_failed_needs(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: base, on: b, run: x}\n- {name: one, on: a, needs: base, run: x}\n"
          "- {name: two, on: a, needs: one, run: x}\n- {name: free, on: a, run: x}\n",
          NULL, 0);
    assert_next(&test, "free@f-a-1; base@f-b-1; base@f-b-2");
    finish(&test, "base", "f-b-2", TRUE);
    assert_next(&test, "one skipped: it needs 'base', which failed; two skipped: it needs 'one', "
                       "which failed");
    finish(&test, "free", "f-a-1", FALSE);
    finish(&test, "base", "f-b-1", FALSE);
    assert_over(&test);
}

/* Each item goes to the machine that is free first. */
static void test_dealing_out(void)
{
    g_auto(Case) test = {0};
    begin(&test, "- {name: s, on: b, spread: true, matrix: [u, v, w], run: x}\n", NULL, 0);
    assert_next(&test, "s[u]@f-b-1; s[v]@f-b-2");
    finish(&test, "s[v]", NULL, FALSE);
    assert_next(&test, "s[w]@f-b-2");
    finish(&test, "s[w]", NULL, FALSE);
    finish(&test, "s[u]", NULL, FALSE);
    assert_over(&test);
}

static void test_lost_machine(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: one, on: a, run: x}\n- {name: two, on: a, run: x}\n"
          "- {name: three, on: b, needs: two, run: x}\n",
          NULL, 0);
    assert_next(&test, "one@f-a-1");
    sb_test_schedule_lose(test.schedule, "f-a-1", "it panicked\n  | console");
    sb_test_schedule_lose(test.schedule, "f-a-1", "it does not answer");
    /* Its run still has to finish; what comes after it is known now. */
    assert_next(&test, "two: not run: 'f-a-1' was lost before: it panicked; three skipped: it "
                       "needs 'two', which failed; three skipped: it needs 'two', which failed");
    g_assert_true(sb_test_schedule_is_busy(test.schedule));
    finish(&test, "one", "f-a-1", TRUE);
    assert_over(&test);
}

/* The items go to the machines that are left. */
static void test_dealing_out_with_a_lost_machine(void)
{
    g_auto(Case) test = {0};
    begin(&test, "- {name: s, on: b, spread: true, matrix: [u, v, w], run: x}\n", NULL, 0);
    sb_test_schedule_lose(test.schedule, "f-b-1", "it panicked");
    assert_next(&test, "s[u]@f-b-2");
    finish(&test, "s[u]", NULL, FALSE);
    assert_next(&test, "s[v]@f-b-2");
    sb_test_schedule_lose(test.schedule, "f-b-2", "it stopped");
    finish(&test, "s[v]", NULL, TRUE);
    assert_next(&test, "s[w]: not run: 'f-b-2' was lost before: it stopped");
    assert_over(&test);
}

static void test_machine_that_is_not_there(void)
{
    static const char *const machines[] = {"f-b-1", NULL};
    g_auto(Case) test = {0};
    begin(&test, "- {name: one, run: x}\n", machines, 0);
    sb_test_schedule_lose(test.schedule, "f-a-1", "nobody knows it");
    assert_next(&test, "one: not run: 'f-a-1' was lost before: it is not there; one: not run: "
                       "'f-b-2' was lost before: it is not there; one@f-b-1");
    finish(&test, "one", "f-b-1", FALSE);
    assert_over(&test);
}

/* Cleanup is not run either: the user has asked for an end. */
static void test_stop(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: one, on: a, run: x}\n- {name: two, on: a, run: x}\n"
          "- {name: last, phase: cleanup, on: a, run: x}\n",
          NULL, 0);
    assert_next(&test, "one@f-a-1");
    sb_test_schedule_stop(test.schedule);
    assert_next(&test, "two: not run: stopped by a signal; last: not run: stopped by a signal");
    g_assert_true(sb_test_schedule_is_busy(test.schedule));
    finish(&test, "one", "f-a-1", TRUE);
    assert_over(&test);
}

#define FRESH "- {name: s, on: b, fresh: true, matrix: [u, v, w], run: x}\n"

/* Each item has a machine of its own, which is used once. */
static void test_fresh(void)
{
    g_auto(Case) test = {0};
    begin(&test, "- {name: base, on: b, run: x}\n" FRESH, NULL, 0);
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 3);
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "a"), ==, 0);
    assert_next(&test, "base@f-b-1; base@f-b-2");
    sb_test_schedule_add_fresh(test.schedule, "f-b-3", "b");
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 2);
    assert_next(&test, "s[u]@f-b-3");
    sb_test_schedule_add_fresh(test.schedule, "f-b-4", "b");
    assert_next(&test, "s[v]@f-b-4");
    finish(&test, "base", "f-b-1", FALSE);
    finish(&test, "base", "f-b-2", FALSE);
    finish(&test, "s[u]", NULL, FALSE);
    assert_next(&test, "");
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 1);
    /* The next machine may have the name of the one that was used. */
    sb_test_schedule_add_fresh(test.schedule, "f-b-3", "b");
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 0);
    assert_next(&test, "s[w]@f-b-3");
    finish(&test, "s[w]", NULL, FALSE);
    finish(&test, "s[v]", NULL, FALSE);
    assert_over(&test);
}

/* What the runs need comes first: until then no machine is made. */
static void test_fresh_with_needs(void)
{
    g_auto(Case) test = {0};
    begin(&test,
          "- {name: one, on: a, run: x}\n"
          "- {name: s, on: b, fresh: true, needs: one, run: x}\n",
          NULL, 0);
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 0);
    assert_next(&test, "one@f-a-1");
    finish(&test, "one", "f-a-1", FALSE);
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 1);
    sb_test_schedule_stop(test.schedule);
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 0);
    assert_next(&test, "s: not run: stopped by a signal");
    assert_over(&test);
}

static void test_no_fresh_machine(void)
{
    g_auto(Case) test = {0};
    begin(&test, FRESH, NULL, 1);
    sb_test_schedule_add_fresh(test.schedule, "f-b-3", "b");
    assert_next(&test, "s[u]@f-b-3");
    sb_test_schedule_give_up_fresh(test.schedule, "b", "no room in the pool\nmore");
    assert_next(&test, "s[v]: not run: no fresh machine: no room in the pool; s[w]: not run: no "
                       "fresh machine: no room in the pool");
    g_assert_cmpuint(sb_test_schedule_lacks(test.schedule, "b"), ==, 0);
    /* A machine that came too late is not used. */
    sb_test_schedule_add_fresh(test.schedule, "f-b-4", "b");
    finish(&test, "s[u]", NULL, FALSE);
    assert_over(&test);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/test-schedule/side-by-side", test_side_by_side);
    g_test_add_func("/test-schedule/jobs", test_jobs);
    g_test_add_func("/test-schedule/phases", test_phases);
    g_test_add_func("/test-schedule/failed-setup", test_failed_setup);
    g_test_add_func("/test-schedule/skipped-setup", test_skipped_setup);
    g_test_add_func("/test-schedule/needs", test_needs);
    g_test_add_func("/test-schedule/failed-needs", test_failed_needs);
    g_test_add_func("/test-schedule/dealing-out", test_dealing_out);
    g_test_add_func("/test-schedule/lost-machine", test_lost_machine);
    g_test_add_func("/test-schedule/dealing-out-with-a-lost-machine",
                    test_dealing_out_with_a_lost_machine);
    g_test_add_func("/test-schedule/machine-that-is-not-there", test_machine_that_is_not_there);
    g_test_add_func("/test-schedule/stop", test_stop);
    g_test_add_func("/test-schedule/fresh", test_fresh);
    g_test_add_func("/test-schedule/fresh-with-needs", test_fresh_with_needs);
    g_test_add_func("/test-schedule/no-fresh-machine", test_no_fresh_machine);
    return g_test_run();
}
