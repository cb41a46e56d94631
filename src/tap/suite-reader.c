/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/suite-reader.h"

#include "base/array.h"
#include "base/capped-text.h"
#include "base/text.h"
#include "tap/tap-parser.h"

#include <string.h>

/* The limits of the text between two test points, and of a description or reason. */
enum { GAP_HEAD_BYTES = 8 * 1024, GAP_TAIL_BYTES = 4 * 1024, MAX_NAME_BYTES = 1000 };

/* How much of a failed command's output is shown. */
enum { FAILURE_LINES = 20 };

const SbSuiteLimits sb_suite_limits_brief = {
    .failures = 500, .others = 0, .text_bytes = 1024 * 1024, .output_bytes = 0};
const SbSuiteLimits sb_suite_limits_full = {
    .failures = 1000, .others = 10000, .text_bytes = 2 * 1024 * 1024, .output_bytes = 64 * 1024};

struct SbSuiteReader {
    SbSuiteLimits limits;
    SbSuite *suite;
    SbTapParser *parser;
    SbTapJudge *judge;
    SbCappedText *output;
    SbCappedText *gap; /**< comments and other output since the last test point */
    SbTest *last;      /**< (nullable) the last test, if it is kept */
    gsize text_bytes;
    /** By depth: what suite->cases[SB_TAP_FAILED] was when the subtest that is open there began. */
    guint64 failed_before[SB_TAP_MAX_DEPTH + 1];
    gint64 now_us;                         /**< -1: no clock */
    gint64 ended_us[SB_TAP_MAX_DEPTH + 1]; /**< by depth: when the last test there ended */
    guint failures;                        /**< kept */
    guint others;
    guint64 unlisted_failures;
    guint64 unlisted_others;
    guint64 unlisted_diagnostics;
};

/* For the BYTES of the output: the last ones matter more. */
static SbCappedText *output_new(gsize bytes)
{
    return sb_capped_text_new(bytes / 4, bytes - bytes / 4);
}

static char *capped_to_safe(const SbCappedText *text)
{
    GString *bytes = sb_capped_text_get(text);
    char *safe = sb_suite_safe_text(bytes->str, bytes->len);
    g_string_free(bytes, TRUE);
    return safe;
}

/* TEXT as one line for a report; its bytes are counted. */
static char *take_name(SbSuiteReader *reader, SbTapText text)
{
    gsize length;
    g_autofree char *plain = sb_tap_text_unescape(text, MAX_NAME_BYTES, &length);
    g_autofree char *safe = sb_suite_safe_text(plain, length);
    char *name = sb_text_one_line(safe);
    reader->text_bytes += strlen(name);
    return name;
}

/* Adds SAFE text, which is freed, to the diagnostics of TEST if there is room for it. */
static void add_diagnostics(SbSuiteReader *reader, SbTest *test, char *safe)
{
    g_autofree char *text = safe;
    g_strchomp(text);
    if (!*text)
        return;
    if (reader->text_bytes + strlen(text) > reader->limits.text_bytes) {
        reader->unlisted_diagnostics++;
        return;
    }
    reader->text_bytes += strlen(text);
    g_autofree char *before = test->diagnostics;
    test->diagnostics = before ? g_strconcat(before, "\n", text, NULL) : g_steal_pointer(&text);
}

/* The text between two tests is about the failed one: if both failed, about the first. */
static void end_gap(SbSuiteReader *reader, SbTest *next)
{
    SbTest *about = next;
    if (reader->last && reader->last->outcome == SB_TAP_FAILED)
        about = reader->last;
    if (about && !sb_capped_text_is_empty(reader->gap))
        add_diagnostics(reader, about, capped_to_safe(reader->gap));
    sb_capped_text_clear(reader->gap);
    reader->last = NULL;
}

/* Whether TEST ends a subtest with tests that are kept: then TEST must be kept, too. */
static gboolean has_children(const SbSuiteReader *reader, const SbTapEvent *event)
{
    const GPtrArray *tests = reader->suite->tests;
    return event->ends_subtest && tests->len > 0 &&
           ((SbTest *)tests->pdata[tests->len - 1])->depth > event->depth;
}

