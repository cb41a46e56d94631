/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-judge.h"

#include "tap/tap-numbers.h"

#include <string.h>

/* Where the plan stands: before all tests, behind them, or (one came behind it) between them. */
typedef enum { PLAN_NONE, PLAN_FIRST, PLAN_LAST, PLAN_BETWEEN } PlanPlace;

/* The stream, or one of the subtests that are open. */
typedef struct {
    guint64 line_number; /**< where it begins */
    char *name;          /**< (nullable) of a subtest, as a comment gave it; unescaped */
    gboolean is_ktap;
    gboolean is_announced;
    gboolean is_formal; /**< it must keep to all rules, because it is certainly a subtest */
    gboolean has_version;
    PlanPlace plan;
    guint64 planned;
    guint64 run;
    guint64 failed;
    guint64 hidden; /**< failures that no test point of its own shows */
    guint64 last_number;
    guint64 highest_line;
    SbTapNumbers numbers;
    SbTapProblem *first_problem; /**< of a subtest; (nullable) */
} Document;

/* A subtest that has ended, until its test point comes. */
typedef struct {
    gboolean is_there;
    guint64 line_number;
    char *name;
    guint64 run;
    guint64 failed;
    guint64 hidden;
    SbTapProblem *problem; /**< (nullable) */
} Ended;

struct SbTapJudge {
    Document documents[SB_TAP_MAX_DEPTH + 1];
    guint depth;
    Ended ended;
    SbTapPoint point;
    guint64 counts[2][SB_TAP_N_OUTCOMES]; /**< of the stream, of its subtests */
    GPtrArray *problems;
    guint64 problem_counts[SB_TAP_N_PROBLEMS];
    gboolean has_bailed_out;
    char *skip_reason;
    guint64 untracked;
    guint64 open_subtests;
};

static void document_clear(Document *document)
{
    g_free(document->name);
    sb_tap_numbers_clear(&document->numbers);
    sb_tap_problem_free(document->first_problem);
    *document = (Document){0};
}

static void ended_clear(Ended *ended)
{
    g_free(ended->name);
    sb_tap_problem_free(ended->problem);
    *ended = (Ended){0};
}

SbTapJudge *sb_tap_judge_new(void)
{
    SbTapJudge *judge = g_new0(SbTapJudge, 1);
    judge->problems = g_ptr_array_new_with_free_func((GDestroyNotify)sb_tap_problem_free);
    return judge;
}

void sb_tap_judge_free(SbTapJudge *judge)
{
    if (!judge)
        return;
    for (guint i = 0; i <= SB_TAP_MAX_DEPTH; i++)
        document_clear(&judge->documents[i]);
    ended_clear(&judge->ended);
    g_ptr_array_unref(judge->problems);
    g_free(judge->skip_reason);
    g_free(judge);
}

/* ---- problems ---- */

/* Adds a problem of the stream, or of DEPTH's subtest, where it waits for what the test point says.
 */
G_GNUC_PRINTF(5, 6)
static void add_problem(SbTapJudge *judge, guint depth, SbTapProblemKind kind, guint64 line_number,
                        const char *format, ...)
{
    Document *document = &judge->documents[depth];
    if (depth > 0 && !document->is_formal && !sb_tap_problem_counts_anywhere(kind))
        return;
    document->hidden += sb_tap_problem_is_failure(kind);
    if (depth > 0 ? document->first_problem != NULL
                  : judge->problem_counts[kind]++ >= SB_TAP_MAX_PROBLEMS_OF_KIND)
        return;
    va_list arguments;
    va_start(arguments, format);
    SbTapProblem *problem = sb_tap_problem_new(kind, line_number, format, arguments);
    va_end(arguments);
    if (depth > 0)
        document->first_problem = problem;
    else
        g_ptr_array_add(judge->problems, problem);
}

/* ---- events ---- */

static void on_version(SbTapJudge *judge, const SbTapEvent *event)
{
    Document *document = &judge->documents[event->depth];
    guint64 version = event->line.number;
    if (document->has_version || document->plan != PLAN_NONE || document->run > 0)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_VERSION_LATE, event->line_number,
                    "a version line must be the first line, and the only one");
    else if (!event->line.is_ktap && version < 13)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_VERSION_OLD, event->line_number,
                    "the version line says %" G_GUINT64_FORMAT ": it must be 13 or more", version);
    else if (!event->line.is_ktap && version > 14)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_VERSION_UNKNOWN, event->line_number,
                    "TAP version %" G_GUINT64_FORMAT " is not known here: 14 is the newest",
                    version);
    document->has_version = TRUE;
}

