/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/units.h"
#include "tap/ci-commands.h"
#include "tap/report.h"

#include <string.h>

/* Adds the lines of TEXT, indented. */
static void add_block(GString *report, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++)
        g_string_append_printf(report, "%s%s\n", *lines[i] ? "    " : "", lines[i]);
}

static void add_failures(GString *report, const SbSuite *suite)
{
    SB_EACH(const SbTest, test, suite->tests) {
        if (test->outcome != SB_TAP_FAILED || sb_test_is_repetition(test))
            continue;
        g_autofree char *path = sb_suite_test_path(suite, test);
        g_string_append_printf(
            report, "%s: not ok %" G_GUINT64_FORMAT " - %s%s\n", suite->name, test->number, path,
            test->is_overruled ? " (overruled by its subtest's test point)" : "");
        if (test->diagnostics)
            add_block(report, test->diagnostics);
    }
}

static void add_problems(GString *report, const SbSuite *suite)
{
    SB_EACH(const SbSuiteProblem, problem, suite->problems) {
        g_string_append_printf(report, "%s:", suite->name);
        if (problem->line_number > 0)
            g_string_append_printf(report, "%" G_GUINT64_FORMAT ":", problem->line_number);
        g_string_append_printf(report, " %s\n", problem->text);
    }
    if (suite->broken)
        g_string_append_printf(report, "%s: %s\n", suite->name, suite->broken);
    g_autofree char *words = sb_suite_last_words(suite);
    if (words) {
        g_string_append_printf(report, "%s: the end of its output:\n", suite->name);
        add_block(report, words);
    }
    for (guint i = 0; i < suite->notes->len; i++)
        g_string_append_printf(report, "%s: note: %s\n", suite->name,
                               (const char *)g_ptr_array_index(suite->notes, i));
}

/* Adds each outcome that occurs, such as ", 3 failed". */
static void add_counts(GString *report, const guint64 *counts)
{
    static const struct {
        SbTapOutcome outcome;
        const char *word;
    } words[] = {
        {SB_TAP_PASSED, "passed"},
        {SB_TAP_FAILED, "failed"},
        {SB_TAP_TODO, "failed as expected (TODO)"},
        {SB_TAP_BONUS, "passed unexpectedly (TODO)"},
        {SB_TAP_SKIPPED, "skipped"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (counts[words[i].outcome] > 0)
            g_string_append_printf(report, ", %" G_GUINT64_FORMAT " %s", counts[words[i].outcome],
                                   words[i].word);
}

static guint64 sum(const guint64 *counts)
{
    guint64 all = 0;
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        all += counts[i];
    return all;
}

static void add_summary(GString *report, const SbSuite *suite)
{
    guint64 run = sum(suite->counts), nested = sum(suite->nested);
    g_string_append_printf(report, "%s: %s", suite->name, sb_suite_result_words(suite));
    if (suite->verdict == SB_TAP_VERDICT_SKIPPED) {
        if (suite->skip_reason && *suite->skip_reason)
            g_string_append_printf(report, ": %s", suite->skip_reason);
    } else {
        g_string_append_printf(report, ": %" G_GUINT64_FORMAT " test%s", run, run == 1 ? "" : "s");
        add_counts(report, suite->counts);
    }
    if (nested > 0) {
        g_string_append_printf(report, "; %" G_GUINT64_FORMAT " in subtests", nested);
        add_counts(report, suite->nested);
    }
    if (suite->duration_ms >= 0) {
        g_autofree char *duration = sb_duration_format(suite->duration_ms);
        g_string_append_printf(report, " (%s)", duration);
    }
    g_string_append_c(report, '\n');
}

char *sb_report_totals(const SbReport *report)
{
    GString *text = g_string_new(NULL);
    static const char *const words[] = {"passed", "skipped", "FAILED", "NOT TO BE TRUSTED",
                                        "BROKEN"};
    guint suites[G_N_ELEMENTS(words)] = {0};
    guint64 counts[SB_TAP_N_OUTCOMES] = {0};
    SB_EACH(const SbSuite, suite, report->suites) {
        for (guint i = 0; i < G_N_ELEMENTS(words); i++)
            suites[i] += strcmp(sb_suite_result_words(suite), words[i]) == 0;
        for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
            counts[i] += suite->cases[i];
    }
    g_string_append_printf(text, "%u suite%s", report->suites->len,
                           report->suites->len == 1 ? "" : "s");
    for (guint i = 0, shown = 0; i < G_N_ELEMENTS(words); i++)
        if (suites[i] > 0)
            g_string_append_printf(text, "%s%u %s", shown++ ? ", " : ": ", suites[i], words[i]);
    g_string_append_printf(text, "; %" G_GUINT64_FORMAT " test%s", sum(counts),
                           sum(counts) == 1 ? "" : "s");
    add_counts(text, counts);
    return g_string_free(text, FALSE);
}

char *sb_report_to_text(const SbReport *report, SbReportText part)
{
    GString *text = g_string_new(NULL);
    SB_EACH(const SbSuite, suite, report->suites) {
        if (part == SB_REPORT_BAD && !sb_suite_is_bad(suite))
            continue;
        add_failures(text, suite);
        add_problems(text, suite);
    }
    SB_EACH(const SbSuite, suite, report->suites)
        if (part == SB_REPORT_ALL || (part == SB_REPORT_BAD && sb_suite_is_bad(suite)))
            add_summary(text, suite);
    g_autofree char *totals = sb_report_totals(report);
    if (report->suites->len > 1 || part == SB_REPORT_DETAILS)
        g_string_append_printf(text, "%s\n", totals);
    /* The parts are harmless, but a name that ends with the start of a command could make a command
     * together with the text behind it. */
    char *defused = sb_ci_commands_defuse(text->str);
    g_string_free(text, TRUE);
    return defused;
}
