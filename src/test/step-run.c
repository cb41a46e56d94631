/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The phases of a step on one machine, and what leads from one to the next. A phase that has
 * nothing to do leads to the next one.
 *
 *   phase       at work                     event                        next phase
 *   COPYING     a copy                      all files are in the machine CONNECTING
 *                                           a copy failed                CHECKING
 *   CONNECTING  the command, not begun      it begins                    RUNNING
 *                                           no connection in time        CHECKING
 *   RUNNING     the command                 it ended                     CHECKING
 *                                           its connection broke         PROBING
 *               the same, with a channel    it ended with status 0, or   AWAITING
 *                                           its connection broke
 *                                           all results are there        DRAINING
 *                                           the step's time is over      CHECKING
 *   AWAITING    the channel                 all results are there, or    DRAINING
 *                                           some are lost
 *                                           the step's time is over      CHECKING
 *   DRAINING    the channel                 silence for a second, or     CHECKING
 *                                           its whole time is over
 *   PROBING     did the guest reboot?       the answer                   CHECKING
 *   CHECKING    did all results come?       the answer                   LOOKING
 *   LOOKING     a question to the guest:    the answer                   FETCHING
 *               is a disk or memory full?
 *   FETCHING    the artifacts               they are here                DONE
 *   DONE        (the end is told in the next round of the main loop)
 *
 * Whoever enters CHECKING has made the suite. A break (sb_step_run_break()) leads from each phase
 * towards DONE.
 */
#include "test/step-run.h"

#include "guest/copy-in.h"
#include "guest/guest-question.h"
#include "guest/shortage.h"
#include "test/artifacts.h"
#include "test/results-channel.h"
#include "test/step-results.h"
#include "test/step-script.h"

#include <string.h>

enum {
    STOP_GRACE_MS = 5000,    /**< for a command that is to end before artifacts are fetched */
    CHANNEL_DRAIN_MS = 1000, /**< silence after the last result */
    CHANNEL_DRAIN_MAX_MS = 10 * 1000, /**< where the guest goes on writing */
};

typedef enum {
    PHASE_COPYING,
    PHASE_CONNECTING,
    PHASE_RUNNING,
    PHASE_AWAITING,
    PHASE_DRAINING,
    PHASE_PROBING,
    PHASE_CHECKING,
    PHASE_LOOKING,
    PHASE_FETCHING,
    PHASE_DONE,
} Phase;

/* What can still be fetched from the machine when the command has ended. */
typedef enum { REACH_ALL, REACH_QUICKLY, REACH_NOTHING } Reach;

struct SbStepRun {
    SbStepRunRequest request;
    char *machine;
    SbStepRunCallbacks callbacks;
    gpointer data;
    Phase phase;
    guint turn;            /**< a source: the next round of the main loop */
    guint limit;           /**< a source: the end of the step's time, with a channel */
    guint drain;           /**< a source: the end of a silence */
    gint64 drain_until_us; /**< in DRAINING */
    guint next_copy;
    gboolean is_copied;
    SbCopyIn *copy;
    SbGuestCommand *command;
    char *boot_id; /**< NULL until the command begins */
    SbGuestQuestion *question;
    GError *lost; /**< (nullable) how the connection broke */
    SbResultsChannel *channel;
    SbCopyOut *artifacts;
    SbStepResults *results;
    SbSuite *suite;           /**< from CHECKING on */
    gboolean has_results;     /**< something came through the channel */
    gboolean is_machine_lost; /**< it cannot be reached any more */
    Reach reach;
    char *broken; /**< (nullable) why the infrastructure ended it */
};

static void enter(SbStepRun *run, Phase phase);

void sb_step_run_free(SbStepRun *run)
{
    if (!run)
        return;
    g_clear_handle_id(&run->turn, g_source_remove);
    g_clear_handle_id(&run->limit, g_source_remove);
    g_clear_handle_id(&run->drain, g_source_remove);
    g_clear_pointer(&run->copy, sb_copy_in_free);
    g_clear_pointer(&run->command, sb_guest_command_free);
    g_clear_pointer(&run->question, sb_guest_question_free);
    g_clear_error(&run->lost);
    g_free(run->boot_id);
    g_clear_pointer(&run->channel, sb_results_channel_free);
    g_clear_pointer(&run->artifacts, sb_copy_out_free);
    sb_step_results_free(run->results);
    g_clear_pointer(&run->suite, sb_suite_free);
    g_free(run->request.artifacts);
    g_free(run->machine);
    g_free(run->broken);
    g_free(run);
}