static void on_plan(SbTapJudge *judge, const SbTapEvent *event)
{
    Document *document = &judge->documents[event->depth];
    if (document->plan != PLAN_NONE) {
        add_problem(judge, event->depth, SB_TAP_PROBLEM_TWO_PLANS, event->line_number,
                    "there is more than one plan");
        return;
    }
    document->plan = document->run == 0 ? PLAN_FIRST : PLAN_LAST;
    document->planned = event->line.number;
    if (event->depth == 0 && document->planned == 0)
        judge->skip_reason = sb_tap_problem_quote(event->line.text);
}

static void check_number(SbTapJudge *judge, const SbTapEvent *event, guint64 number)
{
    Document *document = &judge->documents[event->depth];
    guint64 previous = document->last_number;
    document->last_number = number;
    if (number == 0) {
        add_problem(judge, event->depth, SB_TAP_PROBLEM_NUMBER_OUT_OF_RANGE, event->line_number,
                    "test number 0 is out of range: they begin with 1");
        return;
    }
    if (number > document->numbers.highest)
        document->highest_line = event->line_number;
    if (!sb_tap_numbers_add(&document->numbers, number))
        add_problem(judge, event->depth, SB_TAP_PROBLEM_NUMBER_TWICE, event->line_number,
                    "test number %" G_GUINT64_FORMAT " was used before", number);
    else if (number != previous + 1 && (event->version < 14 || event->is_ktap))
        add_problem(judge, event->depth, SB_TAP_PROBLEM_NUMBER_OUT_OF_ORDER, event->line_number,
                    "test number %" G_GUINT64_FORMAT " is out of order: %" G_GUINT64_FORMAT
                    " is expected (only TAP 14 allows any order)",
                    number, previous + 1);
}

static void check_place(SbTapJudge *judge, const SbTapEvent *event)
{
    Document *document = &judge->documents[event->depth];
    if (document->plan != PLAN_LAST)
        return;
    document->plan = PLAN_BETWEEN;
    if (document->run == document->planned)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_TESTS_AFTER_PLAN, event->line_number,
                    "there are tests after the plan, which came last");
    else
        add_problem(judge, event->depth, SB_TAP_PROBLEM_PLAN_IN_MIDDLE, event->line_number,
                    "the plan stands between tests: it must come before or after all of them");
}

/* Whether the test point with DESCRIPTION can be of the subtest NAME: some producers add notes to
 * it behind a '#', such as the time it took. */
static gboolean is_name_of(const char *name, const char *description)
{
    gsize length = strlen(name);
    return strncmp(name, description, length) == 0 &&
           (description[length] == '\0' || g_str_has_prefix(description + length, " #"));
}

static void check_name(SbTapJudge *judge, const SbTapEvent *event)
{
    const Ended *ended = &judge->ended;
    if (!ended->name || !*ended->name || event->is_ktap || event->version < 14)
        return;
    g_autofree char *description = sb_tap_problem_quote(event->line.text);
    if (strlen(ended->name) < SB_TAP_MAX_QUOTE_BYTES && !is_name_of(ended->name, description))
        add_problem(judge, event->depth, SB_TAP_PROBLEM_SUBTEST_NAME, event->line_number,
                    "the subtest '%s' ends with the test point of another, '%s'", ended->name,
                    description);
}

/* A test point comes where a subtest was announced, but without one: it must be that subtest. */
static void check_announced(SbTapJudge *judge, const SbTapEvent *event)
{
    if (!event->is_announced || event->is_ktap)
        return;
    g_autofree char *name = sb_tap_problem_quote(event->announced);
    g_autofree char *description = sb_tap_problem_quote(event->line.text);
    if (*name && strlen(name) < SB_TAP_MAX_QUOTE_BYTES && !is_name_of(name, description))
        add_problem(judge, event->depth, SB_TAP_PROBLEM_SUBTEST_MISSING, event->line_number,
                    "the subtest '%s' was announced, but the test point '%s' came", name,
                    description);
}

