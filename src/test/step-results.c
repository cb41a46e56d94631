/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/step-results.h"

#include "base/capped-text.h"
#include "base/units.h"
#include "guest/guest-command.h"
#include "tap/suite-reader.h"

#include <string.h>

enum { OUTPUT_HEAD_BYTES = 16 * 1024, OUTPUT_TAIL_BYTES = 48 * 1024 };

const char sb_step_results_written_on[] =
    "the results were complete, and something in the guest went on writing to the results channel: "
    "that was not read";

struct SbStepResults {
    const SbTestRun *run;
    char *machine;
    SbSuiteReader *reader; /**< for TAP */
    SbCappedText *output;  /**< for an exit status */
    GDateTime *started;
    gint64 started_us, ended_us;
    gboolean is_in_line; /**< the output ends without the end of a line */
};

/* The name of a suite of RUN on MACHINE in reports. (transfer full) */
static char *suite_name(const SbTestRun *run, const char *machine)
{
    return g_strdup_printf("%s/%s", machine, run->label);
}

SbStepResults *sb_step_results_new(const SbTestRun *run, const char *machine)
{
    SbStepResults *results = g_new0(SbStepResults, 1);
    results->run = run;
    results->machine = g_strdup(machine);
    g_autofree char *name = suite_name(run, machine);
    if (run->step->results == SB_RESULTS_TAP)
        results->reader = sb_suite_reader_new(name, &sb_suite_limits_full);
    else
        results->output = sb_capped_text_new(OUTPUT_HEAD_BYTES, OUTPUT_TAIL_BYTES);
    results->started = g_date_time_new_now_utc();
    sb_step_results_begin(results);
    return results;
}

void sb_step_results_free(SbStepResults *results)
{
    if (!results)
        return;
    g_clear_pointer(&results->reader, sb_suite_reader_free);
    g_clear_pointer(&results->output, sb_capped_text_free);
    g_date_time_unref(results->started);
    g_free(results->machine);
    g_free(results);
}

void sb_step_results_begin(SbStepResults *results)
{
    results->started_us = g_get_monotonic_time();
    if (results->reader)
        sb_suite_reader_set_time(results->reader, results->started_us);
}

void sb_step_results_end(SbStepResults *results)
{
    if (results->ended_us == 0)
        results->ended_us = g_get_monotonic_time();
}

void sb_step_results_add(SbStepResults *results, gboolean as_comment, const char *bytes,
                         gsize length)
{
    if (results->reader)
        sb_suite_reader_set_time(results->reader, g_get_monotonic_time());
    if (length > 0)
        results->is_in_line = bytes[length - 1] != '\n';
    if (!results->reader)
        sb_capped_text_add(results->output, bytes, length);
    else if (as_comment)
        sb_suite_reader_push_stderr(results->reader, bytes, length);
    else
        sb_suite_reader_push(results->reader, bytes, length);
}

gboolean sb_step_results_are_complete(const SbStepResults *results)
{
    return results->reader && sb_suite_reader_is_complete(results->reader);
}

guint64 sb_step_results_count(const SbStepResults *results, SbTapOutcome outcome)
{
    return results->reader ? sb_suite_reader_count(results->reader, outcome) : 0;
}

static SbSuite *make_suite(SbStepResults *results, int status, const GError *failure)
{
    /* The exit status of a command that was killed does not contradict its results. */
    if (results->reader)
        return sb_suite_reader_finish(results->reader, failure ? -1 : status);
    g_autofree char *name = suite_name(results->run, results->machine);
    if (failure &&
        !g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT))
        return sb_suite_not_run(name, FALSE, failure->message);
    g_autoptr(GString) output = sb_capped_text_get(results->output);
    return sb_suite_from_exit_status(name, status >= 0 ? status : 124, output->str, output->len);
}

static void add_timeout(SbSuite *suite, const char *message, gboolean is_in_line)
{
    g_autofree char *text = g_strconcat(
        message,
        is_in_line ? "; its output ends within a line, as a question does, and nobody answers "
                     "one ('-y', DEBIAN_FRONTEND=noninteractive)"
                   : "",
        NULL);
    sb_suite_add_problem(suite, "timeout", text);
}

SbSuite *sb_step_results_finish(SbStepResults *results, int status, const GError *failure,
                                const char *broken)
{
    sb_step_results_end(results);
    SbSuite *suite = make_suite(results, status, failure);
    suite->exit_status = status;
    suite->host = g_strdup(results->machine);
    suite->started = g_date_time_format(results->started, "%Y-%m-%dT%H:%M:%S");
    suite->duration_ms = (results->ended_us - results->started_us) / 1000;
    if (!results->reader && suite->tests->len == 1)
        ((SbTest *)suite->tests->pdata[0])->duration_s = (gdouble)suite->duration_ms / 1000;
    if (broken)
        sb_suite_break(suite, broken);
    else if (g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT))
        add_timeout(suite, failure->message, results->is_in_line);
    else if (failure)
        sb_suite_break(suite, failure->message);
    return suite;
}

GError *sb_step_results_late(const SbTestStep *step, gboolean has_results)
{
    g_autofree char *limit = sb_duration_format(step->timeout_ms);
    if (has_results)
        return g_error_new(SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT,
                           "the results were not complete within %s", limit);
    return g_error_new(SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT,
                       "nothing came through the results channel within %s: with 'channel: true', "
                       "the command writes its TAP to \"$SEEDBED_RESULTS\"",
                       limit);
}

/* To leave processes behind is not a fault: the next step may need a server. */
void sb_step_results_note_leftovers(SbSuite *suite, const char *names)
{
    if (!names)
        return;
    g_autofree char *text = g_strdup_printf(
        "the command ended and left behind what holds its output open: %s; what that printed "
        "later was not read",
        names);
    sb_suite_add_note(suite, text);
}

SbSuite *sb_step_results_not_run(const SbTestRun *run, gboolean is_skipped, const char *reason)
{
    g_autofree char *name = suite_name(run, run->machine ? run->machine : "any");
    SbSuite *suite = sb_suite_not_run(name, is_skipped, reason);
    suite->host = g_strdup(run->machine);
    return suite;
}

char *sb_step_results_line(const SbSuite *suite)
{
    GString *line = g_string_new(NULL);
    const char *why = suite->broken ? suite->broken : suite->skip_reason;
    guint64 run = sb_suite_run(suite), failed = suite->counts[SB_TAP_FAILED];
    g_string_append_printf(line, "%s: %s", suite->name, sb_suite_result(suite));
    if (why && *why)
        g_string_append_printf(line, ": %.*s", (int)strcspn(why, "\n"), why);
    else if (suite->verdict == SB_TAP_VERDICT_UNTRUSTED && suite->problems->len > 0)
        g_string_append_printf(line, ": %s",
                               ((const SbSuiteProblem *)suite->problems->pdata[0])->text);
    if (run > 0)
        g_string_append_printf(line, ", %" G_GUINT64_FORMAT " test%s", run, run == 1 ? "" : "s");
    if (failed > 0)
        g_string_append_printf(line, ", %" G_GUINT64_FORMAT " failed", failed);
    if (suite->duration_ms >= 0) {
        g_autofree char *duration = sb_duration_format(suite->duration_ms);
        g_string_append_printf(line, " (%s)", duration);
    }
    return g_string_free(line, FALSE);
}
