/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/test-shard.h"

#include "base/error.h"
#include "base/json-members.h"
#include "base/json.h"

#include <math.h>

enum { SHARDS_MAX = 1000 };

gboolean sb_test_shard_parse(const char *text, guint *shard_out, guint *shards_out)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    guint64 shard, shards;
    if (g_strv_length(parts) != 2 ||
        !g_ascii_string_to_unsigned(parts[1], 10, 1, SHARDS_MAX, &shards, NULL) ||
        !g_ascii_string_to_unsigned(parts[0], 10, 1, shards, &shard, NULL))
        return FALSE;
    *shard_out = (guint)shard;
    *shards_out = (guint)shards;
    return TRUE;
}

/* ---- job systems ---- */

/* The variables of each system, from its documentation: Slurm's sbatch(1), "Predefined CI/CD
 * variables" of GitLab, CircleCI's "Built-in environment variables", Buildkite's "Environment
 * variables". */
static const struct {
    const char *index, *count;
    const char *first; /**< (nullable) the variable with the index of the first job */
    const char *step;  /**< (nullable) the variable with the distance of two indexes */
    guint64 base;      /**< the index of the first job, without such a variable */
} systems[] = {
    {"SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_STEP", 0},
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", NULL, NULL, 1},
    {"CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", NULL, NULL, 0},
    {"BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", NULL, NULL, 0},
};

/* The number in the variable NAME (nullable), or OTHERWISE if it is not set. FALSE: not a number.
 */
static gboolean read_variable(char **environment, const char *name, guint64 otherwise,
                              guint64 *number_out)
{
    const char *text = name ? g_environ_getenv(environment, name) : NULL;
    *number_out = otherwise;
    return !text || g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, number_out, NULL);
}

static gboolean read_system(char **environment, guint at, guint *shard_out, guint *shards_out)
{
    guint64 index, count, first, step;
    if (!read_variable(environment, systems[at].count, 0, &count) ||
        !read_variable(environment, systems[at].first, systems[at].base, &first) ||
        !read_variable(environment, systems[at].step, 1, &step) ||
        !read_variable(environment, systems[at].index, count == 1 ? first : G_MAXUINT64, &index))
        return FALSE;
    if (index == G_MAXUINT64 || count < 1 || count > SHARDS_MAX || step == 0 || index < first ||
        (index - first) % step != 0 || (index - first) / step >= count)
        return FALSE;
    *shard_out = (guint)((index - first) / step + 1);
    *shards_out = (guint)count;
    return TRUE;
}