/* A test that is expected to fail may fail in any part. A skipped test must not have run: a problem
 * can be the reason to skip it, but a failure cannot. */
static gboolean is_contradiction(SbTapOutcome outcome, const Ended *ended)
{
    gboolean failed = ended->failed + ended->hidden > 0;
    return (outcome == SB_TAP_PASSED && (failed || ended->problem)) ||
           (outcome == SB_TAP_SKIPPED && failed);
}

/* Reports a point that says "ok" or "skip" after a subtest that failed or has a problem. */
static void check_subtest(SbTapJudge *judge, const SbTapEvent *event)
{
    const Ended *ended = &judge->ended;
    check_name(judge, event);
    if (!is_contradiction(judge->point.outcome, ended))
        return;
    const char *word = judge->point.outcome == SB_TAP_PASSED ? "ok" : "skip";
    if (ended->problem)
        add_problem(
            judge, event->depth, SB_TAP_PROBLEM_SUBTEST_BROKEN, event->line_number,
            "the test point says '%s', but in its subtest (line %" G_GUINT64_FORMAT ") %s%s", word,
            ended->problem->line_number ? ended->problem->line_number : ended->line_number,
            ended->problem->text, ended->failed > 0 ? ", and tests failed" : "");
    else
        add_problem(judge, event->depth, SB_TAP_PROBLEM_SUBTEST_FAILED, event->line_number,
                    "the test point says '%s', but %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " tests of its subtest failed",
                    word, ended->failed, ended->run);
}

static void on_test(SbTapJudge *judge, const SbTapEvent *event)
{
    Document *document = &judge->documents[event->depth];
    guint64 next = document->last_number + (document->last_number < G_MAXUINT64);
    guint64 number = event->line.has_number ? event->line.number : next;
    judge->point = (SbTapPoint){.outcome = sb_tap_outcome_of(&event->line),
                                .number = number,
                                .ends_subtest = judge->ended.is_there && judge->ended.run > 0,
                                .subtest_failed = judge->ended.is_there && judge->ended.failed > 0};
    judge->point.overrules = judge->ended.is_there && (judge->point.outcome == SB_TAP_TODO ||
                                                       judge->point.outcome == SB_TAP_BONUS);
    check_place(judge, event);
    check_number(judge, event, number);
    check_announced(judge, event);
    document->run++;
    document->failed += judge->point.outcome == SB_TAP_FAILED;
    judge->counts[event->depth > 0][judge->point.outcome]++;
    if (judge->ended.is_there) {
        check_subtest(judge, event);
        ended_clear(&judge->ended);
    }
}

static void on_subtest_begin(SbTapJudge *judge, const SbTapEvent *event)
{
    judge->depth = event->depth;
    Document *document = &judge->documents[event->depth];
    document_clear(document);
    document->line_number = event->line_number;
    document->name = sb_tap_problem_quote(event->text);
    document->is_announced = event->is_announced;
    document->is_formal = event->is_announced || event->version >= 14 || event->is_ktap;
}

/* ---- ends ---- */

static void check_count(SbTapJudge *judge, guint depth)
{
    const Document *document = &judge->documents[depth];
    if (document->planned == 0 && document->run > 0) {
        add_problem(judge, depth, SB_TAP_PROBLEM_NOT_SKIPPED, 0,
                    "the plan skips all tests, but %" G_GUINT64_FORMAT " were run", document->run);
    } else if (document->run < document->planned) {
        guint64 missing = document->numbers.all_up_to + 1;
        add_problem(judge, depth, SB_TAP_PROBLEM_TOO_FEW, 0,
                    "%" G_GUINT64_FORMAT " tests were planned, but %" G_GUINT64_FORMAT
                    " were run: number %" G_GUINT64_FORMAT " is the first that is missing",
                    document->planned, document->run, missing);
    } else if (document->run > document->planned) {
        add_problem(judge, depth, SB_TAP_PROBLEM_TOO_MANY, 0,
                    "%" G_GUINT64_FORMAT " tests were planned, but %" G_GUINT64_FORMAT " were run",
                    document->planned, document->run);
    }
    /* With too many tests, some numbers are too high in any case. */
    if (document->run <= document->planned && document->numbers.highest > document->planned)
        add_problem(judge, depth, SB_TAP_PROBLEM_NUMBER_OUT_OF_RANGE, document->highest_line,
                    "test number %" G_GUINT64_FORMAT
                    " is out of range: the plan ends with %" G_GUINT64_FORMAT,
                    document->numbers.highest, document->planned);
}

