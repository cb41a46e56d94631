/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/error.h"
#include "base/json-members.h"
#include "base/json.h"
#include "base/text.h"
#include "tap/report.h"

#include <string.h>

SB_DEFINE_ERROR(sb_report_error, SB_ERRORS_ALL)

/* Where a fault is said: "suite 'f-m-1/a': 'counts' has no number 'passed'". */
typedef struct {
    const char *suite; /**< (nullable) its name */
    GError **error;
} Place;

G_GNUC_PRINTF(2, 3)
static gboolean refuse(const Place *place, const char *format, ...)
{
    SB_TEXT_FORMAT(what, format);
    g_autofree char *name =
        place->suite ? sb_text_sanitize(place->suite, strlen(place->suite)) : NULL;
    g_set_error(place->error, SB_REPORT_ERROR, SB_REPORT_ERROR_INVALID, "%s%.200s%s%s",
                name ? "suite '" : "", name ? name : "", name ? "': " : "", what);
    return FALSE;
}

/* ---- members ---- */

/* (nullable) The text in MEMBER, sanitised. */
static char *safe_text(JsonObject *object, const char *member)
{
    const char *text = sb_json_string(object, member);
    return text ? sb_suite_safe_text(text, strlen(text)) : NULL;
}

static char *safe_line(JsonObject *object, const char *member)
{
    g_autofree char *text = safe_text(object, member);
    return text ? sb_text_one_line(text) : NULL;
}

static gboolean flag(JsonObject *object, const char *member)
{
    return json_object_get_boolean_member_with_default(object, member, FALSE);
}

static gboolean has_number(JsonObject *object, const char *member)
{
    JsonNode *node = json_object_get_member(object, member);
    GType type = node && JSON_NODE_HOLDS_VALUE(node) ? json_node_get_value_type(node) : G_TYPE_NONE;
    return (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE) && json_node_get_double(node) >= 0;
}

static guint64 number(JsonObject *object, const char *member)
{
    return has_number(object, member) ? (guint64)json_object_get_int_member(object, member) : 0;
}

/* The seconds in MEMBER; -1: not known. */
static gdouble seconds(JsonObject *object)
{
    return has_number(object, "seconds") ? json_object_get_double_member(object, "seconds") : -1;
}

/* (nullable) The list in MEMBER, if all its elements are of TYPE. */
static JsonArray *list(JsonObject *object, const char *member, JsonNodeType type)
{
    JsonNode *node = json_object_get_member(object, member);
    if (!node || !JSON_NODE_HOLDS_ARRAY(node))
        return NULL;
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++)
        if (json_node_get_node_type(json_array_get_element(array, i)) != type)
            return NULL;
    return array;
}

static gboolean read_counts(JsonObject *object, const char *member, guint64 *counts_out,
                            const Place *place)
{
    JsonObject *counts = sb_json_object(object, member);
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++) {
        if (!counts || !has_number(counts, sb_tap_outcome_name(i)))
            return refuse(place, "'%s' has no number '%s'", member, sb_tap_outcome_name(i));
        counts_out[i] = number(counts, sb_tap_outcome_name(i));
    }
    return TRUE;
}

/* ---- tests ---- */