gboolean sb_test_shard_of_job(char **environment, guint *shard_out, guint *shards_out,
                              char **why_out)
{
    for (guint i = 0; i < G_N_ELEMENTS(systems); i++) {
        const char *index = g_environ_getenv(environment, systems[i].index);
        const char *count = g_environ_getenv(environment, systems[i].count);
        if (!index && !count)
            continue;
        if (read_system(environment, i, shard_out, shards_out))
            return TRUE;
        *why_out = g_strdup_printf(
            "%s=%.20s and %s=%.20s do not say a part of at most %d: the jobs "
            "must be numbered without gaps",
            systems[i].index, index ? index : "", systems[i].count, count ? count : "", SHARDS_MAX);
        return FALSE;
    }
    GString *names = g_string_new("no parallel job says which part this is (");
    for (guint i = 0; i < G_N_ELEMENTS(systems); i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", systems[i].index);
    *why_out = g_string_free(g_string_append(names, " are not set): write --shard=K/N"), FALSE);
    return FALSE;
}

/* ---- dealing out ---- */

/* One test. */
typedef struct {
    guint place; /**< among the tests */
    gdouble seconds;
} Weight;

/* The longest first; of the same length, the earlier one. */
static int compare_weights(gconstpointer a, gconstpointer b)
{
    const Weight *left = a, *right = b;
    if (left->seconds != right->seconds)
        return left->seconds > right->seconds ? -1 : 1;
    return left->place < right->place ? -1 : 1;
}

static GArray *weigh(const char *const *tests, guint n_tests, GHashTable *durations)
{
    GArray *weights = g_array_sized_new(FALSE, FALSE, sizeof(Weight), n_tests);
    gdouble sum = 0;
    guint known = 0;
    for (guint i = 0; i < n_tests; i++) {
        const gdouble *seconds = g_hash_table_lookup(durations, tests[i]);
        Weight weight = {i, seconds ? *seconds : -1};
        known += seconds != NULL;
        sum += seconds ? *seconds : 0;
        g_array_append_val(weights, weight);
    }
    for (guint i = 0; i < n_tests; i++) {
        Weight *weight = &g_array_index(weights, Weight, i);
        if (weight->seconds < 0)
            weight->seconds = known ? sum / known : 1;
    }
    g_array_sort(weights, compare_weights);
    return weights;
}

static guint least(const gdouble *loads, guint shards)
{
    guint best = 0;
    for (guint i = 1; i < shards; i++)
        if (loads[i] < loads[best])
            best = i;
    return best;
}

guint *sb_test_shard_deal(const char *const *tests, guint n_tests, guint shards,
                          GHashTable *durations)
{
    guint *dealt = g_new0(guint, n_tests);
    for (guint i = 0; !durations && i < n_tests; i++)
        dealt[i] = i % shards + 1;
    if (!durations)
        return dealt;
    g_autoptr(GArray) weights = weigh(tests, n_tests, durations);
    g_autofree gdouble *loads = g_new0(gdouble, shards);
    for (guint i = 0; i < n_tests; i++) {
        const Weight *weight = &g_array_index(weights, Weight, i);
        guint shard = least(loads, shards);
        loads[shard] += weight->seconds;
        dealt[weight->place] = shard + 1;
    }
    return dealt;
}

/* ---- the file of durations ---- */

char *sb_test_durations_to_json(GHashTable *durations)
{
    g_autoptr(JsonBuilder) json = sb_json_document("durations");
    sb_json_begin_object(json, "durations");
    g_autoptr(GList) tests = g_list_sort(g_hash_table_get_keys(durations), (GCompareFunc)g_strcmp0);
    for (GList *at = tests; at; at = at->next) {
        json_builder_set_member_name(json, at->data);
        json_builder_add_double_value(json, *(gdouble *)g_hash_table_lookup(durations, at->data));
    }
    json_builder_end_object(json);
    json_builder_end_object(json);
    g_autoptr(JsonNode) root = json_builder_get_root(json);
    g_autofree char *text = json_to_string(root, TRUE);
    return g_strconcat(text, "\n", NULL);
}

static gboolean read_seconds(JsonObject *object, const char *name, gdouble *seconds_out)
{
    JsonNode *node = json_object_get_member(object, name);
    GType type = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;
    *seconds_out = type == G_TYPE_DOUBLE || type == G_TYPE_INT64 ? json_node_get_double(node) : -1;
    return *seconds_out >= 0 && isfinite(*seconds_out);
}

GHashTable *sb_test_durations_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(JsonNode) root =
        sb_json_load_object(text, length, SB_TEST_DURATIONS_MAX_BYTES, error);
    if (!root)
        return NULL;
    JsonObject *durations = sb_json_object(json_node_get_object(root), "durations");
    if (!durations)
        return sb_error_set_null(
            error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID,
            "it has no object 'durations': 'seedbed report merge --durations' writes one");
    g_autoptr(GHashTable) read = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GList) names = json_object_get_members(durations);
    for (GList *at = names; at; at = at->next) {
        gdouble seconds;
        if (!read_seconds(durations, at->data, &seconds))
            return sb_error_set_null(error, SB_JSON_ERROR, SB_JSON_ERROR_INVALID,
                                     "the duration of '%.80s' is not a number of seconds",
                                     (char *)at->data);
        g_hash_table_insert(read, g_strdup(at->data), g_memdup2(&seconds, sizeof seconds));
    }
    return g_steal_pointer(&read);
}
