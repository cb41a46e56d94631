/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-plan.h"
#include "fleet-files.h"
#include "test.h"

static const char fleet[] = "fleet: f\nimage: i\nmachines: {g: {count: 2}, h: }\ntest:\n"
                            "  - {name: clean, phase: cleanup, on: h, run: x}\n"
                            "  - {name: base, on: h, run: x}\n"
                            "  - {name: one, on: h, run: x, needs: base}\n"
                            "  - {name: two, run: x}\n"
                            "  - {name: list, on: g, run: x, matrix: [a, b, c], spread: true}\n"
                            "  - {name: set, phase: setup, on: h, run: x}\n";

/* The plan as "LABEL@MACHINE …", with "*" for a machine that is not decided. */
static char *plan_text(const SbTestSelection *selection, GError **error)
{
    g_autoptr(SbFleetFile) file = parse(fleet);
    g_autoptr(GPtrArray) inputs = step_inputs(file);
    g_autoptr(GPtrArray) runs = sb_test_plan(file, inputs, selection, error);
    if (!runs)
        return NULL;
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < runs->len; i++) {
        const SbTestRun *run = g_ptr_array_index(runs, i);
        g_string_append_printf(text, "%s%s@%s", i ? " " : "", run->label,
                               run->machine ? run->machine : "*");
    }
    return g_string_free(text, FALSE);
}

static void check(const SbTestSelection *selection, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = plan_text(selection, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, expected);
}

#define FIRST "base@f-h-1 set@f-h-1 "
#define TWO "two@f-g-1 two@f-g-2 two@f-h-1"

static void test_all(void)
{
    check(&(SbTestSelection){.repeat = 1},
          "base@f-h-1 one@f-h-1 " TWO " list[a]@* list[b]@* list[c]@* set@f-h-1 clean@f-h-1");
}

static void test_only(void)
{
    const char *one[] = {"one", NULL}, *list[] = {"list", "two", NULL}, *wrong[] = {"on", NULL};
    check(&(SbTestSelection){.repeat = 1, .only = one},
          "base@f-h-1 one@f-h-1 set@f-h-1 clean@f-h-1");
    check(&(SbTestSelection){.repeat = 1, .only = list},
          TWO " list[a]@* list[b]@* list[c]@* set@f-h-1 clean@f-h-1");
    g_autoptr(GError) error = NULL;
    g_assert_null(plan_text(&(SbTestSelection){.repeat = 1, .only = wrong}, &error));
    g_assert_error(error, SB_TEST_PLAN_ERROR, SB_TEST_PLAN_ERROR_UNKNOWN);
}

static void test_repeat(void)
{
    const char *list[] = {"list", NULL};
    check(&(SbTestSelection){.repeat = 2, .only = list},
          "list[a]@* list[b]@* list[c]@* set@f-h-1 list[a] #2@* list[b] #2@* list[c] #2@* "
          "clean@f-h-1");
}

/* Every test is in exactly one shard. The steps that tests need are in every shard. */
static void test_shards(void)
{
    check(&(SbTestSelection){.repeat = 1, .shard = 1, .shards = 3},
          "base@f-h-1 one@f-h-1 list[b]@* set@f-h-1 clean@f-h-1");
    check(&(SbTestSelection){.repeat = 1, .shard = 2, .shards = 3},
          "base@f-h-1 " TWO " list[c]@* set@f-h-1 clean@f-h-1");
    check(&(SbTestSelection){.repeat = 1, .shard = 3, .shards = 3},
          "base@f-h-1 list[a]@* set@f-h-1 clean@f-h-1");
    g_autoptr(GError) error = NULL;
    g_assert_null(plan_text(&(SbTestSelection){.repeat = 1, .shard = 6, .shards = 6}, &error));
    g_assert_error(error, SB_TEST_PLAN_ERROR, SB_TEST_PLAN_ERROR_EMPTY);
}

static void test_shuffle(void)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint32 seed = 0; seed < 50; seed++) {
        const SbTestSelection selection = {.repeat = 1, .is_shuffled = TRUE, .seed = seed};
        g_autofree char *text = plan_text(&selection, NULL), *again = plan_text(&selection, NULL);
        g_assert_cmpstr(text, ==, again);
        g_assert_true(g_str_has_prefix(text, FIRST) && g_str_has_suffix(text, " clean@f-h-1"));
        g_assert_nonnull(strstr(text, TWO));
        g_hash_table_add(seen, g_steal_pointer(&text));
    }
    g_assert_cmpuint(g_hash_table_size(seen), >, 20);
    g_hash_table_unref(seen);
    /* It must be the same tomorrow, and on another host. */
    check(&(SbTestSelection){.repeat = 1, .is_shuffled = TRUE, .seed = 7},
          FIRST "list[a]@* list[b]@* " TWO " list[c]@* one@f-h-1 clean@f-h-1");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/test-plan/all", test_all);
    g_test_add_func("/test-plan/only", test_only);
    g_test_add_func("/test-plan/repeat", test_repeat);
    g_test_add_func("/test-plan/shards", test_shards);
    g_test_add_func("/test-plan/shuffle", test_shuffle);
    return g_test_run();
}