/* Reports the problems that are known only when the document at DEPTH has ended. */
static void check_document(SbTapJudge *judge, guint depth)
{
    const Document *document = &judge->documents[depth];
    judge->untracked += document->numbers.untracked;
    if (document->plan != PLAN_NONE)
        check_count(judge, depth);
    else if (document->run > 0 && (depth == 0 || !document->is_ktap))
        add_problem(judge, depth, SB_TAP_PROBLEM_NO_PLAN, 0,
                    "there is no plan, so nobody knows whether all tests were run");
    else if (document->run == 0)
        add_problem(judge, depth, SB_TAP_PROBLEM_EMPTY, 0, "there are no tests and no plan");
}

/* A subtest has ended without a test point of its own: its parent answers for it. */
static void check_open_subtest(SbTapJudge *judge, guint depth)
{
    const Document *document = &judge->documents[depth];
    const SbTapProblem *problem = document->first_problem;
    if (document->failed > 0)
        add_problem(judge, depth - 1, SB_TAP_PROBLEM_SUBTEST_FAILED, document->line_number,
                    "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                    " tests failed in a subtest that has no test point of its own",
                    document->failed, document->run);
    else if (problem && problem->kind != SB_TAP_PROBLEM_NO_PLAN)
        add_problem(judge, depth - 1, SB_TAP_PROBLEM_SUBTEST_BROKEN,
                    problem->line_number ? problem->line_number : document->line_number,
                    "in a subtest that has no test point of its own, %s", problem->text);
    else if (document->is_announced)
        add_problem(judge, depth - 1, SB_TAP_PROBLEM_SUBTEST_OPEN, document->line_number,
                    "the subtest '%s' has no end: no test point of its own, and no '}'",
                    document->name);
    else
        judge->open_subtests++;
}

static void on_subtest_end(SbTapJudge *judge, const SbTapEvent *event)
{
    Document *document = &judge->documents[event->depth];
    document->is_ktap = event->is_ktap;
    ended_clear(&judge->ended);
    if (!judge->has_bailed_out)
        check_document(judge, event->depth);
    if (event->is_complete)
        judge->ended = (Ended){TRUE,
                               document->line_number,
                               g_steal_pointer(&document->name),
                               document->run,
                               document->failed,
                               document->hidden,
                               g_steal_pointer(&document->first_problem)};
    else if (!judge->has_bailed_out)
        check_open_subtest(judge, event->depth);
    document_clear(document);
    judge->depth = event->depth - 1;
}

static void on_subtest_missing(SbTapJudge *judge, const SbTapEvent *event)
{
    g_autofree char *name = sb_tap_problem_quote(event->text);
    if (!judge->has_bailed_out)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_SUBTEST_MISSING, event->line_number,
                    "the subtest '%s' was announced, but it never came", name);
}

/* ---- other lines ---- */

/* TAP 12 has no YAML, but some write it all the same: there, an open block matters if it may have
 * swallowed tests. */
static void on_yaml(SbTapJudge *judge, const SbTapEvent *event)
{
    if (!event->is_complete && (event->version >= 13 || event->hides != SB_TAP_HIDDEN_NOTHING))
        add_problem(judge, event->depth, SB_TAP_PROBLEM_OPEN_YAML, event->line_number,
                    "the block of YAML has no end ('...', indented as its '---')");
}

static void on_bail_out(SbTapJudge *judge, const SbTapEvent *event)
{
    g_autofree char *reason = sb_tap_problem_quote(event->line.text);
    add_problem(judge, 0, SB_TAP_PROBLEM_BAIL_OUT, event->line_number, "Bail out!%s%s",
                *reason ? " " : "", reason);
    judge->has_bailed_out = TRUE;
}

