/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The words of the judgement on a TAP stream: kinds of problems, outcomes and verdicts. Their names
 * are part of the JSON and JUnit reports.
 *
 * Room: tap.
 * Threads: every function is pure.
 */
#pragma once

#include "tap/tap-line.h"

#include <stdarg.h>

/** Quotations in problems are cut after this many bytes. */
#define SB_TAP_MAX_QUOTE_BYTES 200

typedef enum {
    SB_TAP_PROBLEM_EMPTY,               /**< no TAP at all */
    SB_TAP_PROBLEM_NO_PLAN,             /**< tests, but no plan */
    SB_TAP_PROBLEM_TWO_PLANS,           /**< more than one plan */
    SB_TAP_PROBLEM_PLAN_IN_MIDDLE,      /**< tests before and after the plan */
    SB_TAP_PROBLEM_TESTS_AFTER_PLAN,    /**< tests after a plan that had counted those before it */
    SB_TAP_PROBLEM_TOO_FEW,             /**< fewer tests than planned */
    SB_TAP_PROBLEM_TOO_MANY,            /**< more tests than planned */
    SB_TAP_PROBLEM_NOT_SKIPPED,         /**< the plan says that there are no tests, but there are */
    SB_TAP_PROBLEM_NUMBER_TWICE,        /**< a number was used before */
    SB_TAP_PROBLEM_NUMBER_OUT_OF_RANGE, /**< a number is 0, or higher than planned */
    SB_TAP_PROBLEM_NUMBER_OUT_OF_ORDER, /**< a number is not the next one (allowed in TAP 14) */
    SB_TAP_PROBLEM_VERSION_OLD,         /**< a version line says 12 or less */
    SB_TAP_PROBLEM_VERSION_UNKNOWN,     /**< a version line says more than 14 */
    SB_TAP_PROBLEM_VERSION_LATE,        /**< a version line comes after the start, or again */
    SB_TAP_PROBLEM_BAIL_OUT,            /**< "Bail out!" */
    SB_TAP_PROBLEM_FORBIDDEN_JUNK,      /**< a line that is not TAP, under "pragma +strict" */
    SB_TAP_PROBLEM_OPEN_YAML,           /**< a block of YAML has no end */
    SB_TAP_PROBLEM_SUBTEST_FAILED,      /**< a subtest failed, and no test point says so */
    SB_TAP_PROBLEM_SUBTEST_BROKEN,      /**< a subtest has a problem, and no test point says so */
    SB_TAP_PROBLEM_SUBTEST_OPEN,        /**< an announced subtest has no test point */
    SB_TAP_PROBLEM_SUBTEST_MISSING,     /**< a subtest was announced, but never came */
    SB_TAP_PROBLEM_SUBTEST_NAME,        /**< a subtest ends with a test point of another name */
    SB_TAP_PROBLEM_STRAY_FAILURE,       /**< "not ok", indented as no subtest is */
    SB_TAP_PROBLEM_SPLIT_LINE,          /**< "not" and "ok" stand on two lines */
    SB_TAP_PROBLEM_EXIT_STATUS,         /**< nothing failed, but the command did */
    SB_TAP_N_PROBLEMS,
} SbTapProblemKind;

typedef struct {
    SbTapProblemKind kind;
    guint64 line_number; /**< 0: not about one line */
    char *text;          /**< in words; may quote the stream, with unprintable characters escaped */
} SbTapProblem;

typedef enum {
    SB_TAP_PASSED,
    SB_TAP_FAILED,
    SB_TAP_TODO,  /**< failed as expected */
    SB_TAP_BONUS, /**< passed, though it was expected to fail */
    SB_TAP_SKIPPED,
    SB_TAP_N_OUTCOMES,
} SbTapOutcome;

typedef enum {
    SB_TAP_VERDICT_PASSED,
    SB_TAP_VERDICT_SKIPPED,   /**< the plan is "1..0": no test was run, and that is valid */
    SB_TAP_VERDICT_FAILED,    /**< tests failed, and that can be trusted */
    SB_TAP_VERDICT_UNTRUSTED, /**< there are problems, whatever the tests say */
} SbTapVerdict;

/** A problem of KIND; the text has the FORMAT and ARGUMENTS of printf. (transfer full) */
SbTapProblem *sb_tap_problem_new(SbTapProblemKind kind, guint64 line_number, const char *format,
                                 va_list arguments) G_GNUC_PRINTF(3, 0);

/** Frees PROBLEM, which may be NULL. */
void sb_tap_problem_free(SbTapProblem *problem);

/** Whether a problem of KIND means that a test failed. */
gboolean sb_tap_problem_is_failure(SbTapProblemKind kind);

/** Whether a problem of KIND counts even in a text that may not be a subtest. Before TAP 14,
 * indented lines can be any output of a test. Rules of form say nothing about such lines, but tests
 * that failed or are missing do. */
gboolean sb_tap_problem_counts_anywhere(SbTapProblemKind kind);

/** TEXT as one line for a problem: unescaped, at most SB_TAP_MAX_QUOTE_BYTES long. (transfer full)
 */
char *sb_tap_problem_quote(SbTapText text);

/** The outcome of LINE, a test line. */
SbTapOutcome sb_tap_outcome_of(const SbTapLine *line);

/** EXIT_STATUS in words, such as "2" or "137: killed by signal 9, Killed". (transfer full) */
char *sb_tap_exit_status_words(int exit_status);

/** The word for OUTCOME: "passed", "failed", "todo", "bonus", "skipped". */
const char *sb_tap_outcome_name(SbTapOutcome outcome);

/** The word for VERDICT: "passed", "skipped", "failed", "untrusted". */
const char *sb_tap_verdict_name(SbTapVerdict verdict);

/** The word for KIND: "no-plan", "too-few"… */
const char *sb_tap_problem_name(SbTapProblemKind kind);