/* The command has ended, or will not begin. STATUS is -1 if it has none. */
static void end_command(SbStepRun *run, int status, const GError *failure)
{
    g_clear_handle_id(&run->limit, g_source_remove);
    g_clear_handle_id(&run->drain, g_source_remove);
    run->is_machine_lost |=
        g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE);
    run->suite = sb_step_results_finish(run->results, status, failure, run->broken);
    sb_step_results_note_leftovers(run->suite, sb_guest_command_leftovers(run->command));
    g_clear_pointer(&run->copy, sb_copy_in_free);
    g_clear_pointer(&run->command, sb_guest_command_free);
    g_clear_pointer(&run->question, sb_guest_question_free);
    enter(run, PHASE_CHECKING);
}

/* ---- COPYING ---- */

static void on_copied(const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    g_clear_pointer(&run->copy, sb_copy_in_free);
    if (failure) {
        end_command(run, -1, failure);
        return;
    }
    run->next_copy++;
    enter(run, PHASE_COPYING);
}

static void copy_next(SbStepRun *run)
{
    const SbTestStep *step = run->request.run->step;
    run->is_copied |= run->next_copy >= step->copies->len;
    if (run->is_copied) {
        enter(run, PHASE_CONNECTING);
        return;
    }
    const SbFileCopy *copy = g_ptr_array_index(step->copies, run->next_copy);
    g_autofree char *script = sb_copy_in_script(copy->to);
    SbCopyInRequest request = {.files = run->request.run->input->copies->pdata[run->next_copy],
                               .from = copy->from,
                               .to = copy->to,
                               .script = script,
                               .user = step->user,
                               .connect_ms = run->request.connect_ms};
    run->copy = sb_copy_in_start(run->request.access, run->machine, &request, on_copied, run);
}

/* ---- CONNECTING, RUNNING ---- */

static gboolean on_limit(gpointer data)
{
    SbStepRun *run = data;
    run->limit = 0;
    g_autoptr(GError) failure = sb_step_results_late(run->request.run->step, run->has_results);
    end_command(run, -1, failure);
    return G_SOURCE_REMOVE;
}

static void on_began(const char *boot_id, gpointer data)
{
    SbStepRun *run = data;
    run->boot_id = g_strdup(boot_id);
    sb_step_results_begin(run->results);
    if (run->channel)
        sb_results_channel_begin(run->channel, boot_id, sb_guest_command_greeting(run->command));
    if (run->phase == PHASE_CONNECTING)
        enter(run, PHASE_RUNNING);
    run->callbacks.began(boot_id, run->data);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbStepRun *run = data;
    /* With a channel, TAP comes there; other output may explain it. */
    sb_step_results_add(run->results, is_stderr || run->channel, bytes, length);
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    gboolean is_lost =
        g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_LOST);
    /* With a channel, the end of the command or of its connection is not the end of the results. */
    if (run->channel && !run->broken && (is_lost || (!failure && status == 0))) {
        g_clear_pointer(&run->command, sb_guest_command_free);
        if (run->phase == PHASE_RUNNING)
            enter(run, PHASE_AWAITING);
    } else if (is_lost && !run->broken) {
        run->lost = g_error_copy(failure);
        enter(run, PHASE_PROBING);
    } else {
        end_command(run, status, failure);
    }
}

/* ---- AWAITING, DRAINING ---- */

static gboolean on_drained(gpointer data)
{
    SbStepRun *run = data;
    run->drain = 0;
    gboolean is_late = g_get_monotonic_time() >= run->drain_until_us;
    end_command(run, -1, NULL);
    if (is_late)
        sb_suite_add_note(run->suite, sb_step_results_written_on);
    return G_SOURCE_REMOVE;
}

static void drain(SbStepRun *run)
{
    gint64 now_us = g_get_monotonic_time();
    if (run->drain_until_us == 0)
        run->drain_until_us = now_us + CHANNEL_DRAIN_MAX_MS * G_GINT64_CONSTANT(1000);
    gint64 left_ms = (run->drain_until_us - now_us) / 1000 + 1;
    g_clear_handle_id(&run->limit, g_source_remove);
    g_clear_handle_id(&run->drain, g_source_remove);
    run->drain = g_timeout_add((guint)CLAMP(left_ms, 1, CHANNEL_DRAIN_MS), on_drained, run);
}

