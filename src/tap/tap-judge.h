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
#include "tap/tap-verdict.h"

/** At most this many problems of each kind are kept with their place. */
#define SB_TAP_MAX_PROBLEMS_OF_KIND 10

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
