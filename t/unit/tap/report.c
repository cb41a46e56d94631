/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/report.h"
#include "base/xml.h"
#include "tap-corpus.h"
#include "tap/suite-reader.h"

#include <string.h>

static SbSuite *read_suite(const char *name, const char *text, gsize length)
{
    g_autoptr(SbSuiteReader) reader = sb_suite_reader_new(name, &sb_suite_limits_full);
    sb_suite_reader_push(reader, text, length);
    return sb_suite_reader_finish(reader, -1);
}

static void add(SbReport *report, const char *name, const char *text)
{
    sb_report_add_suite(report, read_suite(name, text, strlen(text)));
}

/* One suite of every result. */
static SbReport *sample(void)
{
    SbReport *report = sb_report_new();
    sb_report_add_property(report, "image", "debian-12 \033[1msha256:00");
    add(report, "good", "1..2\nok 1 - a # b\nok 2 # SKIP no net\n");
    add(report, "none", "1..0 # SKIP no \\# net\n");
    add(report, "bad",
        "1..3\n# Subtest: s\n    ok 1\n    not ok 2 - x <&> \"y\"\n    # why\n"
        "    1..2\nnot ok 1 - s\nnot ok 2 - t # TODO u\nok 3 # TODO v\n");
    add(report, "doubtful", "ok 1 - a\nok 2 - b\n1..3\n");
    add(report, "gone", "1..2\nok 1\nKilled\n");
    SbSuite *gone = g_ptr_array_index(report->suites, 4);
    gone->broken = g_strdup("the guest's kernel panicked");
    gone->host = g_strdup("faas-runner-1");
    gone->started = g_strdup("2026-01-31T12:34:56");
    gone->duration_ms = 65432;
    return report;
}

static void test_tap(void)
{
    g_autoptr(SbReport) report = sample();
    g_autofree char *tap = sb_report_to_tap(report);
    g_assert_cmpstr(tap, ==,
                    "TAP version 13\n"
                    "1..5\n"
                    "# image: debian-12 sha256:00\n"
                    "# Subtest: good\n"
                    "    ok 1 - a \\# b\n"
                    "    ok 2 # SKIP no net\n"
                    "    1..2\n"
                    "ok 1 - good\n"
                    "# Subtest: none\n"
                    "    1..0 # SKIP no \\# net\n"
                    "ok 2 - none # SKIP no \\# net\n"
                    "# Subtest: bad\n"
                    "    # Subtest: s\n"
                    "        ok 1\n"
                    "        not ok 2 - x <&> \"y\"\n"
                    "          ---\n"
                    "          line: 4\n"
                    "          output: |\n"
                    "            why\n"
                    "          ...\n"
                    "        1..2\n"
                    "    not ok 1 - s\n"
                    "      ---\n"
                    "      line: 7\n"
                    "      ...\n"
                    "    not ok 2 - t # TODO u\n"
                    "      ---\n"
                    "      line: 8\n"
                    "      ...\n"
                    "    ok 3 # TODO v\n"
                    "    1..3\n"
                    "not ok 3 - bad\n"
                    "  ---\n"
                    "  result: failed\n"
                    "  ...\n"
                    "# Subtest: doubtful\n"
                    "    ok 1 - a\n"
                    "    ok 2 - b\n"
                    "    1..2\n"
                    "not ok 4 - doubtful\n"
                    "  ---\n"
                    "  result: untrusted\n"
                    "  problems: |\n"
                    "    3 tests were planned, but 2 were run: number 3 is the first that is "
                    "missing\n"
                    "  ...\n"
                    "# Subtest: gone\n"
                    "    ok 1\n"
                    "    1..1\n"
                    "not ok 5 - gone\n"
                    "  ---\n"
                    "  result: broken\n"
                    "  broken: |\n"
                    "    the guest's kernel panicked\n"
                    "  problems: |\n"
                    "    2 tests were planned, but 1 were run: number 2 is the first that is "
                    "missing\n"
                    "  output: |\n"
                    "    Killed\n"
                    "  ...\n");
}

