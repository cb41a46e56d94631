/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/suite.h"

#include "base/text.h"
#include "tap/ci-commands.h"
#include "tap/tap-line.h"

#include <string.h>

static void test_free(SbTest *test)
{
    g_free(test->description);
    g_free(test->reason);
    g_free(test->diagnostics);
    g_free(test);
}

static void problem_free(SbSuiteProblem *problem)
{
    g_free(problem->text);
    g_free(problem);
}

SbSuite *sb_suite_new(const char *name)
{
    SbSuite *suite = g_new0(SbSuite, 1);
    g_autofree char *safe = sb_suite_safe_text(name, strlen(name));
    suite->name = sb_text_one_line(safe);
    suite->duration_ms = -1;
    suite->exit_status = -1;
    suite->tests = g_ptr_array_new_with_free_func((GDestroyNotify)test_free);
    suite->problems = g_ptr_array_new_with_free_func((GDestroyNotify)problem_free);
    suite->notes = g_ptr_array_new_with_free_func(g_free);
    suite->output = g_strdup("");
    return suite;
}

void sb_suite_free(SbSuite *suite)
{
    if (!suite)
        return;
    g_free(suite->name);
    g_free(suite->host);
    g_free(suite->test);
    g_free(suite->repeats);
    g_free(suite->started);
    g_free(suite->broken);
    g_free(suite->skip_reason);
    g_free(suite->output);
    g_ptr_array_unref(suite->tests);
    g_ptr_array_unref(suite->problems);
    g_ptr_array_unref(suite->notes);
    g_free(suite);
}

void sb_suite_break(SbSuite *suite, const char *text)
{
    if (!suite->broken)
        suite->broken = sb_suite_safe_text(text, strlen(text));
}

void sb_suite_add_problem(SbSuite *suite, const char *kind, const char *text)
{
    SbSuiteProblem *problem = g_new0(SbSuiteProblem, 1);
    problem->kind = kind;
    problem->text = sb_suite_safe_text(text, strlen(text));
    g_ptr_array_insert(suite->problems, 0, problem);
    suite->verdict = SB_TAP_VERDICT_UNTRUSTED;
}

void sb_suite_add_note(SbSuite *suite, const char *text)
{
    g_ptr_array_add(suite->notes, sb_suite_safe_text(text, strlen(text)));
}

SbSuite *sb_suite_not_run(const char *name, gboolean is_skipped, const char *reason)
{
    SbSuite *suite = sb_suite_new(name);
    suite->verdict = SB_TAP_VERDICT_SKIPPED;
    if (is_skipped)
        suite->skip_reason = sb_suite_safe_text(reason, strlen(reason));
    else
        sb_suite_break(suite, reason);
    return suite;
}

gboolean sb_suite_is_bad(const SbSuite *suite)
{
    return suite->broken || suite->verdict == SB_TAP_VERDICT_FAILED ||
           suite->verdict == SB_TAP_VERDICT_UNTRUSTED;
}

const char *sb_suite_result(const SbSuite *suite)
{
    return suite->broken ? "broken" : sb_tap_verdict_name(suite->verdict);
}

/* These words leave no doubt; "untrusted" alone would. */
const char *sb_suite_result_words(const SbSuite *suite)
{
    if (suite->broken)
        return "BROKEN";
    switch (suite->verdict) {
    case SB_TAP_VERDICT_PASSED:
        return "passed";
    case SB_TAP_VERDICT_SKIPPED:
        return "skipped";
    case SB_TAP_VERDICT_FAILED:
        return "FAILED";
    default:
        return "NOT TO BE TRUSTED";
    }
}

char *sb_suite_last_words(const SbSuite *suite)
{
    enum { LINES = 10 };
    gboolean is_unclear = suite->broken || suite->verdict == SB_TAP_VERDICT_UNTRUSTED;
    if (!is_unclear || suite->counts[SB_TAP_FAILED] > 0 || !suite->output)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(suite->output, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        SbTapLine line;
        sb_tap_line_read(lines[i], strlen(lines[i]), &line);
        if (line.kind == SB_TAP_LINE_JUNK || line.kind == SB_TAP_LINE_COMMENT)
            g_string_append_printf(text, "%s\n", lines[i]);
    }
    g_autofree char *words = g_strchomp(sb_text_last_lines(text->str, LINES));
    return *words ? g_steal_pointer(&words) : NULL;
}

guint64 sb_suite_run(const SbSuite *suite)
{
    guint64 run = 0;
    for (guint i = 0; i < SB_TAP_N_OUTCOMES; i++)
        run += suite->counts[i];
    return run;
}

gboolean sb_test_is_repetition(const SbTest *test)
{
    return test->is_subtest && (test->outcome != SB_TAP_FAILED || test->subtest_failed);
}

char *sb_suite_test_path(const SbSuite *suite, const SbTest *test)
{
    GString *path = g_string_new(NULL);
    for (const SbTest *at = test;; at = g_ptr_array_index(suite->tests, at->parent)) {
        if (path->len > 0)
            g_string_prepend(path, " › ");
        g_string_prepend(path, at->description);
        if (!*at->description) {
            g_autofree char *number = g_strdup_printf("test %" G_GUINT64_FORMAT, at->number);
            g_string_prepend(path, number);
        }
        if (at->parent == SB_TEST_NO_PARENT)
            return g_string_free(path, FALSE);
    }
}

/* GLib accepts U+FFFE and U+FFFF as characters, but XML 1.0 does not. Both are "\xef\xbf" and one
 * more byte, so they can be removed in place. */
static void drop_noncharacters(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        if (from[0] == '\xef' && from[1] == '\xbf' && (from[2] == '\xbe' || from[2] == '\xbf'))
            from += 3;
        else
            *to++ = *from++;
    }
    *to = '\0';
}

char *sb_suite_safe_text(const char *text, gsize length)
{
    g_autofree char *clean = sb_text_sanitize(text, length);
    drop_noncharacters(clean);
    return sb_ci_commands_defuse(clean);
}
