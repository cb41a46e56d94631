/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/flaky.h"

#include "base/array.h"

#include <string.h>

/* How the words begin that are added to diagnostics and notes. */
#define FLAKY "flaky: "

/* The results of all repetitions of one test. */
typedef struct {
    guint passed, failed;
} Tally;

static void count(GHashTable *tallies, char *key, gboolean failed)
{
    Tally *tally = g_hash_table_lookup(tallies, key);
    if (!tally) {
        tally = g_new0(Tally, 1);
        g_hash_table_insert(tallies, g_strdup(key), tally);
    }
    tally->passed += !failed;
    tally->failed += failed;
    g_free(key);
}

/* The key of TEST, or of the suite itself if TEST is NULL. No path has a newline. */
static char *key_of(const SbSuite *suite, const SbTest *test)
{
    g_autofree char *path = test ? sb_suite_test_path(suite, test) : NULL;
    return g_strconcat(suite->repeats, path ? "\n" : NULL, path, NULL);
}

/* TODO and SKIP are neither a pass nor a failure. */
static gboolean is_decided(const SbTest *test)
{
    return test->outcome == SB_TAP_PASSED || test->outcome == SB_TAP_FAILED;
}

static void count_suite(GHashTable *tallies, const SbSuite *suite)
{
    count(tallies, key_of(suite, NULL), sb_suite_is_bad(suite));
    SB_EACH(const SbTest, test, suite->tests)
        if (is_decided(test))
            count(tallies, key_of(suite, test), test->outcome == SB_TAP_FAILED);
}

/* The words for the failure with KEY (transfer full), if other repetitions passed. (nullable) */
static char *words_for(GHashTable *tallies, char *key)
{
    const Tally *tally = g_hash_table_lookup(tallies, key);
    g_free(key);
    if (!tally || tally->passed == 0)
        return NULL;
    return g_strdup_printf(FLAKY "failed %u times of %u", tally->failed,
                           tally->failed + tally->passed);
}

static void mark_suite(GHashTable *tallies, SbSuite *suite)
{
    SB_EACH(SbTest, test, suite->tests) {
        g_autofree char *words =
            test->outcome == SB_TAP_FAILED ? words_for(tallies, key_of(suite, test)) : NULL;
        if (!words)
            continue;
        g_autofree char *before = test->diagnostics;
        test->diagnostics = g_strconcat(words, before ? "\n" : NULL, before, NULL);
        test->is_flaky = TRUE;
    }
    g_autofree char *words =
        sb_suite_is_bad(suite) ? words_for(tallies, key_of(suite, NULL)) : NULL;
    if (words)
        sb_suite_add_note(suite, words);
}

static guint count_flaky(GHashTable *tallies)
{
    guint flaky = 0;
    GHashTableIter iter;
    gpointer key, value;
    g_hash_table_iter_init(&iter, tallies);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Tally *tally = value;
        flaky += tally->passed > 0 && tally->failed > 0;
    }
    return flaky;
}

guint sb_report_mark_flaky(SbReport *report)
{
    g_autoptr(GHashTable) tests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    SB_EACH(const SbSuite, suite, report->suites)
        if (suite->repeats)
            count_suite(tests, suite);
    SB_EACH(SbSuite, suite, report->suites)
        if (suite->repeats)
            mark_suite(tests, suite);
    guint flaky = count_flaky(tests);
    g_autofree char *text = g_strdup_printf("%u", flaky);
    if (flaky > 0)
        sb_report_add_property(report, "flaky", text);
    return flaky;
}

static gboolean is_mark(const char *text)
{
    return text && g_str_has_prefix(text, FLAKY);
}

static void unmark_suite(SbSuite *suite)
{
    SB_EACH(SbTest, test, suite->tests) {
        if (!test->is_flaky || !is_mark(test->diagnostics))
            continue;
        g_autofree char *marked = test->diagnostics;
        const char *end = strchr(marked, '\n');
        test->diagnostics = end ? g_strdup(end + 1) : NULL;
        test->is_flaky = FALSE;
    }
    for (guint i = suite->notes->len; i-- > 0;)
        if (is_mark(g_ptr_array_index(suite->notes, i)))
            g_ptr_array_remove_index(suite->notes, i);
}

void sb_report_unmark_flaky(SbReport *report)
{
    SB_EACH(SbSuite, suite, report->suites)
        unmark_suite(suite);
}
