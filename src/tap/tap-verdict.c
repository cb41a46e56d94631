/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-verdict.h"

#include "base/text.h"

const char *sb_tap_problem_name(SbTapProblemKind kind)
{
    static const char *const names[] = {
        [SB_TAP_PROBLEM_EMPTY] = "empty",
        [SB_TAP_PROBLEM_NO_PLAN] = "no-plan",
        [SB_TAP_PROBLEM_TWO_PLANS] = "two-plans",
        [SB_TAP_PROBLEM_PLAN_IN_MIDDLE] = "plan-in-middle",
        [SB_TAP_PROBLEM_TESTS_AFTER_PLAN] = "tests-after-plan",
        [SB_TAP_PROBLEM_TOO_FEW] = "too-few",
        [SB_TAP_PROBLEM_TOO_MANY] = "too-many",
        [SB_TAP_PROBLEM_NOT_SKIPPED] = "not-skipped",
        [SB_TAP_PROBLEM_NUMBER_TWICE] = "number-twice",
        [SB_TAP_PROBLEM_NUMBER_OUT_OF_RANGE] = "number-out-of-range",
        [SB_TAP_PROBLEM_NUMBER_OUT_OF_ORDER] = "number-out-of-order",
        [SB_TAP_PROBLEM_VERSION_OLD] = "version-old",
        [SB_TAP_PROBLEM_VERSION_UNKNOWN] = "version-unknown",
        [SB_TAP_PROBLEM_VERSION_LATE] = "version-late",
        [SB_TAP_PROBLEM_BAIL_OUT] = "bail-out",
        [SB_TAP_PROBLEM_FORBIDDEN_JUNK] = "forbidden-junk",
        [SB_TAP_PROBLEM_OPEN_YAML] = "open-yaml",
        [SB_TAP_PROBLEM_SUBTEST_FAILED] = "subtest-failed",
        [SB_TAP_PROBLEM_SUBTEST_BROKEN] = "subtest-broken",
        [SB_TAP_PROBLEM_SUBTEST_OPEN] = "subtest-open",
        [SB_TAP_PROBLEM_SUBTEST_MISSING] = "subtest-missing",
        [SB_TAP_PROBLEM_SUBTEST_NAME] = "subtest-name",
        [SB_TAP_PROBLEM_STRAY_FAILURE] = "stray-failure",
        [SB_TAP_PROBLEM_SPLIT_LINE] = "split-line",
        [SB_TAP_PROBLEM_EXIT_STATUS] = "exit-status",
    };
    G_STATIC_ASSERT(G_N_ELEMENTS(names) == SB_TAP_N_PROBLEMS);
    g_return_val_if_fail((guint)kind < G_N_ELEMENTS(names), "unknown");
    return names[kind];
}

const char *sb_tap_outcome_name(SbTapOutcome outcome)
{
    static const char *const names[] = {
        [SB_TAP_PASSED] = "passed", [SB_TAP_FAILED] = "failed",   [SB_TAP_TODO] = "todo",
        [SB_TAP_BONUS] = "bonus",   [SB_TAP_SKIPPED] = "skipped",
    };
    g_return_val_if_fail((guint)outcome < G_N_ELEMENTS(names), "unknown");
    return names[outcome];
}

const char *sb_tap_verdict_name(SbTapVerdict verdict)
{
    static const char *const names[] = {
        [SB_TAP_VERDICT_PASSED] = "passed",
        [SB_TAP_VERDICT_SKIPPED] = "skipped",
        [SB_TAP_VERDICT_FAILED] = "failed",
        [SB_TAP_VERDICT_UNTRUSTED] = "untrusted",
    };
    g_return_val_if_fail((guint)verdict < G_N_ELEMENTS(names), "unknown");
    return names[verdict];
}

void sb_tap_problem_free(SbTapProblem *problem)
{
    if (!problem)
        return;
    g_free(problem->text);
    g_free(problem);
}

char *sb_tap_problem_quote(SbTapText text)
{
    gsize length;
    g_autofree char *plain = sb_tap_text_unescape(text, SB_TAP_MAX_QUOTE_BYTES, &length);
    for (gsize i = 0; i < length; i++)
        if (plain[i] == '\0')
            plain[i] = ' ';
    return sb_text_one_line(plain);
}

SbTapProblem *sb_tap_problem_new(SbTapProblemKind kind, guint64 line_number, const char *format,
                                 va_list arguments)
{
    SbTapProblem *problem = g_new0(SbTapProblem, 1);
    problem->kind = kind;
    problem->line_number = line_number;
    problem->text = g_strdup_vprintf(format, arguments);
    return problem;
}

gboolean sb_tap_problem_is_failure(SbTapProblemKind kind)
{
    return kind == SB_TAP_PROBLEM_SUBTEST_FAILED || kind == SB_TAP_PROBLEM_SUBTEST_BROKEN ||
           kind == SB_TAP_PROBLEM_STRAY_FAILURE || kind == SB_TAP_PROBLEM_SPLIT_LINE;
}

gboolean sb_tap_problem_counts_anywhere(SbTapProblemKind kind)
{
    return sb_tap_problem_is_failure(kind) || kind == SB_TAP_PROBLEM_TOO_FEW ||
           kind == SB_TAP_PROBLEM_SUBTEST_OPEN || kind == SB_TAP_PROBLEM_SUBTEST_MISSING ||
           kind == SB_TAP_PROBLEM_FORBIDDEN_JUNK;
}

SbTapOutcome sb_tap_outcome_of(const SbTapLine *line)
{
    if (line->directive == SB_TAP_DIRECTIVE_SKIP)
        return SB_TAP_SKIPPED;
    if (line->directive != SB_TAP_DIRECTIVE_NONE)
        return line->ok ? SB_TAP_BONUS : SB_TAP_TODO;
    return line->ok ? SB_TAP_PASSED : SB_TAP_FAILED;
}

char *sb_tap_exit_status_words(int exit_status)
{
    /* What POSIX says of a shell's exit status, 2.8.2. */
    if (exit_status == 126)
        return g_strdup("126: a command was found, and cannot be executed: 'chmod +x' is missing, "
                        "or it is for another architecture");
    if (exit_status == 127)
        return g_strdup("127: a command, or the interpreter that it names, was not found");
    if (exit_status <= 128 || exit_status >= 128 + 65)
        return g_strdup_printf("%d", exit_status);
    int number = exit_status - 128;
    return g_strdup_printf("%d: killed by signal %d, %s", exit_status, number, g_strsignal(number));
}