static void test_text(void)
{
    g_autoptr(SbReport) report = sample();
    g_autofree char *text = sb_report_to_text(report, SB_REPORT_ALL);
    g_assert_cmpstr(
        text, ==,
        "bad: not ok 2 - s › x <&> \"y\"\n"
        "    why\n"
        "doubtful: 3 tests were planned, but 2 were run: number 3 is the first that is missing\n"
        "gone: 2 tests were planned, but 1 were run: number 2 is the first that is missing\n"
        "gone: the guest's kernel panicked\n"
        "gone: the end of its output:\n"
        "    Killed\n"
        "good: passed: 2 tests, 1 passed, 1 skipped\n"
        "none: skipped: no # net\n"
        "bad: FAILED: 3 tests, 1 failed, 1 failed as expected (TODO), 1 passed unexpectedly "
        "(TODO); 2 in subtests, 1 passed, 1 failed\n"
        "doubtful: NOT TO BE TRUSTED: 2 tests, 2 passed\n"
        "gone: BROKEN: 1 test, 1 passed (1 min 5 s)\n"
        "5 suites: 1 passed, 1 skipped, 1 FAILED, 1 NOT TO BE TRUSTED, 1 BROKEN; 9 tests, 5 "
        "passed, "
        "1 failed, 1 failed as expected (TODO), 1 passed unexpectedly (TODO), 1 skipped\n");
    g_autofree char *brief = sb_report_to_text(report, SB_REPORT_BAD);
    g_assert_null(strstr(brief, "good: "));
    g_assert_nonnull(strstr(brief, "bad: FAILED"));
    g_autofree char *details = sb_report_to_text(report, SB_REPORT_DETAILS);
    g_assert_nonnull(strstr(details, "bad: not ok 2"));
    g_assert_null(strstr(details, "bad: FAILED"));
    g_assert_nonnull(strstr(details, "\n5 suites: "));
}

/* Names that would make a command together with what follows them. */
static void test_text_is_defused(void)
{
    g_autoptr(SbReport) report = sb_report_new();
    add(report, ":", "1..1\nnot ok 1\n::error::\n");
    g_autofree char *text = sb_report_to_text(report, SB_REPORT_ALL);
    g_assert_false(g_str_has_prefix(text, "::"));
    g_assert_null(strstr(text, "\n::"));
    g_assert_null(strstr(text, " ::"));
}

static void test_junit(void)
{
    g_autoptr(SbReport) report = sample();
    g_autoptr(xmlDoc) document = sb_report_to_junit(report);
    static const char *const counts[][5] = {
        {"good", "2", "0", "0", "1"},     {"none", "0", "0", "0", "0"}, {"bad", "4", "1", "0", "1"},
        {"doubtful", "3", "0", "1", "0"}, {"gone", "3", "0", "2", "0"},
    };
    g_autofree char *all = sb_xml_attribute(xmlDocGetRootElement(document), NULL, "tests");
    g_assert_cmpstr(all, ==, "12");
    g_autofree char *time = sb_xml_attribute(xmlDocGetRootElement(document), NULL, "time");
    g_assert_cmpstr(time, ==, "65.432");
    xmlNode *suite = sb_xml_first(xmlDocGetRootElement(document), "testsuite");
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++, suite = sb_xml_next(suite, "testsuite")) {
        static const char *const names[] = {"name", "tests", "failures", "errors", "skipped"};
        for (gsize j = 0; j < G_N_ELEMENTS(names); j++) {
            g_autofree char *value = sb_xml_attribute(suite, NULL, names[j]);
            g_assert_cmpstr(value, ==, counts[i][j]);
        }
        guint cases = 0;
        for (xmlNode *at = sb_xml_first(suite, "testcase"); at; at = sb_xml_next(at, "testcase"))
            cases++;
        g_autofree char *number = g_strdup_printf("%u", cases);
        g_assert_cmpstr(number, ==, counts[i][1]);
    }
    g_assert_null(suite);
    xmlNode *root = xmlDocGetRootElement(document);
    g_autofree char *failure = sb_xml_attribute(root, "testsuite/testcase/failure", "message");
    g_assert_cmpstr(failure, ==, "s › x <&> \"y\"");
    g_autofree char *why = sb_xml_text(root, "testsuite/testcase/failure");
    g_assert_cmpstr(why, ==, "why");
    g_autofree char *error = sb_xml_attribute(root, "testsuite/testcase/error", "type");
    g_assert_cmpstr(error, ==, "too-few");
    g_autofree char *output = sb_xml_text(root, "testsuite/system-out");
    g_assert_cmpstr(output, ==, "1..2\nok 1 - a # b\nok 2 # SKIP no net\n");
}

static JsonObject *member(JsonArray *array, guint index)
{
    return json_array_get_object_element(array, index);
}

