/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-shard.h"

#include "base/json.h"
#include "test.h"

#include <string.h>

static void test_parse(void)
{
    static const char *const wrong[] = {"",      "1",      "0/2", "3/2",  "1/0",
                                        "1/2/3", "1/1001", "a/b", "-1/2", " 1/2"};
    guint shard, shards;
    g_assert_true(sb_test_shard_parse("2/3", &shard, &shards));
    g_assert_cmpuint(shard * 10 + shards, ==, 23);
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(sb_test_shard_parse(wrong[i], &shard, &shards));
}

/* The part that a job with VARIABLES ("A=1 B=2") says, such as "2/4", or the reason why not. */
static char *part_of_job(const char *variables)
{
    g_auto(GStrv) environment = g_strsplit(variables, " ", -1);
    guint shard, shards;
    char *why = NULL;
    if (!sb_test_shard_of_job(environment, &shard, &shards, &why))
        return why;
    return g_strdup_printf("%u/%u", shard, shards);
}

static void test_of_job(void)
{
    static const struct {
        const char *variables, *part;
    } good[] = {
        {"SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=1", "1/8"},
        {"SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=8 SLURM_ARRAY_TASK_MIN=0", "8/8"},
        {"SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 "
         "SLURM_ARRAY_TASK_STEP=2",
         "3/4"},
        {"CI_NODE_INDEX=3 CI_NODE_TOTAL=3", "3/3"},
        {"CI_NODE_TOTAL=1", "1/1"}, /* GitLab, without 'parallel' */
        {"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=5", "1/5"},
        {"BUILDKITE_PARALLEL_JOB=4 BUILDKITE_PARALLEL_JOB_COUNT=5", "5/5"},
    };
    static const char *const bad[] = {
        "SLURM_ARRAY_TASK_ID=3",                                                 /* no count */
        "SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1", /* --array=1,3,9 */
        "SLURM_ARRAY_TASK_ID=x SLURM_ARRAY_TASK_COUNT=3",
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_STEP=2",
        "CI_NODE_INDEX=0 CI_NODE_TOTAL=3",
        "CI_NODE_INDEX=4 CI_NODE_TOTAL=3",
        "CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=1001",
        "BUILDKITE_PARALLEL_JOB_COUNT=5",
    };
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *part = part_of_job(good[i].variables);
        g_assert_cmpstr(part, ==, good[i].part);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *why = part_of_job(bad[i]);
        g_assert_nonnull(strstr(why, "do not say a part"));
    }
    g_autofree char *none = part_of_job("HOME=/");
    g_assert_nonnull(strstr(none, "write --shard=K/N"));
}

/* The parts as "1 2 1". DURATIONS: JSON, or NULL. */
static char *deal(const char *const *tests, guint n_tests, guint shards, const char *json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) durations =
        json ? sb_test_durations_parse(json, strlen(json), &error) : NULL;
    g_assert_no_error(error);
    g_autofree guint *dealt = sb_test_shard_deal(tests, n_tests, shards, durations);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n_tests; i++)
        g_string_append_printf(text, "%s%u", i ? " " : "", dealt[i]);
    return g_string_free(text, FALSE);
}

static void test_deal(void)
{
    static const char *const tests[] = {"a", "b", "c", "d", "e"};
    static const struct {
        const char *durations, *parts;
    } rows[] = {
        {NULL, "1 2 1 2 1"},
        /* 9 against 4 + 3 + 2, then the 1 */
        {"{\"durations\": {\"a\": 1, \"b\": 2.0, \"c\": 9, \"d\": 3, \"e\": 4}}", "1 2 1 2 2"},
        /* what is not known counts as the mean: 5 */
        {"{\"durations\": {\"a\": 8, \"b\": 2}}", "1 2 2 2 1"},
        {"{\"durations\": {}}", "1 2 1 2 1"},
        {"{\"durations\": {\"other\": 5}}", "1 2 1 2 1"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *parts = deal(tests, G_N_ELEMENTS(tests), 2, rows[i].durations);
        g_assert_cmpstr(parts, ==, rows[i].parts);
    }
    g_autofree char *none = deal(tests, 0, 3, "{\"durations\": {}}");
    g_assert_cmpstr(none, ==, "");
}

static void test_durations(void)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "{}",
                                      "{\"durations\": []}",
                                      "{\"durations\": {\"a\": -1}}",
                                      "{\"durations\": {\"a\": \"1\"}}",
                                      "{\"durations\": {\"a\": {}}}",
                                      "{\"durations\": {\"a\": null}}"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(sb_test_durations_parse(bad[i], strlen(bad[i]), &error));
        g_assert_error(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID);
    }
    static const char text[] = "{\"durations\": {\"b[x/y]\": 1.5, \"a\": 2}}";
    g_autoptr(GHashTable) durations = sb_test_durations_parse(text, strlen(text), NULL);
    g_autofree char *json = sb_test_durations_to_json(durations);
    g_autoptr(GHashTable) again = sb_test_durations_parse(json, strlen(json), NULL);
    g_assert_cmpfloat(*(gdouble *)g_hash_table_lookup(again, "b[x/y]"), ==, 1.5);
    g_assert_cmpfloat(*(gdouble *)g_hash_table_lookup(again, "a"), ==, 2);
    g_assert_cmpuint(g_hash_table_size(again), ==, 2);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/test-shard/parse", test_parse);
    g_test_add_func("/test-shard/of-job", test_of_job);
    g_test_add_func("/test-shard/deal", test_deal);
    g_test_add_func("/test-shard/durations", test_durations);
    return g_test_run();
}