static gboolean is_kept(SbSuiteReader *reader, const SbTapEvent *event, const SbTapPoint *point)
{
    if (has_children(reader, event))
        return TRUE;
    if (point->outcome == SB_TAP_FAILED) {
        if (reader->failures < reader->limits.failures) {
            reader->failures++;
            return TRUE;
        }
        reader->unlisted_failures++;
    } else {
        if (reader->others < reader->limits.others &&
            reader->text_bytes < reader->limits.text_bytes) {
            reader->others++;
            return TRUE;
        }
        reader->unlisted_others++;
    }
    return FALSE;
}

/* The test at DEPTH that comes last ends a subtest: the tests before it that are deeper are in it,
 * and those one level deeper that have no parent yet are its children. */
static void adopt_children(SbSuiteReader *reader, guint depth, gboolean overrules)
{
    const GPtrArray *tests = reader->suite->tests;
    for (guint i = tests->len - 1; i > 0; i--) {
        SbTest *child = g_ptr_array_index(tests, i - 1);
        if (child->depth <= depth)
            return;
        child->is_overruled |= overrules && child->outcome == SB_TAP_FAILED;
        if (child->depth == depth + 1 && child->parent == SB_TEST_NO_PARENT)
            child->parent = tests->len - 1;
    }
}

/* How long the test at DEPTH took that comes now; -1: not known. What it is made of ends with it.
 */
static gdouble measure(SbSuiteReader *reader, guint depth)
{
    if (reader->now_us < 0)
        return -1;
    gint64 taken_us = reader->now_us - reader->ended_us[depth];
    for (guint i = depth; i <= SB_TAP_MAX_DEPTH; i++)
        reader->ended_us[i] = reader->now_us;
    return (gdouble)taken_us / G_USEC_PER_SEC;
}

static SbTest *keep_test(SbSuiteReader *reader, const SbTapEvent *event, const SbTapPoint *point,
                         gdouble duration_s)
{
    SbTest *test = g_new0(SbTest, 1);
    test->line_number = event->line_number;
    test->number = point->number;
    test->depth = event->depth;
    test->parent = SB_TEST_NO_PARENT;
    test->outcome = point->outcome;
    test->is_subtest = point->ends_subtest;
    test->subtest_failed = point->subtest_failed;
    test->duration_s = duration_s;
    test->description = take_name(reader, event->line.text);
    if (event->line.directive != SB_TAP_DIRECTIVE_NONE)
        test->reason = take_name(reader, event->line.reason);
    g_ptr_array_add(reader->suite->tests, test);
    if (event->ends_subtest)
        adopt_children(reader, event->depth, point->overrules);
    return test;
}

static void on_test(SbSuiteReader *reader, const SbTapEvent *event)
{
    const SbTapPoint *point = sb_tap_judge_point(reader->judge);
    gboolean failed = point->outcome == SB_TAP_FAILED;
    guint64 *cases = reader->suite->cases;
    if (point->overrules) {
        guint64 overruled = cases[SB_TAP_FAILED] - reader->failed_before[event->depth + 1];
        cases[SB_TAP_FAILED] -= overruled;
        cases[SB_TAP_TODO] += overruled;
    }
    if (!point->ends_subtest || (failed && !point->subtest_failed))
        cases[point->outcome]++;
    gdouble duration_s = measure(reader, event->depth);
    SbTest *test =
        is_kept(reader, event, point) ? keep_test(reader, event, point, duration_s) : NULL;
    /* KTAP has a test's diagnostics before its result. */
    if (event->is_ktap)
        reader->last = NULL;
    end_gap(reader, failed ? test : NULL);
    reader->last = test;
}

/* "duration_ms: 1.5" at the first level of a block of YAML, from node's test runner. */
static gdouble duration_in(SbTapText yaml)
{
    static const char key[] = "duration_ms:";
    const char *end = yaml.at + yaml.length;
    for (const char *line = yaml.at; line && line < end;) {
        if ((gsize)(end - line) > strlen(key) && memcmp(line, key, strlen(key)) == 0) {
            gdouble ms = g_ascii_strtod(line + strlen(key), NULL);
            return ms >= 0 && ms < 1e12 ? ms / 1000 : -1;
        }
        line = memchr(line, '\n', (gsize)(end - line));
        line = line ? line + 1 : NULL;
    }
    return -1;
}

