#include "model/report.h"

static void add_string(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, value);
}

static void add_count(JsonBuilder *json, const char *name, guint64 value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, (gint64)MIN(value, (guint64)G_MAXINT64));
}

static void add_counts(JsonBuilder *json, const char *name, const guint64 *counts)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        add_count(json, sb_tap_outcome_name(i), counts[i]);
    json_builder_end_object(json);
}

static void add_test(JsonBuilder *json, const SbSuite *suite, const SbTest *test)
{
    g_autofree char *path = sb_suite_test_path(suite, test);
    json_builder_begin_object(json);
    add_count(json, "number", test->number);
    add_string(json, "description", test->description);
    add_string(json, "path", path);
    add_string(json, "outcome", sb_tap_outcome_name(test->outcome));
    add_count(json, "line", test->line_number);
    add_count(json, "depth", test->depth);
    json_builder_set_member_name(json, "is-subtest");
    json_builder_add_boolean_value(json, test->is_subtest);
    if (test->is_overruled) {
        json_builder_set_member_name(json, "is-overruled");
        json_builder_add_boolean_value(json, TRUE);
    }
    if (test->is_flaky) {
        json_builder_set_member_name(json, "is-flaky");
        json_builder_add_boolean_value(json, TRUE);
    }
    if (test->reason)
        add_string(json, "reason", test->reason);
    if (test->duration_s >= 0) {
        json_builder_set_member_name(json, "seconds");
        json_builder_add_double_value(json, test->duration_s);
    }
    if (test->diagnostics)
        add_string(json, "diagnostics", test->diagnostics);
    json_builder_end_object(json);
}

static void add_problem(JsonBuilder *json, const SbSuiteProblem *problem)
{
    json_builder_begin_object(json);
    add_string(json, "kind", problem->kind);
    if (problem->line_number > 0)
        add_count(json, "line", problem->line_number);
    add_string(json, "text", problem->text);
    json_builder_end_object(json);
}

/* What not every suite has. */
static void add_optional(JsonBuilder *json, const SbSuite *suite)
{
    if (suite->host)
        add_string(json, "host", suite->host);
    if (suite->started)
        add_string(json, "started", suite->started);
    if (suite->duration_ms >= 0) {
        json_builder_set_member_name(json, "seconds");
        json_builder_add_double_value(json, (gdouble)suite->duration_ms / 1000);
    }
    if (suite->exit_status >= 0)
        add_count(json, "exit-status", (guint64)suite->exit_status);
    if (suite->broken)
        add_string(json, "broken", suite->broken);
    if (suite->has_plan)
        add_count(json, "planned", suite->planned);
    if (suite->skip_reason)
        add_string(json, "skip-reason", suite->skip_reason);
}

static void add_suite(JsonBuilder *json, const SbSuite *suite)
{
    json_builder_begin_object(json);
    add_string(json, "name", suite->name);
    add_string(json, "result", sb_suite_result(suite));
    add_optional(json, suite);
    add_counts(json, "counts", suite->counts);
    add_counts(json, "in-subtests", suite->nested);
    json_builder_set_member_name(json, "problems");
    json_builder_begin_array(json);
    for (guint i = 0; i < suite->problems->len; i++)
        add_problem(json, g_ptr_array_index(suite->problems, i));
    json_builder_end_array(json);
    json_builder_set_member_name(json, "notes");
    json_builder_begin_array(json);
    for (guint i = 0; i < suite->notes->len; i++)
        json_builder_add_string_value(json, g_ptr_array_index(suite->notes, i));
    json_builder_end_array(json);
    json_builder_set_member_name(json, "tests");
    json_builder_begin_array(json);
    for (guint i = 0; i < suite->tests->len; i++)
        add_test(json, suite, g_ptr_array_index(suite->tests, i));
    json_builder_end_array(json);
    add_string(json, "output", suite->output);
    json_builder_end_object(json);
}

static const char *result_of(const SbReport *report)
{
    if (sb_report_is_broken(report))
        return "broken";
    return sb_report_is_bad(report) ? "failed" : "passed";
}

JsonNode *sb_report_to_json(const SbReport *report)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    json_builder_begin_object(json);
    add_string(json, "result", result_of(report));
    json_builder_set_member_name(json, "properties");
    json_builder_begin_object(json);
    for (guint i = 0; i + 1 < report->properties->len; i += 2)
        add_string(json, g_ptr_array_index(report->properties, i),
                   g_ptr_array_index(report->properties, i + 1));
    json_builder_end_object(json);
    json_builder_set_member_name(json, "suites");
    json_builder_begin_array(json);
    for (guint i = 0; i < report->suites->len; i++)
        add_suite(json, g_ptr_array_index(report->suites, i));
    json_builder_end_array(json);
    json_builder_end_object(json);
    return json_builder_get_root(json);
}
