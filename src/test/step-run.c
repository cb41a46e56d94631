/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test/step-run.h"

#include "base/capped-text.h"
#include "base/units.h"
#include "guest/full-disk.h"
#include "guest/guest-answer.h"
#include "test/artifacts.h"
#include "test/copy-in.h"
#include "test/results-channel.h"
#include "test/step-script.h"

#include <string.h>

enum {
    STOP_GRACE_MS = 5000,    /**< for a command that is to end before artifacts are fetched */
    CHANNEL_DRAIN_MS = 1000, /**< silence after the last result */
    OUTPUT_HEAD_BYTES = 16 * 1024,
    OUTPUT_TAIL_BYTES = 48 * 1024,
};

struct SbStepRun {
    SbStepRunRequest request;
    char *machine;
    SbStepRunCallbacks callbacks;
    gpointer data;
    guint next_copy;
    gboolean is_copied;
    SbCopyIn *copy;
    SbGuestCommand *command;
    SbGuestAnswer *probe;
    GError *lost; /**< (nullable) the connection broke; why is being found out */
    char *boot_id;
    SbResultsChannel *channel;
    SbGuestAnswer *disks; /**< whether one is full */
    SbArtifacts *artifacts;
    SbSuiteReader *reader; /**< for TAP */
    SbCappedText *output;  /**< for an exit status */
    SbSuite *suite;        /**< once the command has ended */
    GDateTime *started;
    gint64 started_us, ended_us;
    gboolean has_begun;
    gboolean has_results;     /**< something came through the channel */
    gboolean is_cut_short;    /**< artifacts must be quick */
    gboolean is_machine_lost; /**< nobody can get at it any more */
    gboolean is_cut_off;      /**< nor at what the step has left there */
    char *broken;
    guint timer;
};

static void fetch_artifacts(SbStepRun *run);

char *sb_step_run_name(const SbTestRun *run, const char *machine)
{
    return g_strdup_printf("%s/%s", machine, run->label);
}

static void clear_timer(SbStepRun *run)
{
    if (run->timer)
        g_source_remove(run->timer);
    run->timer = 0;
}

void sb_step_run_free(SbStepRun *run)
{
    if (!run)
        return;
    clear_timer(run);
    g_clear_pointer(&run->copy, sb_copy_in_free);
    g_clear_pointer(&run->command, sb_guest_command_free);
    g_clear_pointer(&run->probe, sb_guest_answer_free);
    g_clear_error(&run->lost);
    g_free(run->boot_id);
    g_clear_pointer(&run->channel, sb_results_channel_free);
    g_clear_pointer(&run->disks, sb_guest_answer_free);
    g_clear_pointer(&run->artifacts, sb_artifacts_free);
    g_clear_pointer(&run->reader, sb_suite_reader_free);
    g_clear_pointer(&run->output, sb_capped_text_free);
    g_clear_pointer(&run->suite, sb_suite_free);
    g_clear_pointer(&run->started, g_date_time_unref);
    g_free(run->request.artifacts);
    g_free(run->machine);
    g_free(run->broken);
    g_free(run);
}

static gboolean is_tap(const SbStepRun *run)
{
    return run->request.run->step->results == SB_RESULTS_TAP;
}

/* In the next round of the main loop, because the caller frees this then. */
static gboolean on_finished(gpointer data)
{
    SbStepRun *run = data;
    run->timer = 0;
    run->callbacks.finished(g_steal_pointer(&run->suite), run->is_copied, run->is_machine_lost,
                            run->data);
    return G_SOURCE_REMOVE;
}

static void finish(SbStepRun *run)
{
    clear_timer(run);
    run->timer = g_idle_add(on_finished, run);
}