static void on_yaml(SbSuiteReader *reader, const SbTapEvent *event)
{
    if (!reader->last)
        return;
    gdouble duration_s = duration_in(event->text);
    if (duration_s >= 0)
        reader->last->duration_s = duration_s;
    if (reader->last->outcome == SB_TAP_FAILED)
        add_diagnostics(reader, reader->last,
                        sb_suite_safe_text(event->text.at, event->text.length));
}

static void on_event(const SbTapEvent *event, gpointer data)
{
    SbSuiteReader *reader = data;
    sb_tap_judge_event(reader->judge, event);
    switch (event->kind) {
    case SB_TAP_EVENT_TEST:
        on_test(reader, event);
        break;
    case SB_TAP_EVENT_SUBTEST_BEGIN:
        reader->failed_before[event->depth] = reader->suite->cases[SB_TAP_FAILED];
        break;
    case SB_TAP_EVENT_YAML:
        on_yaml(reader, event);
        break;
    case SB_TAP_EVENT_COMMENT:
        if (sb_tap_text_has_prefix(event->text, "Subtest:"))
            break;
        G_GNUC_FALLTHROUGH;
    case SB_TAP_EVENT_JUNK:
        sb_capped_text_add(reader->gap, event->text.at, event->text.length);
        sb_capped_text_add(reader->gap, "\n", 1);
        break;
    default:
        break;
    }
}

SbSuiteReader *sb_suite_reader_new(const char *name, const SbSuiteLimits *limits)
{
    SbSuiteReader *reader = g_new0(SbSuiteReader, 1);
    reader->limits = *limits;
    reader->now_us = -1;
    reader->suite = sb_suite_new(name);
    reader->parser = sb_tap_parser_new(on_event, reader);
    reader->judge = sb_tap_judge_new();
    reader->output = output_new(limits->output_bytes);
    reader->gap = sb_capped_text_new(GAP_HEAD_BYTES, GAP_TAIL_BYTES);
    return reader;
}

void sb_suite_reader_free(SbSuiteReader *reader)
{
    if (!reader)
        return;
    sb_suite_free(reader->suite);
    sb_tap_parser_free(reader->parser);
    sb_tap_judge_free(reader->judge);
    sb_capped_text_free(reader->output);
    sb_capped_text_free(reader->gap);
    g_free(reader);
}

void sb_suite_reader_set_time(SbSuiteReader *reader, gint64 now_us)
{
    for (guint i = 0; reader->now_us < 0 && i <= SB_TAP_MAX_DEPTH; i++)
        reader->ended_us[i] = now_us;
    reader->now_us = now_us;
}

void sb_suite_reader_push(SbSuiteReader *reader, const char *bytes, gsize length)
{
    if (length == 0)
        return;
    if (reader->limits.output_bytes > 0)
        sb_capped_text_add(reader->output, bytes, length);
    sb_tap_parser_push(reader->parser, bytes, length);
}

void sb_suite_reader_push_stderr(SbSuiteReader *reader, const char *bytes, gsize length)
{
    if (reader->limits.output_bytes > 0)
        sb_capped_text_add(reader->output, bytes, length);
    sb_capped_text_add(reader->gap, bytes, length);
}

gboolean sb_suite_reader_is_complete(const SbSuiteReader *reader)
{
    guint64 planned, run = 0;
    if (sb_tap_judge_problem_count(reader->judge, SB_TAP_PROBLEM_BAIL_OUT) > 0)
        return TRUE;
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        run += sb_tap_judge_count(reader->judge, i);
    return sb_tap_judge_planned(reader->judge, &planned) && run >= planned;
}

guint64 sb_suite_reader_count(const SbSuiteReader *reader, SbTapOutcome outcome)
{
    return sb_tap_judge_count(reader->judge, outcome);
}

static void add_note(SbSuite *suite, guint64 count, const char *text)
{
    if (count > 0)
        g_ptr_array_add(suite->notes, g_strdup_printf("%" G_GUINT64_FORMAT " %s", count, text));
}

