/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/report-merge.h"

#include "base/array.h"
#include "base/error.h"
#include "base/json-members.h"
#include "tap/flaky.h"
#include "test/test-shard.h"

#include <string.h>

/* ---- whether they belong together ---- */

/* What must be the same in all reports, and what it is for people. */
static const struct {
    const char *property, *words;
} common[] = {
    {"fleet_file_digest", "another fleet file"},
    {"seedbed", "another version of seedbed"},
};

static gboolean read_shard(SbReportPart *part, GError **error)
{
    const char *text = sb_report_property(part->report, "shard");
    part->shard = part->shards = 0;
    if (!text || sb_test_shard_parse(text, &part->shard, &part->shards))
        return TRUE;
    return sb_error_set(error, SB_REPORT_ERROR, SB_REPORT_ERROR_OTHER,
                        "'%s': its part '%.40s' is not K/N, such as 1/4", part->file, text);
}

static gboolean belongs_to(const SbReportPart *first, const SbReportPart *part, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(common); i++) {
        const char *here = sb_report_property(part->report, common[i].property);
        const char *there = sb_report_property(first->report, common[i].property);
        if (g_strcmp0(here, there) == 0)
            continue;
        return sb_error_set(
            error, SB_REPORT_ERROR, SB_REPORT_ERROR_OTHER,
            "'%s' is of %s than '%s' (%s: '%.80s', and '%.80s'): merge reports of one test",
            part->file, common[i].words, first->file, common[i].property, here ? here : "none",
            there ? there : "none");
    }
    if (part->shards == first->shards)
        return TRUE;
    return sb_error_set(
        error, SB_REPORT_ERROR, SB_REPORT_ERROR_OTHER,
        "'%s' is of a test in %u parts, and '%s' of one in %u: merge reports of one test",
        part->file, MAX(part->shards, 1), first->file, MAX(first->shards, 1));
}

/* ---- properties ---- */

static gboolean is_of_one_part(const char *name)
{
    return strcmp(name, "shard") == 0 || strcmp(name, "flaky") == 0;
}

/* The different values of the property NAME, in the order of PARTS. (transfer full) */
static char *all_values(const SbReportPart *parts, guint n_parts, const char *name)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new();
    for (guint i = 0; i < n_parts; i++) {
        const char *value = sb_report_property(parts[i].report, name);
        if (value && !g_ptr_array_find_with_equal_func(values, value, g_str_equal, NULL))
            g_ptr_array_add(values, (gpointer)value);
    }
    g_ptr_array_add(values, NULL);
    return g_strjoinv(", ", (char **)values->pdata);
}

static void merge_properties(SbReport *merged, const SbReportPart *parts, guint n_parts)
{
    for (guint i = 0; i < n_parts; i++) {
        const GPtrArray *properties = parts[i].report->properties;
        for (guint j = 0; j + 1 < properties->len; j += 2) {
            const char *name = properties->pdata[j];
            if (is_of_one_part(name) || sb_report_property(merged, name))
                continue;
            g_autofree char *values = all_values(parts, n_parts, name);
            sb_report_add_property(merged, name, values);
        }
    }
    g_autofree char *count = g_strdup_printf("%u", n_parts);
    sb_report_add_property(merged, "reports", count);
}

/* ---- suites ---- */

/* A fleet can have another name in each part; a repetition is one all the same. */
static void drop_fleet_name(SbSuite *suite, const char *fleet)
{
    g_autofree char *prefix = g_strconcat(fleet ? fleet : "", "-", NULL);
    if (!suite->repeats || !suite->host || !g_str_has_prefix(suite->host, prefix) ||
        !g_str_has_prefix(suite->repeats, prefix))
        return;
    char *without = g_strdup(suite->repeats + strlen(prefix));
    g_free(suite->repeats);
    suite->repeats = without;
}

/* NUMBER counts the reports, from 1. */
static void make_unique(SbSuite *suite, GHashTable *names, const char *shard, guint number)
{
    g_autofree char *name = suite->name;
    suite->name = shard ? g_strdup_printf("%s (part %s)", name, shard)
                        : g_strdup_printf("%s (report %u)", name, number);
    if (!g_hash_table_contains(names, suite->name))
        return;
    g_free(suite->name);
    suite->name = g_strdup_printf("%s (report %u)", name, number);
}

static void take_suites(SbReport *merged, const SbReportPart *part, GHashTable *names, guint number)
{
    const char *fleet = sb_report_property(part->report, "fleet");
    const char *shard = sb_report_property(part->report, "shard");
    while (part->report->suites->len > 0) {
        SbSuite *suite = g_ptr_array_steal_index(part->report->suites, 0);
        drop_fleet_name(suite, fleet);
        if (g_hash_table_contains(names, suite->name))
            make_unique(suite, names, shard, number);
        g_hash_table_add(names, g_strdup(suite->name));
        sb_report_add_suite(merged, suite);
    }
}

static void add_missing(SbReport *merged, guint shard, guint shards)
{
    g_autofree char *name = g_strdup_printf("part %u/%u", shard, shards);
    g_autofree char *why = g_strdup_printf("there is no report of part %u of %u: its tests did not "
                                           "run, or their results are lost",
                                           shard, shards);
    SbSuite *suite = sb_suite_new(name);
    sb_suite_add_problem(suite, "missing-part", why);
    sb_report_add_suite(merged, suite);
}

static void take_shard(SbReport *merged, const SbReportPart *parts, guint n_parts, guint shard,
                       GHashTable *names)
{
    gboolean is_there = FALSE;
    for (guint i = 0; i < n_parts; i++) {
        if (parts[i].shard != shard)
            continue;
        is_there = TRUE;
        take_suites(merged, &parts[i], names, i + 1);
    }
    if (!is_there)
        add_missing(merged, shard, parts->shards);
}

SbReport *sb_report_merge(SbReportPart *parts, guint n_parts, GError **error)
{
    for (guint i = 0; i < n_parts; i++)
        if (!read_shard(&parts[i], error) || !belongs_to(&parts[0], &parts[i], error))
            return NULL;
    SbReport *merged = sb_report_new();
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    merge_properties(merged, parts, n_parts);
    for (guint shard = MIN(parts->shards, 1); shard <= parts->shards; shard++)
        take_shard(merged, parts, n_parts, shard, names);
    sb_report_unmark_flaky(merged);
    sb_report_mark_flaky(merged);
    return merged;
}

/* ---- durations ---- */

/* Whether the duration of SUITE says how long its test takes. */
static gboolean is_measured(const SbSuite *suite)
{
    return suite->test && suite->duration_ms >= 0 && !suite->broken &&
           suite->verdict != SB_TAP_VERDICT_SKIPPED;
}

GHashTable *sb_report_durations(const SbReport *report)
{
    GHashTable *durations = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    SB_EACH(const SbSuite, suite, report->suites) {
        if (!is_measured(suite))
            continue;
        gdouble *seconds = g_hash_table_lookup(durations, suite->test);
        if (!seconds) {
            seconds = g_new0(gdouble, 1);
            g_hash_table_insert(durations, g_strdup(suite->test), seconds);
        }
        *seconds = MAX(*seconds, (gdouble)suite->duration_ms / 1000);
    }
    return durations;
}