/* What came becomes a suite. STATUS is -1 if the command has none. */
static void make_suite(SbStepRun *run, int status, const GError *failure)
{
    g_autofree char *name = sb_step_run_name(run->request.run, run->machine);
    gboolean is_timeout =
        g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT);
    if (is_tap(run)) {
        /* A command that was killed has not contradicted its results. */
        run->suite = sb_suite_reader_finish(run->reader, failure ? -1 : status);
    } else if (failure && !is_timeout) {
        run->suite = sb_suite_not_run(name, FALSE, failure->message);
    } else {
        GString *output = sb_capped_text_get(run->output);
        run->suite =
            sb_suite_from_exit_status(name, status >= 0 ? status : 124, output->str, output->len);
        g_string_free(output, TRUE);
    }
    SbSuite *suite = run->suite;
    suite->exit_status = status;
    suite->host = g_strdup(run->machine);
    suite->started = g_date_time_format(run->started, "%Y-%m-%dT%H:%M:%S");
    suite->duration_ms = (run->ended_us - run->started_us) / 1000;
    if (run->broken)
        sb_suite_break(suite, run->broken);
    else if (is_timeout)
        sb_suite_add_problem(suite, "timeout", failure->message);
    else if (failure)
        sb_suite_break(suite, failure->message);
}

/* ---- full disks ---- */

static void on_disks(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    g_autofree char *full = text ? sb_full_disk_describe(text) : NULL;
    if (full)
        sb_suite_break(run->suite, full);
    g_clear_pointer(&run->disks, sb_guest_answer_free);
    fetch_artifacts(run);
}

/* The results are there. A step that passed costs no look at the machine's disks. */
static void conclude(SbStepRun *run)
{
    const SbTestStep *step = run->request.run->step;
    g_clear_pointer(&run->channel, sb_results_channel_free);
    /* Nothing of it can be there, or nobody can get at it. */
    if (!run->has_begun || run->is_machine_lost || run->is_cut_off) {
        finish(run);
    } else if (sb_suite_is_bad(run->suite) && !run->suite->broken) {
        g_autofree char *script = sb_full_disk_script(step->workdir);
        run->disks = sb_guest_answer_ask(run->request.access, run->machine, script, step->user,
                                         on_disks, run);
    } else {
        fetch_artifacts(run);
    }
}

static void on_channel_checked(const char *loss, gpointer data)
{
    SbStepRun *run = data;
    sb_results_channel_tell(run->suite, loss);
    conclude(run);
}

/* ---- the end ---- */

/* The command has ended, or will not begin. */
static void end_command(SbStepRun *run, int status, const GError *failure)
{
    if (run->suite)
        return;
    clear_timer(run);
    if (run->ended_us == 0)
        run->ended_us = g_get_monotonic_time();
    run->is_machine_lost |=
        g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE);
    make_suite(run, status, failure);
    g_clear_pointer(&run->copy, sb_copy_in_free);
    g_clear_pointer(&run->command, sb_guest_command_free);
    g_clear_pointer(&run->probe, sb_guest_answer_free);
    if (run->channel && sb_results_channel_is_in_doubt(run->channel, run->suite))
        sb_results_channel_check(run->channel, on_channel_checked);
    else
        conclude(run);
}

/* ---- artifacts ---- */

static void on_fetched(guint files, guint skipped, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    g_autofree char *note = NULL;
    if (failure)
        note = g_strdup_printf("artifacts: %s", failure->message);
    else if (skipped > 0)
        note =
            g_strdup_printf("artifacts: %u files were left out (too large, too many, or no plain "
                            "files); %u are there",
                            skipped, files);
    if (note)
        sb_suite_add_note(run->suite, note);
    finish(run);
}

static void fetch_artifacts(SbStepRun *run)
{
    const SbTestStep *step = run->request.run->step;
    if (!run->request.artifacts || step->artifacts->len == 0) {
        finish(run);
        return;
    }
    run->artifacts = sb_artifacts_fetch(run->request.access, run->machine, step,
                                        run->request.artifacts, run->is_cut_short, on_fetched, run);
}

/* ---- why a connection broke ---- */

static void on_probed(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    run->is_machine_lost |= failure != NULL;
    if (!run->broken && boot_id && strcmp(boot_id, run->boot_id) != 0)
        run->broken = g_strdup("the guest rebooted in the middle");
    if (!run->broken && failure)
        run->broken = g_strdup_printf("%s\nand the machine does not answer any more: %s",
                                      run->lost->message, failure->message);
    end_command(run, -1, run->lost);
}

