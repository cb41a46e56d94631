/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/array.h"
#include "base/text.h"
#include "tap/report.h"

/* The version line says 13: perl's harness (3.44) takes a stream that says 14 as broken, and TAP 14
 * lets its readers take 13 as 14. The subtests are those of TAP 14; TAP 13 reads them as comments
 * and junk. The YAML uses only the forms that perl's harness reads (TAP::Parser::YAMLish::Reader).
 */
static const char version_line[] = "TAP version 13\n";

typedef struct {
    GString *tap;
    guint written[SB_TAP_MAX_DEPTH + 2]; /**< test points at each depth, since the last plan */
    /** Of each depth: the test point whose subtest was announced last. */
    const SbTest *announced[SB_TAP_MAX_DEPTH + 2];
} Writer;

G_GNUC_PRINTF(3, 4)
static void add_line(GString *tap, guint depth, const char *format, ...)
{
    g_string_append_printf(tap, "%*s", (int)depth * 4, "");
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(tap, format, arguments);
    va_end(arguments);
    g_string_append_c(tap, '\n');
}

/* TEXT with its '#' and '\' escaped. (transfer full) */
static char *escape(const char *text)
{
    GString *escaped = g_string_new(NULL);
    for (const char *c = text; *c; c++) {
        if (*c == '#' || *c == '\\')
            g_string_append_c(escaped, '\\');
        g_string_append_c(escaped, *c);
    }
    return g_string_free(escaped, FALSE);
}

/* Adds "KEY: |" and the lines of TEXT. The first line must not be indented, because it decides the
 * indentation of the others. Blank lines have blanks, because perl takes an empty line as the end.
 * A line that says only "not" is quoted, because perl joins it with the next one.
 */
static void add_literal(GString *tap, guint depth, const char *key, const char *text)
{
    while (g_ascii_isspace(*text))
        text++;
    add_line(tap, depth, "  %s: |", key);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *words = g_strstrip(g_strdup(lines[i]));
        add_line(tap, depth, g_str_equal(words, "not") ? "    '%s'" : "    %s", lines[i]);
    }
}

static void add_plan(Writer *writer, guint depth)
{
    add_line(writer->tap, depth, "1..%u", writer->written[depth]);
    writer->written[depth] = 0;
}

/* Whether all subtests that TEST is in have ended with a test point. */
static gboolean is_rooted(const SbSuite *suite, const SbTest *test)
{
    while (test->parent != SB_TEST_NO_PARENT)
        test = g_ptr_array_index(suite->tests, test->parent);
    return test->depth == 0;
}

/* Announces the subtests that TEST is in, from the outermost. */
static void announce(Writer *writer, const SbSuite *suite, const SbTest *test)
{
    if (test->parent == SB_TEST_NO_PARENT)
        return;
    const SbTest *parent = g_ptr_array_index(suite->tests, test->parent);
    announce(writer, suite, parent);
    if (writer->announced[parent->depth] == parent)
        return;
    writer->announced[parent->depth] = parent;
    g_autofree char *name = escape(parent->description);
    add_line(writer->tap, parent->depth + 1, "# Subtest%s%s", *name ? ": " : "", name);
}

static void add_test(Writer *writer, const SbSuite *suite, const SbTest *test)
{
    announce(writer, suite, test);
    guint depth = test->depth + 1;
    gboolean failed = test->outcome == SB_TAP_FAILED || test->outcome == SB_TAP_TODO;
    const char *directive = "";
    if (test->outcome == SB_TAP_SKIPPED)
        directive = " # SKIP";
    else if (test->outcome == SB_TAP_TODO || test->outcome == SB_TAP_BONUS)
        directive = " # TODO";
    else if (test->is_overruled)
        directive = " # TODO the test point of its subtest overrules it";
    if (test->is_subtest && writer->written[depth + 1] > 0)
        add_plan(writer, depth + 1);
    g_autofree char *description = escape(test->description);
    g_autofree char *reason = escape(test->reason ? test->reason : "");
    add_line(writer->tap, depth, "%s %u%s%s%s%s%s", failed ? "not ok" : "ok",
             ++writer->written[depth], *description ? " - " : "", description, directive,
             *reason ? " " : "", reason);
    if (!failed)
        return;
    add_line(writer->tap, depth, "  ---");
    add_line(writer->tap, depth, "  line: %" G_GUINT64_FORMAT, test->line_number);
    if (test->diagnostics)
        add_literal(writer->tap, depth, "output", test->diagnostics);
    add_line(writer->tap, depth, "  ...");
}

static void add_problems(GString *tap, const SbSuite *suite)
{
    g_autoptr(GString) text = g_string_new(NULL);
    SB_EACH(const SbSuiteProblem, problem, suite->problems) {
        if (problem->line_number > 0)
            g_string_append_printf(text, "line %" G_GUINT64_FORMAT ": ", problem->line_number);
        g_string_append_printf(text, "%s\n", problem->text);
    }
    add_line(tap, 0, "  ---");
    add_line(tap, 0, "  result: %s", sb_suite_result(suite));
    if (suite->broken)
        add_literal(tap, 0, "broken", suite->broken);
    if (text->len > 0)
        add_literal(tap, 0, "problems", g_strchomp(text->str));
    g_autofree char *words = sb_suite_last_words(suite);
    if (words)
        add_literal(tap, 0, "output", words);
    add_line(tap, 0, "  ...");
}

static void add_suite(GString *tap, guint number, const SbSuite *suite)
{
    Writer writer = {.tap = tap};
    g_autofree char *name = escape(suite->name);
    add_line(tap, 0, "# Subtest: %s", name);
    for (guint i = 0; i < suite->notes->len; i++)
        add_line(tap, 1, "# %s", (const char *)g_ptr_array_index(suite->notes, i));
    for (guint i = 0; i < suite->tests->len; i++)
        if (is_rooted(suite, g_ptr_array_index(suite->tests, i)))
            add_test(&writer, suite, g_ptr_array_index(suite->tests, i));
    if (suite->verdict == SB_TAP_VERDICT_SKIPPED && !suite->broken) {
        g_autofree char *reason = escape(suite->skip_reason ? suite->skip_reason : "");
        g_autofree char *line = g_strchomp(g_strdup_printf("# SKIP %s", reason));
        add_line(tap, 1, "1..0 %s", line);
        add_line(tap, 0, "ok %u - %s %s", number, name, line);
        return;
    }
    add_plan(&writer, 1);
    add_line(tap, 0, "%s %u - %s", sb_suite_is_bad(suite) ? "not ok" : "ok", number, name);
    if (sb_suite_is_bad(suite))
        add_problems(tap, suite);
}

char *sb_report_to_tap(const SbReport *report)
{
    GString *tap = g_string_new(version_line);
    add_line(tap, 0, "1..%u", report->suites->len);
    for (guint i = 0; i + 1 < report->properties->len; i += 2) {
        g_autofree char *value = sb_text_one_line(g_ptr_array_index(report->properties, i + 1));
        add_line(tap, 0, "# %s: %s", (const char *)g_ptr_array_index(report->properties, i), value);
    }
    for (guint i = 0; i < report->suites->len; i++)
        add_suite(tap, i + 1, g_ptr_array_index(report->suites, i));
    return g_string_free(tap, FALSE);
}
