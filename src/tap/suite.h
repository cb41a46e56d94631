/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The result of one suite (one step on one machine, one TAP file), as the reports show it.
 *
 * All of it comes from a guest. It is sanitised (base/text.h, tap/ci-commands.h) when it is kept,
 * so that every report can show it as it is.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/tap-judge.h"

/** SbTest.parent of a test that is not in a subtest. */
#define SB_TEST_NO_PARENT G_MAXUINT

typedef struct {
    guint64 line_number;
    guint64 number; /**< in its subtest */
    guint depth;    /**< 0: not in a subtest */
    guint parent;   /**< index of the test point that speaks for the subtest it is in */
    SbTapOutcome outcome;
    gboolean is_subtest;     /**< it speaks for a subtest */
    gboolean subtest_failed; /**< and tests in that one failed */
    gboolean is_flaky;       /**< it failed, but passed in another repetition */
    gboolean is_overruled;   /**< it failed, but the test point of its subtest says otherwise */
    gdouble duration_s;      /**< from its YAML (duration_ms), or -1 */
    char *description;       /**< may be "" */
    char *reason;            /**< (nullable) of TODO or SKIP */
    char *diagnostics; /**< (nullable) of one that failed: YAML, comments and other output beside it
                        */
} SbTest;

typedef struct {
    const char *kind;    /**< sb_tap_problem_name() */
    guint64 line_number; /**< 0: not about a single line */
    char *text;
} SbSuiteProblem;

typedef struct {
    char *name;         /**< unique in its report */
    char *host;         /**< (nullable) the machine that it ran on */
    char *test;         /**< (nullable) the step, and its item, that it is of */
    char *repeats;      /**< (nullable) equal in all repetitions of the same run */
    char *started;      /**< (nullable) in UTC, "2026-01-31T12:34:56" */
    gint64 duration_ms; /**< -1: not known */
    int exit_status;    /**< in the form of a shell; -1: not known */
    SbTapVerdict verdict;
    char *broken; /**< (nullable) how the infrastructure failed; the verdict is about the tests that
                     came */
    gboolean has_plan;
    guint64 planned;
    char *skip_reason;                 /**< (nullable) the plan's reason for skipping all tests */
    guint64 counts[SB_TAP_N_OUTCOMES]; /**< the tests of the suite itself */
    guint64 nested[SB_TAP_N_OUTCOMES]; /**< those of its subtests */
    guint64 cases[SB_TAP_N_OUTCOMES];  /**< both, without test points that only repeat the result of
                                          a subtest */
    GPtrArray *tests;                  /**< of SbTest: children before their parent */
    GPtrArray *problems;               /**< of SbSuiteProblem */
    GPtrArray *notes;                  /**< of char *: what was left out or ignored */
    char *output;                      /**< the beginning and the end of all that was written */
} SbSuite;

/** A suite called NAME, which is sanitised, without tests and without output. (transfer full) */
SbSuite *sb_suite_new(const char *name);

/** Frees SUITE and all that it has. */
void sb_suite_free(SbSuite *suite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSuite, sb_suite_free)

/** A suite called NAME that was not run: because of the infrastructure, or (IS_SKIPPED) because of
 * another suite. (transfer full) */
SbSuite *sb_suite_not_run(const char *name, gboolean is_skipped, const char *reason);

/** Says that the infrastructure failed, with the reason TEXT, which is sanitised. Only the first
 * call counts. */
void sb_suite_break(SbSuite *suite, const char *text);

/** Adds a problem that is not in the stream, such as "timeout": the suite is then not trusted. */
void sb_suite_add_problem(SbSuite *suite, const char *kind, const char *text);

/** Adds a note; it is sanitised. */
void sb_suite_add_note(SbSuite *suite, const char *text);

/** Whether a test failed, or there is a problem, or the suite could not be run. */
gboolean sb_suite_is_bad(const SbSuite *suite);

/** The word for the result: that of its verdict, or "broken". */
const char *sb_suite_result(const SbSuite *suite);

/** The result for people: "passed", "skipped", "FAILED", "NOT TO BE TRUSTED" or "BROKEN". */
const char *sb_suite_result_words(const SbSuite *suite);

/** The last lines of the output of a suite that is broken or not to be trusted, and in which no
 * test failed, without its TAP: they may say why. NULL: it is another suite, or there are none.
 * (transfer full) */
char *sb_suite_last_words(const SbSuite *suite);

/** How many test points of the suite itself there were. */
guint64 sb_suite_run(const SbSuite *suite);

/** Whether TEST only repeats the results of the tests of its subtest. */
gboolean sb_test_is_repetition(const SbTest *test);

/** The descriptions of the subtests that TEST is in, then its own, with " › " between them. A test
 * without a description is called "test N". (transfer full) */
char *sb_suite_test_path(const SbSuite *suite, const SbTest *test);

/** A copy of TEXT that can be shown anywhere: sanitised, without commands to CI systems, and valid
 * in XML. (transfer full) */
char *sb_suite_safe_text(const char *text, gsize length);