static void on_channel_bytes(const char *bytes, gsize length, gpointer data)
{
    SbStepRun *run = data;
    if (run->phase >= PHASE_CHECKING)
        return;
    run->has_results = TRUE;
    sb_step_results_add(run->results, FALSE, bytes, length);
    if (sb_step_results_are_complete(run->results))
        enter(run, PHASE_DRAINING);
}

/* Results that are lost will not come. But while the command runs, more can come. */
static void on_channel_lost(gpointer data)
{
    SbStepRun *run = data;
    if (run->phase == PHASE_AWAITING)
        enter(run, PHASE_DRAINING);
}

static void await_results(SbStepRun *run)
{
    if (sb_results_channel_loss(run->channel))
        enter(run, PHASE_DRAINING);
    else
        sb_results_channel_look_for_loss(run->channel);
}

static void start_command(SbStepRun *run)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    static const SbResultsChannelCallbacks on_channel = {on_channel_bytes, on_channel_lost};
    const SbTestRun *test = run->request.run;
    g_autoptr(GError) error = NULL;
    if (test->step->channel)
        run->channel = sb_results_channel_new(run->request.watch, run->request.access, run->machine,
                                              &on_channel, run, &error);
    if (error) {
        end_command(run, -1, error);
        return;
    }
    g_autofree char *script = sb_step_script(test, run->machine);
    /* With a channel, the step's time goes on after the command. */
    SbGuestCommandRequest request = {
        .script = script,
        .greeting = run->channel ? sb_results_channel_count_script : NULL,
        .user = test->step->user,
        .timeout_ms = run->channel ? 0 : test->step->timeout_ms,
        .connect_ms = run->request.connect_ms,
        .kept = run->request.kept,
    };
    run->command =
        sb_guest_command_start(run->request.access, run->machine, &request, &callbacks, run);
}

/* ---- PROBING ---- */

static void on_probed(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    run->is_machine_lost |= failure != NULL;
    if (boot_id && strcmp(boot_id, run->boot_id) != 0)
        run->broken = g_strdup("the guest rebooted in the middle");
    else if (failure)
        run->broken = g_strdup_printf("%s\nand the machine does not answer any more: %s",
                                      run->lost->message, failure->message);
    end_command(run, -1, run->lost);
}

/* A guest that reboots or panics takes its sshd down first. libvirt or the console may tell it only
 * later. So ask the guest: its boot id shows whether it rebooted. */
static void probe(SbStepRun *run)
{
    sb_step_results_end(run->results);
    run->question =
        sb_guest_question_ask(run->request.access, run->machine, "true", NULL, on_probed, run);
}

/* ---- CHECKING ---- */

static void on_checked(const char *loss, gpointer data)
{
    SbStepRun *run = data;
    sb_results_channel_tell(run->suite, loss);
    enter(run, PHASE_LOOKING);
}

static void check_channel(SbStepRun *run)
{
    if (run->channel && sb_results_channel_is_in_doubt(run->channel, run->suite))
        sb_results_channel_check(run->channel, on_checked);
    else
        enter(run, PHASE_LOOKING);
}

/* ---- LOOKING ---- */

static void on_shortage(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    g_autofree char *full = text ? sb_shortage_of_disk(text) : NULL;
    g_autofree char *killed = text ? sb_shortage_of_memory(text) : NULL;
    if (full)
        sb_suite_break(run->suite, full);
    if (killed)
        sb_suite_add_note(run->suite, killed);
    g_autofree char *foreign = text ? sb_shortage_of_architecture(text) : NULL;
    if (foreign)
        sb_suite_add_note(run->suite, foreign);
    enter(run, PHASE_FETCHING);
}

/* Only if the step did not pass: a look takes time. */
static void look_for_shortage(SbStepRun *run)
{
    const SbTestStep *step = run->request.run->step;
    g_clear_pointer(&run->channel, sb_results_channel_free);
    if (!run->boot_id || run->is_machine_lost || run->reach == REACH_NOTHING) {
        enter(run, PHASE_DONE);
    } else if (sb_suite_is_bad(run->suite) && !run->suite->broken) {
        g_autofree char *script = sb_shortage_script(step->workdir, step->run);
        run->question = sb_guest_question_ask(run->request.access, run->machine, script, step->user,
                                              on_shortage, run);
    } else {
        enter(run, PHASE_FETCHING);
    }
}