/* A guest that reboots or panics takes its sshd down first. Until libvirt or the console say so, it
 * is asked itself: by its boot id it is known whether it is as it was. */
static void probe(SbStepRun *run, const GError *lost)
{
    run->lost = g_error_copy(lost);
    run->ended_us = g_get_monotonic_time();
    run->probe =
        sb_guest_answer_ask(run->request.access, run->machine, "true", NULL, on_probed, run);
}

/* ---- the command ---- */

static void take_output(SbStepRun *run, gboolean is_stderr, const char *bytes, gsize length)
{
    if (!run->reader)
        sb_capped_text_add(run->output, bytes, length);
    else if (is_stderr)
        sb_suite_reader_push_stderr(run->reader, bytes, length);
    else
        sb_suite_reader_push(run->reader, bytes, length);
}

static void on_began(const char *boot_id, gpointer data)
{
    SbStepRun *run = data;
    run->has_begun = TRUE;
    run->boot_id = g_strdup(boot_id);
    run->started_us = g_get_monotonic_time();
    if (run->channel)
        sb_results_channel_begin(run->channel, boot_id, sb_guest_command_greeting(run->command));
    run->callbacks.began(boot_id, run->data);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbStepRun *run = data;
    /* With a channel, TAP comes there; what is said beside it may help. */
    take_output(run, is_stderr || run->channel, bytes, length);
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    if (!run->broken &&
        g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_LOST))
        probe(run, failure);
    else
        end_command(run, status, failure);
}

/* ---- the results channel ---- */

static gboolean on_channel_complete(gpointer data)
{
    SbStepRun *run = data;
    run->timer = 0;
    end_command(run, -1, NULL);
    return G_SOURCE_REMOVE;
}

static void drain_channel(SbStepRun *run)
{
    clear_timer(run);
    run->timer = g_timeout_add(CHANNEL_DRAIN_MS, on_channel_complete, run);
}

static gboolean on_channel_late(gpointer data)
{
    SbStepRun *run = data;
    run->timer = 0;
    g_autofree char *limit = sb_duration_format(run->request.run->step->timeout_ms);
    g_autoptr(GError) failure =
        run->has_results
            ? g_error_new(SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT,
                          "the results were not complete within %s", limit)
            : g_error_new(SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT,
                          "nothing came through the results channel within %s: with 'channel: "
                          "true', the command writes its TAP to \"$SEEDBED_RESULTS\"",
                          limit);
    end_command(run, -1, failure);
    return G_SOURCE_REMOVE;
}

static void on_channel_bytes(const char *bytes, gsize length, gpointer data)
{
    SbStepRun *run = data;
    if (run->suite)
        return;
    run->has_results = TRUE;
    sb_suite_reader_push(run->reader, bytes, length);
    if (!sb_suite_reader_is_complete(run->reader))
        return;
    drain_channel(run);
}

/* What is lost is not waited for; the command still may say more. */
static void on_channel_lost(gpointer data)
{
    SbStepRun *run = data;
    if (run->has_begun && !run->command && !run->suite)
        drain_channel(run);
}

/* With a channel, the end of the command or of its connection is not the end of the results. */
static void on_channel_command_ended(int status, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    gboolean never_began =
        g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE);
    if (run->broken || never_began || (!failure && status != 0)) {
        end_command(run, status, failure);
        return;
    }
    g_clear_pointer(&run->command, sb_guest_command_free);
    if (sb_results_channel_loss(run->channel))
        drain_channel(run);
    else
        sb_results_channel_look_for_loss(run->channel);
}

static gboolean open_channel(SbStepRun *run)
{
    static const SbResultsChannelCallbacks callbacks = {on_channel_bytes, on_channel_lost};
    const SbTestStep *step = run->request.run->step;
    if (!step->channel)
        return TRUE;
    g_autoptr(GError) error = NULL;
    run->channel = sb_results_channel_new(run->request.watch, run->request.access, run->machine,
                                          &callbacks, run, &error);
    if (!run->channel) {
        end_command(run, -1, error);
        return FALSE;
    }
    run->timer = g_timeout_add((guint)MIN(step->timeout_ms, G_MAXINT), on_channel_late, run);
    return TRUE;
}