static void test_json(void)
{
    g_autoptr(SbReport) report = sample();
    g_autoptr(JsonNode) json = sb_report_to_json(report);
    JsonObject *root = json_node_get_object(json);
    g_assert_cmpstr(json_object_get_string_member(root, "result"), ==, "broken");
    JsonObject *properties = json_object_get_object_member(root, "properties");
    g_assert_cmpstr(json_object_get_string_member(properties, "image"), ==, "debian-12 sha256:00");
    JsonArray *suites = json_object_get_array_member(root, "suites");
    static const char *const results[] = {"passed", "skipped", "failed", "untrusted", "broken"};
    g_assert_cmpuint(json_array_get_length(suites), ==, G_N_ELEMENTS(results));
    for (guint i = 0; i < G_N_ELEMENTS(results); i++)
        g_assert_cmpstr(json_object_get_string_member(member(suites, i), "result"), ==, results[i]);
    JsonObject *bad = member(suites, 2);
    JsonObject *counts = json_object_get_object_member(bad, "counts");
    g_assert_cmpint(json_object_get_int_member(counts, "failed"), ==, 1);
    g_assert_cmpint(json_object_get_int_member(counts, "bonus"), ==, 1);
    JsonObject *test = member(json_object_get_array_member(bad, "tests"), 1);
    g_assert_cmpstr(json_object_get_string_member(test, "path"), ==, "s › x <&> \"y\"");
    g_assert_cmpstr(json_object_get_string_member(test, "outcome"), ==, "failed");
    g_assert_cmpstr(json_object_get_string_member(test, "diagnostics"), ==, "why");
    g_assert_cmpint(json_object_get_int_member(test, "line"), ==, 4);
    JsonObject *gone = member(suites, 4);
    g_assert_cmpstr(json_object_get_string_member(gone, "host"), ==, "faas-runner-1");
    g_assert_cmpfloat(json_object_get_double_member(gone, "seconds"), ==, 65.432);
    JsonObject *problem = member(json_object_get_array_member(member(suites, 3), "problems"), 0);
    g_assert_cmpstr(json_object_get_string_member(problem, "kind"), ==, "too-few");
}

static void test_results(void)
{
    g_autoptr(SbReport) report = sb_report_new();
    g_assert_false(sb_report_is_bad(report));
    add(report, "good", "1..1\nok 1\n");
    g_assert_false(sb_report_is_bad(report));
    add(report, "bad", "1..1\nnot ok 1\n");
    g_assert_true(sb_report_is_bad(report));
    g_assert_false(sb_report_is_broken(report));
    SbSuite *good = g_ptr_array_index(report->suites, 0);
    good->broken = g_strdup("x");
    g_assert_true(sb_report_is_broken(report));
}

/* What the report says as TAP is what it is about: this parser comes to the same verdict, also if
 * the version line says 14, where subtests count. */
static void check_round_trip(const char *name, const char *text, gsize length)
{
    g_autoptr(SbReport) report = sb_report_new();
    sb_report_add_suite(report, read_suite(name, text, length));
    g_autofree char *tap = sb_report_to_tap(report);
    for (guint i = 0; i < 2; i++) {
        g_autoptr(SbSuite) again = read_suite("again", tap, strlen(tap));
        if (sb_suite_is_bad(again) != sb_report_is_bad(report) ||
            again->verdict == SB_TAP_VERDICT_UNTRUSTED)
            g_error("%s: %s as TAP:\n%s", name, sb_suite_result(again), tap);
        memcpy(tap, "TAP version 14", strlen("TAP version 14"));
    }
}

static void test_round_trip(void)
{
    for_each_stream(check_round_trip);
}

static void check_well_formed(const char *name, const char *text, gsize length)
{
    g_autoptr(SbReport) report = sb_report_new();
    sb_report_add_suite(report, read_suite(name, text, length));
    g_autoptr(xmlDoc) document = sb_report_to_junit(report);
    g_autofree char *xml = sb_xml_to_string(document);
    g_autoptr(GError) error = NULL;
    g_autoptr(xmlDoc) again = sb_xml_parse(xml, &error);
    g_assert_no_error(error);
    g_assert_nonnull(again);
    g_autoptr(JsonNode) json = sb_report_to_json(report);
    g_autofree char *json_text = json_to_string(json, TRUE);
    g_assert_true(g_utf8_validate(json_text, -1, NULL));
}

static char *json_of(const SbReport *report)
{
    g_autoptr(JsonNode) json = sb_report_to_json(report);
    return json_to_string(json, TRUE);
}