static void on_junk(SbTapJudge *judge, const SbTapEvent *event)
{
    if (!event->is_forbidden && event->hides == SB_TAP_HIDDEN_NOTHING)
        return;
    g_autofree char *junk = sb_tap_problem_quote(event->text);
    if (event->is_forbidden)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_FORBIDDEN_JUNK, event->line_number,
                    "'%s' is no TAP, and 'pragma +strict' forbids it", junk);
    else if (event->hides == SB_TAP_HIDDEN_FAILURE)
        add_problem(judge, event->depth, SB_TAP_PROBLEM_STRAY_FAILURE, event->line_number,
                    "'%s' is a test that failed, but it is indented as no subtest is", junk);
    else
        add_problem(judge, event->depth, SB_TAP_PROBLEM_SPLIT_LINE, event->line_number,
                    "'%s' follows a line that says only 'not': this is not a test line", junk);
}

void sb_tap_judge_event(SbTapJudge *judge, const SbTapEvent *event)
{
    static void (*const handlers[SB_TAP_N_EVENTS])(SbTapJudge *, const SbTapEvent *) = {
        [SB_TAP_EVENT_VERSION] = on_version,
        [SB_TAP_EVENT_PLAN] = on_plan,
        [SB_TAP_EVENT_TEST] = on_test,
        [SB_TAP_EVENT_YAML] = on_yaml,
        [SB_TAP_EVENT_SUBTEST_BEGIN] = on_subtest_begin,
        [SB_TAP_EVENT_SUBTEST_END] = on_subtest_end,
        [SB_TAP_EVENT_SUBTEST_MISSING] = on_subtest_missing,
        [SB_TAP_EVENT_BAIL_OUT] = on_bail_out,
        [SB_TAP_EVENT_JUNK] = on_junk,
    };
    if (handlers[event->kind])
        handlers[event->kind](judge, event);
}

static void check_exit_status(SbTapJudge *judge, int exit_status)
{
    if (exit_status <= 0 || judge->documents[0].failed > 0)
        return;
    g_autofree char *status = sb_tap_exit_status_words(exit_status);
    add_problem(judge, 0, SB_TAP_PROBLEM_EXIT_STATUS, 0,
                "no test failed, but the command exited with %s", status);
}

void sb_tap_judge_end(SbTapJudge *judge, int exit_status)
{
    /* After "Bail out!" nobody expects the rest. */
    if (!judge->has_bailed_out)
        check_document(judge, 0);
    check_exit_status(judge, exit_status);
}

/* ---- what is known ---- */

const SbTapPoint *sb_tap_judge_point(const SbTapJudge *judge)
{
    return &judge->point;
}

guint64 sb_tap_judge_count(const SbTapJudge *judge, SbTapOutcome outcome)
{
    return judge->counts[0][outcome];
}

guint64 sb_tap_judge_nested_count(const SbTapJudge *judge, SbTapOutcome outcome)
{
    return judge->counts[1][outcome];
}

gboolean sb_tap_judge_planned(const SbTapJudge *judge, guint64 *planned_out)
{
    if (judge->documents[0].plan != PLAN_NONE)
        *planned_out = judge->documents[0].planned;
    return judge->documents[0].plan != PLAN_NONE;
}

const char *sb_tap_judge_skip_reason(const SbTapJudge *judge)
{
    return judge->skip_reason;
}

const GPtrArray *sb_tap_judge_problems(const SbTapJudge *judge)
{
    return judge->problems;
}

guint64 sb_tap_judge_problem_count(const SbTapJudge *judge, SbTapProblemKind kind)
{
    return judge->problem_counts[kind];
}

guint64 sb_tap_judge_untracked(const SbTapJudge *judge)
{
    return judge->untracked;
}

guint64 sb_tap_judge_open_subtests(const SbTapJudge *judge)
{
    return judge->open_subtests;
}

SbTapVerdict sb_tap_judge_verdict(const SbTapJudge *judge)
{
    if (judge->problems->len > 0)
        return SB_TAP_VERDICT_UNTRUSTED;
    if (judge->documents[0].failed > 0)
        return SB_TAP_VERDICT_FAILED;
    return judge->documents[0].plan != PLAN_NONE && judge->documents[0].planned == 0
               ? SB_TAP_VERDICT_SKIPPED
               : SB_TAP_VERDICT_PASSED;
}