static gboolean read_outcome(JsonObject *object, SbTapOutcome *outcome_out)
{
    const char *name = sb_json_string(object, "outcome");
    for (guint i = 0; name && i < SB_TAP_N_OUTCOMES; i++) {
        if (strcmp(name, sb_tap_outcome_name(i)) == 0) {
            *outcome_out = (SbTapOutcome)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Children stand before their parents, so a path of parents has an end. */
static gboolean read_parent(JsonObject *object, guint index, guint count, SbTest *test)
{
    test->parent = SB_TEST_NO_PARENT;
    if (!json_object_has_member(object, "parent"))
        return TRUE;
    guint64 parent = number(object, "parent");
    if (parent <= index || parent >= count)
        return FALSE;
    test->parent = (guint)parent;
    return TRUE;
}

static gboolean read_test(JsonObject *object, guint index, guint count, SbSuite *suite,
                          const Place *place)
{
    SbTest *test = g_new0(SbTest, 1);
    g_ptr_array_add(suite->tests, test);
    test->description = safe_line(object, "description");
    if (!test->description)
        test->description = g_strdup("");
    test->reason = safe_line(object, "reason");
    test->diagnostics = safe_text(object, "diagnostics");
    test->number = number(object, "number");
    test->line_number = number(object, "line");
    test->is_subtest = flag(object, "is_subtest");
    test->subtest_failed = flag(object, "subtest_failed");
    test->is_overruled = flag(object, "is_overruled");
    test->is_flaky = flag(object, "is_flaky");
    test->duration_s = seconds(object);
    guint64 depth = number(object, "depth");
    if (depth > SB_TAP_MAX_DEPTH || !read_parent(object, index, count, test) ||
        !read_outcome(object, &test->outcome))
        return refuse(place, "test %u has no valid 'outcome', 'depth' or 'parent'", index + 1);
    test->depth = (guint)depth;
    return TRUE;
}

static gboolean read_tests(JsonObject *object, SbSuite *suite, const Place *place)
{
    JsonArray *tests = list(object, "tests", JSON_NODE_OBJECT);
    if (!tests)
        return refuse(place, "it has no list 'tests'");
    guint count = json_array_get_length(tests);
    for (guint i = 0; i < count; i++)
        if (!read_test(json_array_get_object_element(tests, i), i, count, suite, place))
            return FALSE;
    SB_EACH(const SbTest, test, suite->tests) {
        const SbTest *parent = test->parent == SB_TEST_NO_PARENT
                                   ? NULL
                                   : g_ptr_array_index(suite->tests, test->parent);
        if (parent && parent->depth >= test->depth)
            return refuse(place, "the test '%.80s' is not deeper than its parent",
                          test->description);
    }
    return TRUE;
}

/* ---- suites ---- */

static gboolean read_problems(JsonObject *object, SbSuite *suite, const Place *place)
{
    JsonArray *problems = list(object, "problems", JSON_NODE_OBJECT);
    if (!problems)
        return refuse(place, "it has no list 'problems'");
    for (guint i = 0; i < json_array_get_length(problems); i++) {
        JsonObject *from = json_array_get_object_element(problems, i);
        g_autofree char *kind = safe_line(from, "kind");
        char *text = safe_text(from, "text");
        SbSuiteProblem *problem = g_new0(SbSuiteProblem, 1);
        problem->kind = g_intern_string(kind ? kind : "unknown");
        problem->text = text ? text : g_strdup("");
        problem->line_number = number(from, "line");
        g_ptr_array_add(suite->problems, problem);
    }
    return TRUE;
}

static gboolean read_notes(JsonObject *object, SbSuite *suite, const Place *place)
{
    JsonArray *notes = list(object, "notes", JSON_NODE_VALUE);
    if (!notes)
        return refuse(place, "it has no list 'notes'");
    for (guint i = 0; i < json_array_get_length(notes); i++) {
        const char *note = json_array_get_string_element(notes, i);
        sb_suite_add_note(suite, note ? note : "");
    }
    return TRUE;
}

static gboolean read_verdict(JsonObject *object, SbSuite *suite)
{
    const char *name = sb_json_string(object, "verdict");
    for (guint i = 0; name && i <= SB_TAP_VERDICT_UNTRUSTED; i++) {
        if (strcmp(name, sb_tap_verdict_name(i)) == 0) {
            suite->verdict = (SbTapVerdict)i;
            return TRUE;
        }
    }
    return FALSE;
}

static void read_facts(JsonObject *object, SbSuite *suite)
{
    suite->host = safe_line(object, "host");
    suite->test = safe_line(object, "test");
    suite->repeats = safe_line(object, "repeats");
    suite->started = safe_line(object, "started");
    suite->broken = safe_text(object, "broken");
    suite->skip_reason = safe_text(object, "skip_reason");
    gdouble duration = seconds(object);
    suite->duration_ms = duration < 0 ? -1 : (gint64)(duration * 1000 + 0.5);
    if (has_number(object, "exit_status"))
        suite->exit_status = (int)MIN(number(object, "exit_status"), 255);
    suite->has_plan = has_number(object, "planned");
    suite->planned = number(object, "planned");
    char *output = safe_text(object, "output");
    if (output) {
        g_free(suite->output);
        suite->output = output;
    }
}

/* Nothing may be called good that has a failure in it. */
static gboolean agrees(const SbSuite *suite, const char *result, const Place *place)
{
    if (g_strcmp0(result, sb_suite_result(suite)) != 0)
        return refuse(place, "its 'result' contradicts its 'verdict'");
    if (sb_suite_is_bad(suite))
        return TRUE;
    guint64 failed = suite->counts[SB_TAP_FAILED];
    SB_EACH(const SbTest, test, suite->tests)
        failed += test->outcome == SB_TAP_FAILED && test->depth == 0;
    return (failed == 0 && suite->problems->len == 0) ||
           refuse(place, "it is called '%s', but it has failures or problems", result);
}

static gboolean read_suite(JsonObject *object, SbReport *report, GError **error)
{
    const char *name = sb_json_string(object, "name");
    Place place = {name, error};
    if (!name)
        return refuse(&place, "a suite has no 'name'");
    SbSuite *suite = sb_suite_new(name);
    sb_report_add_suite(report, suite);
    read_facts(object, suite);
    return (read_verdict(object, suite) || refuse(&place, "it has no valid 'verdict'")) &&
           read_counts(object, "counts", suite->counts, &place) &&
           read_counts(object, "in_subtests", suite->nested, &place) &&
           read_counts(object, "cases", suite->cases, &place) &&
           read_problems(object, suite, &place) && read_notes(object, suite, &place) &&
           read_tests(object, suite, &place) &&
           agrees(suite, sb_json_string(object, "result"), &place);
}

/* ---- the report ---- */

static gboolean check_format(JsonObject *root, const Place *place)
{
    JsonObject *seedbed = sb_json_object(root, "seedbed");
    if (!seedbed || !has_number(seedbed, "format"))
        return refuse(place, "it is not a report that 'seedbed test --json' wrote");
    guint64 format = number(seedbed, "format");
    /* Reports of older versions have no kind. */
    const char *kind = sb_json_string(seedbed, "kind");
    if (kind && strcmp(kind, "report") != 0)
        return refuse(place, "it is a document of the kind '%.40s', not a report", kind);
    return format == SB_JSON_FORMAT ||
           refuse(place, "its format is %" G_GUINT64_FORMAT ", and this seedbed reads format %d",
                  format, SB_JSON_FORMAT);
}

static void read_properties(JsonObject *root, SbReport *report)
{
    JsonObject *properties = sb_json_object(root, "properties");
    g_autoptr(GList) names = properties ? json_object_get_members(properties) : NULL;
    for (GList *at = names; at; at = at->next) {
        const char *value = sb_json_string(properties, at->data);
        g_autofree char *name = sb_suite_safe_text(at->data, strlen(at->data));
        /* In reports of older versions, a name had blanks. */
        g_strdelimit(name, " ", '_');
        if (value)
            sb_report_add_property(report, name, value);
    }
}

SbReport *sb_report_from_json(const char *text, gsize length, GError **error)
{
    g_autoptr(JsonNode) node = sb_json_load_object(text, length, SB_REPORT_MAX_BYTES, error);
    if (!node)
        return NULL;
    JsonObject *root = json_node_get_object(node);
    g_autoptr(SbReport) report = sb_report_new();
    Place place = {NULL, error};
    JsonArray *suites = list(root, "suites", JSON_NODE_OBJECT);
    if (!check_format(root, &place))
        return NULL;
    if (!suites) {
        refuse(&place, "it has no list 'suites'");
        return NULL;
    }
    read_properties(root, report);
    for (guint i = 0; i < json_array_get_length(suites); i++)
        if (!read_suite(json_array_get_object_element(suites, i), report, error))
            return NULL;
    if (g_strcmp0(sb_json_string(root, "result"), sb_report_result(report)) != 0) {
        refuse(&place, "its 'result' contradicts its suites");
        return NULL;
    }
    return g_steal_pointer(&report);
}