static void add_notes(SbSuiteReader *reader)
{
    SbSuite *suite = reader->suite;
    const SbTapCuts *cuts = sb_tap_parser_cuts(reader->parser);
    const SbTapJudge *judge = reader->judge;
    add_note(suite, reader->unlisted_failures, "more tests that failed are not listed");
    if (reader->limits.others > 0)
        add_note(suite, reader->unlisted_others, "more tests that did not fail are not listed");
    add_note(suite, reader->unlisted_diagnostics, "tests have diagnostics that are not shown");
    add_note(suite, cuts->long_lines, "lines were cut after 64 KiB");
    add_note(suite, cuts->long_yaml, "blocks of YAML were cut after 64 KiB");
    add_note(suite, cuts->deep_lines,
             "lines of subtests nested more than 16 deep were taken as no TAP");
    add_note(suite, sb_tap_judge_untracked(judge),
             "test numbers were too far ahead of the others to know whether they were used twice");
    add_note(suite, sb_tap_judge_open_subtests(judge),
             "subtests have no test point of their own, and are not counted");
}

static void add_problems(SbSuiteReader *reader)
{
    SbSuite *suite = reader->suite;
    const GPtrArray *problems = sb_tap_judge_problems(reader->judge);
    SB_EACH(const SbTapProblem, from, problems) {
        SbSuiteProblem *problem = g_new0(SbSuiteProblem, 1);
        problem->kind = sb_tap_problem_name(from->kind);
        problem->line_number = from->line_number;
        problem->text = sb_suite_safe_text(from->text, strlen(from->text));
        g_ptr_array_add(suite->problems, problem);
    }
    for (guint kind = 0; kind < SB_TAP_N_PROBLEMS; kind++) {
        guint64 count = sb_tap_judge_problem_count(reader->judge, kind);
        if (count <= SB_TAP_MAX_PROBLEMS_OF_KIND)
            continue;
        g_autofree char *text =
            g_strdup_printf("more problems '%s' are not listed", sb_tap_problem_name(kind));
        add_note(suite, count - SB_TAP_MAX_PROBLEMS_OF_KIND, text);
    }
}

SbSuite *sb_suite_reader_finish(SbSuiteReader *reader, int exit_status)
{
    SbSuite *suite = reader->suite;
    sb_tap_parser_end(reader->parser);
    end_gap(reader, NULL);
    sb_tap_judge_end(reader->judge, exit_status);
    suite->exit_status = exit_status;
    suite->verdict = sb_tap_judge_verdict(reader->judge);
    suite->has_plan = sb_tap_judge_planned(reader->judge, &suite->planned);
    const char *reason = sb_tap_judge_skip_reason(reader->judge);
    suite->skip_reason = reason ? sb_suite_safe_text(reason, strlen(reason)) : NULL;
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++) {
        suite->counts[i] = sb_tap_judge_count(reader->judge, i);
        suite->nested[i] = sb_tap_judge_nested_count(reader->judge, i);
    }
    add_problems(reader);
    add_notes(reader);
    g_free(suite->output);
    suite->output = capped_to_safe(reader->output);
    return g_steal_pointer(&reader->suite);
}

/* ---- without TAP ---- */

/* The exit status and the last lines of the output. */
static char *describe_failure(int exit_status, const char *output, gsize length)
{
    g_autofree char *status = sb_tap_exit_status_words(exit_status);
    g_autofree char *safe = sb_suite_safe_text(output, length);
    g_autofree char *last = sb_text_last_lines(safe, FAILURE_LINES);
    return g_strconcat("exit status ", status, *last ? "\n" : NULL, last, NULL);
}

SbSuite *sb_suite_from_exit_status(const char *name, int exit_status, const char *output,
                                   gsize length)
{
    SbSuite *suite = sb_suite_new(name);
    SbTest *test = g_new0(SbTest, 1);
    test->number = 1;
    test->parent = SB_TEST_NO_PARENT;
    test->duration_s = -1;
    test->outcome = exit_status == 0 ? SB_TAP_PASSED : SB_TAP_FAILED;
    test->description = g_strdup("exit status");
    if (exit_status != 0)
        test->diagnostics = describe_failure(exit_status, output, length);
    g_ptr_array_add(suite->tests, test);
    suite->counts[test->outcome] = suite->cases[test->outcome] = 1;
    suite->verdict = exit_status == 0 ? SB_TAP_VERDICT_PASSED : SB_TAP_VERDICT_FAILED;
    suite->exit_status = exit_status;
    suite->has_plan = TRUE;
    suite->planned = 1;
    g_autoptr(SbCappedText) capped = output_new(sb_suite_limits_full.output_bytes);
    sb_capped_text_add(capped, output, length);
    g_free(suite->output);
    suite->output = capped_to_safe(capped);
    return suite;
}