static void start_command(SbStepRun *run)
{
    static const SbGuestCommandCallbacks plain = {on_began, on_output, on_ended};
    static const SbGuestCommandCallbacks with_channel = {on_began, on_output,
                                                         on_channel_command_ended};
    const SbTestRun *test = run->request.run;
    if (!open_channel(run))
        return;
    g_autofree char *script = sb_step_script(test, run->machine);
    SbGuestCommandRequest request = {.script = script,
                                     .greeting =
                                         run->channel ? sb_results_channel_count_script : NULL,
                                     .user = test->step->user,
                                     .timeout_ms = run->channel ? 0 : test->step->timeout_ms,
                                     .connect_ms = run->request.connect_ms};
    run->command = sb_guest_command_start(run->request.access, run->machine, &request,
                                          run->channel ? &with_channel : &plain, run);
}

/* ---- copies ---- */

static void copy_next(SbStepRun *run);

static void on_copied(const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    g_clear_pointer(&run->copy, sb_copy_in_free);
    if (failure) {
        end_command(run, -1, failure);
        return;
    }
    run->next_copy++;
    copy_next(run);
}

static void copy_next(SbStepRun *run)
{
    const SbTestStep *step = run->request.run->step;
    if (run->is_copied || run->next_copy >= step->copies->len) {
        run->is_copied = TRUE;
        start_command(run);
        return;
    }
    SbCopyInRequest request = {
        .files = g_ptr_array_index(run->request.sources, run->next_copy),
        .copy = g_ptr_array_index(step->copies, run->next_copy),
        .user = step->user,
        .connect_ms = run->request.connect_ms,
    };
    run->copy = sb_copy_in_start(run->request.access, run->machine, &request, on_copied, run);
}

static gboolean on_start(gpointer data)
{
    SbStepRun *run = data;
    run->timer = 0;
    copy_next(run);
    return G_SOURCE_REMOVE;
}

SbStepRun *sb_step_run_start(const SbStepRunRequest *request, const SbStepRunCallbacks *callbacks,
                             gpointer data)
{
    SbStepRun *run = g_new0(SbStepRun, 1);
    run->request = *request;
    run->machine = g_strdup(request->machine);
    run->callbacks = *callbacks;
    run->data = data;
    run->is_copied = request->is_copied;
    run->started = g_date_time_new_now_utc();
    run->started_us = g_get_monotonic_time();
    g_autofree char *name = sb_step_run_name(request->run, run->machine);
    if (is_tap(run))
        run->reader = sb_suite_reader_new(name, &sb_suite_limits_full);
    else
        run->output = sb_capped_text_new(OUTPUT_HEAD_BYTES, OUTPUT_TAIL_BYTES);
    run->timer = g_idle_add(on_start, run);
    return run;
}

guint64 sb_step_run_count(const SbStepRun *run, SbTapOutcome outcome)
{
    return run->reader && !run->suite ? sb_suite_reader_count(run->reader, outcome) : 0;
}

void sb_step_run_break(SbStepRun *run, const char *reason, gboolean fetches)
{
    run->is_cut_short = TRUE;
    run->is_cut_off |= !fetches;
    if (run->suite) {
        /* It has ended already; whether it is whole is waited for, or why it failed, or its
         * artifacts. */
        if (run->channel) {
            g_autofree char *loss =
                g_strdup_printf("whether some are lost is not known: %s", reason);
            on_channel_checked(loss, run);
        } else if (run->disks && fetches) {
            on_disks(NULL, NULL, NULL, run);
        } else if (!fetches && (run->disks || run->artifacts)) {
            g_clear_pointer(&run->disks, sb_guest_answer_free);
            g_clear_pointer(&run->artifacts, sb_artifacts_free);
            finish(run);
        }
        return;
    }
    if (!run->broken)
        run->broken = g_strdup(reason);
    if (run->command && fetches && !run->lost)
        sb_guest_command_stop(run->command, STOP_GRACE_MS,
                              g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, reason));
    else
        end_command(run, -1, NULL);
}

void sb_step_run_lose_libvirt(SbStepRun *run)
{
    if (run->channel)
        sb_results_channel_lose(run->channel);
}
