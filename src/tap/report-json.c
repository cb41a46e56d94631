/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/report.h"

#include "base/json-members.h"

static void add_counts(JsonBuilder *json, const char *name, const guint64 *counts)
{
    sb_json_begin_object(json, name);
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        sb_json_add_number(json, sb_tap_outcome_name(i), counts[i]);
    json_builder_end_object(json);
}

static void add_flag(JsonBuilder *json, const char *name, gboolean value)
{
    if (value)
        sb_json_add_boolean(json, name, TRUE);
}

static void add_test(JsonBuilder *json, const SbSuite *suite, const SbTest *test)
{
    g_autofree char *path = sb_suite_test_path(suite, test);
    json_builder_begin_object(json);
    sb_json_add_number(json, "number", test->number);
    sb_json_add_text(json, "description", test->description);
    sb_json_add_text(json, "path", path);
    sb_json_add_text(json, "outcome", sb_tap_outcome_name(test->outcome));
    sb_json_add_number(json, "line", test->line_number);
    sb_json_add_number(json, "depth", test->depth);
    if (test->parent != SB_TEST_NO_PARENT)
        sb_json_add_number(json, "parent", test->parent);
    add_flag(json, "is_subtest", test->is_subtest);
    add_flag(json, "subtest_failed", test->subtest_failed);
    add_flag(json, "is_overruled", test->is_overruled);
    add_flag(json, "is_flaky", test->is_flaky);
    if (test->reason)
        sb_json_add_text(json, "reason", test->reason);
    if (test->duration_s >= 0) {
        json_builder_set_member_name(json, "seconds");
        json_builder_add_double_value(json, test->duration_s);
    }
    if (test->diagnostics)
        sb_json_add_text(json, "diagnostics", test->diagnostics);
    json_builder_end_object(json);
}

static void add_problem(JsonBuilder *json, const SbSuiteProblem *problem)
{
    json_builder_begin_object(json);
    sb_json_add_text(json, "kind", problem->kind);
    if (problem->line_number > 0)
        sb_json_add_number(json, "line", problem->line_number);
    sb_json_add_text(json, "text", problem->text);
    json_builder_end_object(json);
}

/* The members that not every suite has. */
static void add_optional(JsonBuilder *json, const SbSuite *suite)
{
    if (suite->host)
        sb_json_add_text(json, "host", suite->host);
    if (suite->test)
        sb_json_add_text(json, "test", suite->test);
    if (suite->repeats)
        sb_json_add_text(json, "repeats", suite->repeats);
    if (suite->started)
        sb_json_add_text(json, "started", suite->started);
    if (suite->duration_ms >= 0) {
        json_builder_set_member_name(json, "seconds");
        json_builder_add_double_value(json, (gdouble)suite->duration_ms / 1000);
    }
    if (suite->exit_status >= 0)
        sb_json_add_number(json, "exit_status", (guint64)suite->exit_status);
    if (suite->broken)
        sb_json_add_text(json, "broken", suite->broken);
    if (suite->has_plan)
        sb_json_add_number(json, "planned", suite->planned);
    if (suite->skip_reason)
        sb_json_add_text(json, "skip_reason", suite->skip_reason);
}

static void add_suite(JsonBuilder *json, const SbSuite *suite)
{
    json_builder_begin_object(json);
    sb_json_add_text(json, "name", suite->name);
    sb_json_add_text(json, "result", sb_suite_result(suite));
    sb_json_add_text(json, "verdict", sb_tap_verdict_name(suite->verdict));
    add_optional(json, suite);
    add_counts(json, "counts", suite->counts);
    add_counts(json, "in_subtests", suite->nested);
    add_counts(json, "cases", suite->cases);
    sb_json_begin_array(json, "problems");
    for (guint i = 0; i < suite->problems->len; i++)
        add_problem(json, g_ptr_array_index(suite->problems, i));
    json_builder_end_array(json);
    sb_json_add_texts(json, "notes", suite->notes);
    sb_json_begin_array(json, "tests");
    for (guint i = 0; i < suite->tests->len; i++)
        add_test(json, suite, g_ptr_array_index(suite->tests, i));
    json_builder_end_array(json);
    sb_json_add_text(json, "output", suite->output);
    json_builder_end_object(json);
}

JsonNode *sb_report_to_json(const SbReport *report)
{
    g_autoptr(JsonBuilder) json = sb_json_document("report");
    sb_json_add_text(json, "result", sb_report_result(report));
    sb_json_begin_object(json, "properties");
    for (guint i = 0; i + 1 < report->properties->len; i += 2)
        sb_json_add_text(json, g_ptr_array_index(report->properties, i),
                         g_ptr_array_index(report->properties, i + 1));
    json_builder_end_object(json);
    sb_json_begin_array(json, "suites");
    for (guint i = 0; i < report->suites->len; i++)
        add_suite(json, g_ptr_array_index(report->suites, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
    return json_builder_get_root(json);
}
