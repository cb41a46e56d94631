/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/diagnostics.h"
#include "findings.h"
#include "test.h"

static void test_empty(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, 0);
    g_assert_cmpstr(text, ==, "");
}

static void test_text(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_diagnostics_add(diagnostics, "a.yaml", (SbMark){0, 0}, "too %s", "long");
    sb_diagnostics_add(diagnostics, "a.yaml", (SbMark){3, 14}, "unknown key '%s'", "x");
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(text, ==, "a.yaml: too long\na.yaml:3:14: unknown key 'x'");
}

/* Checks across keys come last, but the findings are in the order of the file. At one place, the
 * first finding stays first. */
static void test_order(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_diagnostics_add(diagnostics, "a", (SbMark){2, 5}, "third");
    sb_diagnostics_add(diagnostics, "a", (SbMark){10, 1}, "fifth");
    sb_diagnostics_add(diagnostics, "a", (SbMark){2, 5}, "fourth");
    sb_diagnostics_add(diagnostics, "a", (SbMark){1, 9}, "second");
    sb_diagnostics_add(diagnostics, "a", (SbMark){0, 0}, "first");
    sb_diagnostics_add(diagnostics, "a", (SbMark){2, 3}, "between");
    assert_findings_at(diagnostics, "0:0 1:9 2:3 2:5 2:5 10:1");
    g_assert_cmpstr(sb_diagnostics_get(diagnostics, 3)->message, ==, "third");
    g_assert_cmpstr(sb_diagnostics_get(diagnostics, 4)->message, ==, "fourth");
}

static void test_files_stay_apart(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_diagnostics_add(diagnostics, "a", (SbMark){7, 1}, "x");
    sb_diagnostics_add(diagnostics, "b", (SbMark){1, 1}, "x");
    assert_findings_at(diagnostics, "7:1 1:1");
    g_assert_cmpstr(sb_diagnostics_get(diagnostics, 1)->file, ==, "b");
}

static void test_limit(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    for (guint i = 1; i <= SB_DIAGNOSTICS_MAX; i++)
        sb_diagnostics_add(diagnostics, "a", (SbMark){i, 1}, "x");
    g_autofree char *full = sb_diagnostics_to_string(diagnostics);
    g_assert_true(g_str_has_suffix(full, "a:100:1: x"));
    for (guint i = 1; i <= 7; i++)
        sb_diagnostics_add(diagnostics, "a", (SbMark){1000 + i, 1}, "x");
    g_autofree char *over = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, SB_DIAGNOSTICS_MAX);
    g_assert_cmpuint(sb_diagnostics_total(diagnostics), ==, SB_DIAGNOSTICS_MAX + 7);
    g_assert_true(g_str_has_suffix(over, "\n… and 7 more"));
}

static void add_many(SbDiagnostics *diagnostics, SbSeverity severity, guint first_line,
                     guint number)
{
    for (guint i = 0; i < number; i++) {
        const SbFinding finding = {.file = "a", .mark = {first_line + i, 1}, .severity = severity};
        sb_diagnostics_add_finding(diagnostics, &finding, "x");
    }
}

static void test_errors_rather_than_warnings(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    add_many(diagnostics, SB_SEVERITY_WARNING, 1, SB_DIAGNOSTICS_MAX + 5);
    add_many(diagnostics, SB_SEVERITY_ERROR, 50, 2);
    add_many(diagnostics, SB_SEVERITY_WARNING, 1, 3);
    g_assert_cmpuint(sb_diagnostics_count(diagnostics), ==, SB_DIAGNOSTICS_MAX);
    g_assert_cmpuint(sb_diagnostics_total(diagnostics), ==, SB_DIAGNOSTICS_MAX + 10);
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, 2);
    guint errors = 0;
    for (guint i = 0; i < SB_DIAGNOSTICS_MAX; i++)
        errors += sb_diagnostics_get(diagnostics, i)->severity == SB_SEVERITY_ERROR;
    g_assert_cmpuint(errors, ==, 2);
    g_assert_cmpuint(sb_diagnostics_get(diagnostics, SB_DIAGNOSTICS_MAX - 1)->mark.line, ==, 98);
}

