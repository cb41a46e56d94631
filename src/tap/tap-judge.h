/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The judgement of a TAP stream: what its events (tap-parser.h) say about the tests, and whether
 * they can be trusted.
 *
 * A stream can say that all tests passed and still prove nothing: it ends too early, has no plan,
 * or uses a number twice. Each such fault is a problem of its own kind. Memory is flat; problems
 * over a limit are only counted.
 *
 * A failure anywhere inside counts. A subtest's test point speaks for it, but a point that says
 * "ok" or "skip" after a subtest that failed is a problem, in every version. So is a failure in a
 * subtest that has no test point of its own. Only a TODO (KTAP: XFAIL) overrules the tests inside.
 * Before TAP 14 and without an announcement, indented lines can be any output: there the rules of
 * form do not count, but failures and missing tests do.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include "tap/tap-parser.h"

/** At most this many problems of each kind are kept with their place. */
#define SB_TAP_MAX_PROBLEMS_OF_KIND 10

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

/** The last test point. */
typedef struct {
    SbTapOutcome outcome;
    guint64 number;          /**< its own number, or the next one */
    gboolean ends_subtest;   /**< it speaks for a subtest, which had test points */
    gboolean subtest_failed; /**< one of these failed */
    gboolean overrules;      /**< it says that failures of its subtest are expected */
} SbTapPoint;

typedef struct SbTapJudge SbTapJudge;

/** A judge of one stream. (transfer full) */
SbTapJudge *sb_tap_judge_new(void);

/** Frees JUDGE and all that it has. */
void sb_tap_judge_free(SbTapJudge *judge);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTapJudge, sb_tap_judge_free)

/** Takes the next event of the parser. */
void sb_tap_judge_event(SbTapJudge *judge, const SbTapEvent *event);

/**
 * Ends the stream.
 *
 * @param exit_status  of the command that wrote the stream, in the form of a shell (128+N: killed
 * by signal N); -1: not known
 */
void sb_tap_judge_end(SbTapJudge *judge, int exit_status);

/** The test point of the last event of the kind SB_TAP_EVENT_TEST. (transfer none) */
const SbTapPoint *sb_tap_judge_point(const SbTapJudge *judge);

/** How many test points of the stream itself had OUTCOME. */
guint64 sb_tap_judge_count(const SbTapJudge *judge, SbTapOutcome outcome);

/** How many test points of all its subtests had OUTCOME. */
guint64 sb_tap_judge_nested_count(const SbTapJudge *judge, SbTapOutcome outcome);

/** Whether there is a plan; PLANNED_OUT is the number of tests in it. */
gboolean sb_tap_judge_planned(const SbTapJudge *judge, guint64 *planned_out);

/** The plan's reason for skipping all tests: "" if it has none, NULL if it does not skip. Not
 * sanitised. */
const char *sb_tap_judge_skip_reason(const SbTapJudge *judge);

/** Problems in the order in which they were found, of SbTapProblem. (transfer none) */
const GPtrArray *sb_tap_judge_problems(const SbTapJudge *judge);

/** How many problems of KIND there were, including those that are not kept. */
guint64 sb_tap_judge_problem_count(const SbTapJudge *judge, SbTapProblemKind kind);

/** How many test numbers were so far ahead that it is not known whether they were used twice. */
guint64 sb_tap_judge_untracked(const SbTapJudge *judge);

/** How many subtests had no test point of their own, so that nothing follows from them. */
guint64 sb_tap_judge_open_subtests(const SbTapJudge *judge);

/** The verdict; before sb_tap_judge_end(), on the events so far. */
SbTapVerdict sb_tap_judge_verdict(const SbTapJudge *judge);

/** The word for OUTCOME: "passed", "failed", "todo", "bonus", "skipped". */
const char *sb_tap_outcome_name(SbTapOutcome outcome);

/** The word for VERDICT: "passed", "skipped", "failed", "untrusted". */
const char *sb_tap_verdict_name(SbTapVerdict verdict);

/** The word for KIND: "no-plan", "too-few"… */
const char *sb_tap_problem_name(SbTapProblemKind kind);