/* REPORT is the same after it was written and read. */
static void check_json_again(const SbReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *json = json_of(report);
    g_autoptr(SbReport) again = sb_report_from_json(json, strlen(json), &error);
    g_assert_no_error(error);
    g_autofree char *json_again = json_of(again);
    g_assert_cmpstr(json_again, ==, json);
    g_autofree char *tap = sb_report_to_tap(report), *tap_again = sb_report_to_tap(again);
    g_assert_cmpstr(tap_again, ==, tap);
    g_autoptr(xmlDoc) junit = sb_report_to_junit(report);
    g_autoptr(xmlDoc) junit_again = sb_report_to_junit(again);
    g_autofree char *xml = sb_xml_to_string(junit), *xml_again = sb_xml_to_string(junit_again);
    g_assert_cmpstr(xml_again, ==, xml);
}

static void check_stream_as_json(const char *name, const char *text, gsize length)
{
    if (strcmp(name, "number-huge.tap") == 0)
        return; /* JSON has no number over G_MAXINT64 */
    g_autoptr(SbReport) report = sb_report_new();
    sb_report_add_suite(report, read_suite(name, text, length));
    check_json_again(report);
}

static void test_from_json(void)
{
    g_autoptr(SbReport) report = sample();
    check_json_again(report);
    for_each_stream(check_stream_as_json);
}

/* Each pair: a text of the sample as JSON, and what makes a bad report of it. */
static void test_from_bad_json(void)
{
    static const struct {
        const char *from, *to, *words;
    } rows[] = {
        {"\"format\" : 1", "\"format\" : 2", "its format is 2"},
        {"\"seedbed\" : {", "\"other\" : {", "not a report that 'seedbed test --json' wrote"},
        {"\"result\" : \"broken\"", "\"result\" : \"passed\"", "contradicts its suites"},
        {"\"result\" : \"untrusted\"", "\"result\" : \"passed\"",
         "suite 'doubtful': its 'result' contradicts its 'verdict'"},
        {"\"outcome\" : \"passed\"", "\"outcome\" : \"failed\"",
         "suite 'good': it is called 'passed', but it has failures"},
        {"\"failed\" : 0", "\"failed\" : 1", "suite 'good': it is called 'passed'"},
        {"\"failed\" : 0", "\"failed\" : -1", "suite 'good': 'counts' has no number 'failed'"},
        {"\"outcome\" : \"passed\"", "\"outcome\" : \"good\"", "suite 'good': test 1 has no valid"},
        {"\"parent\" : 2", "\"parent\" : 0", "suite 'bad': test 1 has no valid"},
        {"\"parent\" : 2", "\"parent\" : 99", "suite 'bad': test 1 has no valid"},
        {"\"parent\" : 2", "\"parent\" : 1", "is not deeper than its parent"},
        {"\"suites\" : [", "\"sweets\" : [", "it has no list 'suites'"},
        {"\"tests\" : [", "\"test\" : [", "suite 'good': it has no list 'tests'"},
        {"\"suites\" : [", "", NULL}, /* not JSON: its parser has its own words */
    };
    g_autoptr(SbReport) report = sample();
    g_autofree char *json = json_of(report);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *at = strstr(json, rows[i].from);
        g_assert_nonnull(at);
        g_autofree char *bad = g_strdup_printf("%.*s%s%s", (int)(at - json), json, rows[i].to,
                                               at + strlen(rows[i].from));
        g_autoptr(GError) error = NULL;
        g_assert_null(sb_report_from_json(bad, strlen(bad), &error));
        if (rows[i].words && !strstr(error->message, rows[i].words))
            g_error("%s: %s", rows[i].to, error->message);
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_report_from_json(json, strlen(json) / 2, &error)); /* cut off */
    g_assert_nonnull(error);
}

static void test_well_formed(void)
{
    for_each_stream(check_well_formed);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/report/tap", test_tap);
    g_test_add_func("/report/text", test_text);
    g_test_add_func("/report/text-is-defused", test_text_is_defused);
    g_test_add_func("/report/junit", test_junit);
    g_test_add_func("/report/json", test_json);
    g_test_add_func("/report/results", test_results);
    g_test_add_func("/report/round-trip", test_round_trip);
    g_test_add_func("/report/well-formed", test_well_formed);
    g_test_add_func("/report/from-json", test_from_json);
    g_test_add_func("/report/from-bad-json", test_from_bad_json);
    return g_test_run();
}
