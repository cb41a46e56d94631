/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/warm-record.h"
#include "test.h"

#include <string.h>

static SbWarmRecord *example(void)
{
    g_auto(SbWarmRecipe) recipe = {{NULL}};
    for (SbWarmFact fact = 0; fact < SB_WARM_FACTS; fact++)
        recipe.facts[fact] = g_strdup_printf("value %u", fact);
    SbWarmRecord *record = sb_warm_record_new(&recipe, "debian.0123456789abcdef.qcow2");
    record->boot_ms = 152000;
    record->layer_bytes = 12345678;
    record->memory_bytes = 87654321;
    record->layer_sha256 = g_strnfill(64, 'a');
    record->memory_sha256 = g_strnfill(64, 'b');
    record->boot_id = g_strdup("6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6b");
    return record;
}

static SbWarmRecord *parse(const char *key, const char *json, GError **error)
{
    return sb_warm_record_parse(key, json, strlen(json), error);
}

static void test_round_trip(void)
{
    g_autoptr(SbWarmRecord) record = example();
    g_autofree char *key = sb_warm_recipe_key(&record->recipe);
    g_autofree char *json = sb_warm_record_to_json(record);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbWarmRecord) again = parse(key, json, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(again->boot_ms, ==, 152000);
    g_assert_cmpuint(again->layer_bytes, ==, 12345678);
    g_assert_cmpuint(again->memory_bytes, ==, 87654321);
    g_assert_cmpstr(again->layer_sha256, ==, record->layer_sha256);
    g_assert_cmpstr(again->memory_sha256, ==, record->memory_sha256);
    g_assert_cmpstr(again->image, ==, record->image);
    g_assert_cmpstr(again->frozen, ==, record->frozen);
    g_assert_cmpstr(again->boot_id, ==, record->boot_id);
    g_assert_null(again->problem);
    g_assert_null(sb_warm_recipe_difference(&again->recipe, &record->recipe));
}

static void test_problem(void)
{
    g_autoptr(SbWarmRecord) record = example();
    record->problem = g_strdup("two\nlines");
    g_autofree char *key = sb_warm_recipe_key(&record->recipe);
    g_autofree char *json = sb_warm_record_to_json(record);
    g_autoptr(SbWarmRecord) again = parse(key, json, NULL);
    g_assert_cmpstr(again->problem, ==, "two\\nlines");
}

/* JSON with OLD replaced by NEW. */
static void check_refused(const char *old, const char *new_text)
{
    g_autoptr(SbWarmRecord) record = example();
    g_autofree char *key = sb_warm_recipe_key(&record->recipe);
    g_autofree char *json = sb_warm_record_to_json(record);
    g_autoptr(GString) changed = g_string_new(json);
    g_assert_cmpuint(g_string_replace(changed, old, new_text, 1), ==, 1);
    g_autoptr(GError) error = NULL;
    g_assert_null(parse(key, changed->str, &error));
    g_assert_error(error, SB_WARM_RECORD_ERROR, SB_WARM_RECORD_ERROR_INVALID);
}

static void test_refuses(void)
{
    check_refused("\"seedbed-warm-image\" : 1", "\"seedbed-warm-image\" : 2");
    check_refused("152000", "-1");
    check_refused("152000", "\"152000\"");
    check_refused("debian.0123456789abcdef.qcow2", "a\\nb");
    check_refused("\"frozen\"", "\"thawed\"");
    check_refused("6f1a3c1e", "; rm -rf");
    check_refused("bbbb", "BBBB");
    check_refused("\"vcpus\"", "\"cpus\"");
    /* The record of another recipe, under this name. */
    check_refused("value 4", "value 5");
    check_refused("value 11", "7.2.23");
}

static void test_refuses_what_is_not_json(void)
{
    char zeros[100] = {0};
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_warm_record_parse("0123456789abcdef", zeros, sizeof zeros, &error));
    g_assert_nonnull(error);
}

static void test_names(void)
{
    SbWarmPart part = SB_WARM_PARTS;
    for (SbWarmPart i = 0; i < SB_WARM_PARTS; i++) {
        g_autofree char *volume = sb_warm_volume_name("0123456789abcdef", i);
        g_autofree char *key = sb_warm_volume_key(volume, &part);
        g_assert_cmpstr(key, ==, "0123456789abcdef");
        g_assert_cmpuint(part, ==, i);
    }
    static const char *const others[] = {"warm-0123456789abcde.json",
                                         "warm-0123456789abcdef0.json",
                                         "warm-0123456789abcdeg.json",
                                         "warm-0123456789abcdef.other",
                                         "warm-0123456789abcdef",
                                         "cold-0123456789abcdef.json",
                                         "warm-"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(sb_warm_volume_key(others[i], &part));
    g_autofree char *machine = sb_warm_template_name("0123456789abcdef");
    g_assert_cmpstr(machine, ==, "warm-0123456789abcdef-vm-1");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/warm-record/round-trip", test_round_trip);
    g_test_add_func("/warm-record/problem", test_problem);
    g_test_add_func("/warm-record/refuses", test_refuses);
    g_test_add_func("/warm-record/not-json", test_refuses_what_is_not_json);
    g_test_add_func("/warm-record/names", test_names);
    return g_test_run();
}