/* A dropped finding counts with its severity, also after it was handed over. */
static void test_dropped(void)
{
    g_autoptr(SbDiagnostics) warnings = sb_diagnostics_new();
    g_autoptr(SbDiagnostics) errors = sb_diagnostics_new();
    g_autoptr(SbDiagnostics) all = sb_diagnostics_new();
    add_many(warnings, SB_SEVERITY_WARNING, 1, SB_DIAGNOSTICS_MAX + 5);
    add_many(errors, SB_SEVERITY_ERROR, 1, SB_DIAGNOSTICS_MAX + 3);
    sb_diagnostics_add_dropped(all, warnings);
    g_assert_cmpuint(sb_diagnostics_total(all), ==, 5);
    g_assert_cmpuint(sb_diagnostics_errors(all), ==, 0);
    sb_diagnostics_add_dropped(all, errors);
    g_assert_cmpuint(sb_diagnostics_total(all), ==, 8);
    g_assert_cmpuint(sb_diagnostics_errors(all), ==, 3);
}

static void test_like(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_diagnostics_add(diagnostics, "a", (SbMark){1, 1}, "x");
    sb_diagnostics_disable(diagnostics, "r");
    g_autoptr(SbDiagnostics) like = sb_diagnostics_new_like(diagnostics);
    g_assert_cmpuint(sb_diagnostics_total(like), ==, 0);
    g_assert_false(sb_diagnostics_wants(like, "r"));
    g_assert_true(sb_diagnostics_wants(like, "s"));
}

/* Findings quote a file that came out of a pull request, on a terminal and in a log that is read
 * line by line. */
static void test_findings_are_harmless(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    sb_diagnostics_add(diagnostics, "a\033[2J\n", (SbMark){1, 1}, "'%s' and '%.1s'",
                       "x\n\033]0;t\a\342\200\256", "\303\251");
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(text, ==, "a\\x1b[2J\\n:1:1: 'x\\n\\x1b]0;t\\x07\\u202e' and ''");
}

static void test_rules(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const SbFinding warning = {"a", {2, 1}, SB_SEVERITY_WARNING, "some-rule", "users[0].sudo"};
    const SbFinding error = {"a", {1, 1}, SB_SEVERITY_ERROR, "other-rule", NULL};
    sb_diagnostics_add_finding(diagnostics, &warning, "ask%s", "s");
    sb_diagnostics_add_finding(diagnostics, &error, "broken");
    sb_diagnostics_disable(diagnostics, "other-rule");
    sb_diagnostics_add_finding(diagnostics, &error, "again");
    g_assert_false(sb_diagnostics_wants(diagnostics, "other-rule"));
    g_assert_true(sb_diagnostics_wants(diagnostics, NULL));
    g_autofree char *text = sb_diagnostics_to_string(diagnostics);
    g_assert_cmpstr(text, ==,
                    "a:1:1: broken [other-rule]\n"
                    "a:2:1: warning: users[0].sudo: asks [some-rule]");
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, 1);
}

/* An error counts even if there is no room to keep it. */
static void test_errors_are_counted(void)
{
    g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
    const SbFinding warning = {"a", {1, 1}, SB_SEVERITY_WARNING, NULL, NULL};
    for (guint i = 0; i < SB_DIAGNOSTICS_MAX; i++)
        sb_diagnostics_add_finding(diagnostics, &warning, "hm");
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, 0);
    sb_diagnostics_add(diagnostics, "a", (SbMark){1, 1}, "broken");
    g_assert_cmpuint(sb_diagnostics_errors(diagnostics), ==, 1);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/diagnostics/empty", test_empty);
    g_test_add_func("/diagnostics/text", test_text);
    g_test_add_func("/diagnostics/order", test_order);
    g_test_add_func("/diagnostics/files", test_files_stay_apart);
    g_test_add_func("/diagnostics/limit", test_limit);
    g_test_add_func("/diagnostics/errors-rather", test_errors_rather_than_warnings);
    g_test_add_func("/diagnostics/dropped", test_dropped);
    g_test_add_func("/diagnostics/like", test_like);
    g_test_add_func("/diagnostics/harmless", test_findings_are_harmless);
    g_test_add_func("/diagnostics/rules", test_rules);
    g_test_add_func("/diagnostics/errors", test_errors_are_counted);
    return g_test_run();
}