/* ---- FETCHING, DONE ---- */

static void on_fetched(guint files, guint skipped, const GError *failure, gpointer data)
{
    SbStepRun *run = data;
    g_autofree char *note = sb_artifacts_describe(files, skipped, failure);
    if (note)
        sb_suite_add_note(run->suite, note);
    enter(run, PHASE_DONE);
}

static void fetch_artifacts(SbStepRun *run)
{
    SbArtifactsRequest request = {.step = run->request.run->step,
                                  .access = run->request.access,
                                  .machine = run->machine,
                                  .folder = run->request.artifacts,
                                  .is_quick = run->reach == REACH_QUICKLY};
    g_clear_pointer(&run->question, sb_guest_question_free);
    if (request.folder && request.step->artifacts->len > 0)
        run->artifacts = sb_artifacts_fetch(&request, on_fetched, run);
    else
        enter(run, PHASE_DONE);
}

static gboolean on_done(gpointer data)
{
    SbStepRun *run = data;
    run->turn = 0;
    run->callbacks.finished(g_steal_pointer(&run->suite), run->is_copied, run->is_machine_lost,
                            run->data);
    return G_SOURCE_REMOVE;
}

/* ---- from phase to phase ---- */

/* Goes to PHASE, and begins its work. */
static void enter(SbStepRun *run, Phase phase)
{
    gint64 timeout_ms = run->request.run->step->timeout_ms;
    run->phase = phase;
    switch (phase) {
    case PHASE_COPYING:
        copy_next(run);
        break;
    case PHASE_CONNECTING:
        start_command(run);
        break;
    case PHASE_RUNNING:
        if (run->channel)
            run->limit = g_timeout_add((guint)MIN(timeout_ms, G_MAXINT), on_limit, run);
        break;
    case PHASE_AWAITING:
        await_results(run);
        break;
    case PHASE_DRAINING:
        drain(run);
        break;
    case PHASE_PROBING:
        probe(run);
        break;
    case PHASE_CHECKING:
        check_channel(run);
        break;
    case PHASE_LOOKING:
        look_for_shortage(run);
        break;
    case PHASE_FETCHING:
        fetch_artifacts(run);
        break;
    case PHASE_DONE:
        g_clear_pointer(&run->question, sb_guest_question_free);
        g_clear_pointer(&run->artifacts, sb_copy_out_free);
        run->turn = g_idle_add(on_done, run);
        break;
    }
}

static gboolean on_start(gpointer data)
{
    SbStepRun *run = data;
    run->turn = 0;
    enter(run, PHASE_COPYING);
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
    run->results = sb_step_results_new(request->run, run->machine);
    run->turn = g_idle_add(on_start, run);
    return run;
}

guint64 sb_step_run_count(const SbStepRun *run, SbTapOutcome outcome)
{
    return run->suite ? 0 : sb_step_results_count(run->results, outcome);
}

static void break_command(SbStepRun *run, const char *reason, gboolean fetches)
{
    if (!run->broken)
        run->broken = g_strdup(reason);
    if (run->command && fetches && run->phase != PHASE_PROBING)
        sb_guest_command_stop(run->command, STOP_GRACE_MS,
                              g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, reason));
    else
        end_command(run, -1, NULL);
}

void sb_step_run_break(SbStepRun *run, const char *reason, gboolean fetches)
{
    run->reach = MAX(run->reach, fetches ? REACH_QUICKLY : REACH_NOTHING);
    g_autofree char *loss = g_strdup_printf("whether some are lost is not known: %s", reason);
    if (run->phase < PHASE_CHECKING) {
        g_clear_handle_id(&run->turn, g_source_remove);
        break_command(run, reason, fetches);
    } else if (run->phase == PHASE_CHECKING) {
        on_checked(loss, run);
    } else if (run->phase == PHASE_LOOKING && fetches) {
        enter(run, PHASE_FETCHING);
    } else if (run->phase < PHASE_DONE && !fetches) {
        enter(run, PHASE_DONE);
    }
}

void sb_step_run_lose_libvirt(SbStepRun *run)
{
    if (run->channel)
        sb_results_channel_lose(run->channel);
}
