/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The phases of a command, and what leads from one to the next:
 *
 *   phase       its time        event                          next phase
 *   WAITING     RETRY_MS        the time is over               CONNECTING: ssh is started, or a
 *                                                              kept shell gets the command
 *   CONNECTING  ATTEMPT_MS      the guest is ready             RUNNING: it is told to begin
 *                               ssh ends, or time is over      WAITING; OVER after connect_ms, or
 *                                                              if trying again is of no use
 *                               stopped                        STOPPED
 *   RUNNING     timeout_ms      the guest tells the status     DRAINING
 *                               the time is over, or stopped   ENDING: the guest kills the command
 *                               stopped without a grace        STOPPED
 *                               ssh ends                       OVER: the connection was lost
 *   ENDING      the grace       the guest tells the status     DRAINING
 *                               ssh ends, or time is over      OVER
 *   DRAINING    DRAIN_MS of     ssh ends, or the shell is kept OVER
 *               silence, DRAIN_ the time is over               NAMING: what the command left
 *               MAX_MS in all                                  behind holds its output open
 *   NAMING      NAMING_MS       the guest names it, ssh ends,  OVER
 *                               or the time is over
 *   STOPPED     the main loop's ssh ends, or time is over      OVER
 *               next round
 */
#include "guest/guest-command.h"

#include "base/error.h"
#include "base/units.h"
#include "guest/end-mark.h"
#include "guest/guest-script.h"
#include "guest/leftovers.h"
#include "guest/lines.h"
#include "guest/ssh-process.h"
#include "local/ssh.h"

#include <string.h>

enum {
    ATTEMPT_MS = 45 * 1000,   /**< an emulated guest that is busy takes 20 s for a new connection */
    LOOK_AFTER_MS = 8 * 1000, /**< then nothing at all answers, or the guest is busy */
    RETRY_MS = 1000,
    KILL_GRACE_MS = 8000,     /**< the guest's own: 3 s from TERM to KILL */
    DRAIN_MS = 1500,          /**< after the exit status: silence that ends the output */
    DRAIN_MAX_MS = 10 * 1000, /**< for output that was on its way; a slow guest sends 4 MB then */
    NAMING_MS = 5000,
    NEXT_ROUND_MS = 1, /**< of the main loop, so that no callback comes before a call returns */
};

SB_DEFINE_ERROR(sb_guest_command_error, SB_ERRORS_NONE)

typedef enum {
    PHASE_WAITING,
    PHASE_CONNECTING,
    PHASE_RUNNING,
    PHASE_ENDING,
    PHASE_DRAINING,
    PHASE_NAMING,
    PHASE_STOPPED,
    PHASE_OVER,
} Phase;

typedef enum {
    EVENT_READY,     /**< the guest waits for the word to begin */
    EVENT_EXITED,    /**< the guest has told the exit status */
    EVENT_SSH_ENDED, /**< with all its output */
    EVENT_KEPT,      /**< all output is here, and the guest's shell waits for another command */
    EVENT_NAMED,     /**< the guest has said what holds the output open */
    EVENT_LATE,      /**< the time of the phase is over */
} Event;

struct SbGuestCommand {
    int references; /**< the caller's, and one for each callback that runs */
    const SbAccess *access;
    char *machine;
    char *line;         /**< for the guest's shell */
    char *word;         /**< begins the guest's lines of the conversation */
    SbKeptShell *kept;  /**< (nullable) */
    char *kept_line;    /**< (nullable) for the kept shell */
    GString *held;      /**< standard output that may be the beginning of the mark */
    gboolean says_kept; /**< the guest's shell waits for another command */
    gboolean has_mark;  /**< the mark has come */
    char *greeting;
    gboolean takes_input;
    gint64 timeout_ms;
    gint64 connect_until_us;
    SbGuestCommandCallbacks callbacks;
    gpointer data;
    Phase phase;
    guint deadline;    /**< a source: the end of the phase's time, if that is limited */
    SbSshProcess *ssh; /**< of this attempt */
    SbLines *stderr_lines;
    gint64 drain_until_us; /**< in DRAINING and later */
    SbLeftovers *asking;   /**< (nullable) in NAMING */
    char *leftovers;       /**< (nullable) */
    int status;            /**< -1 until the guest has told it */
    GError *reason;        /**< (nullable) why it was stopped */
};

static void move_on(SbGuestCommand *command, Event event);

static void unref(SbGuestCommand *command)
{
    if (--command->references > 0)
        return;
    g_clear_pointer(&command->ssh, sb_ssh_process_free);
    sb_leftovers_free(command->asking);
    g_free(command->leftovers);
    sb_lines_free(command->stderr_lines);
    g_free(command->machine);
    g_free(command->line);
    g_free(command->word);
    g_free(command->kept_line);
    g_string_free(command->held, TRUE);
    g_free(command->greeting);
    g_clear_error(&command->reason);
    g_free(command);
}

static gboolean on_deadline(gpointer data)
{
    SbGuestCommand *command = data;
    command->references++;
    command->deadline = 0;
    move_on(command, EVENT_LATE);
    unref(command);
    return G_SOURCE_REMOVE;
}

/* LIMIT_MS is the time of the phase; 0: it has no limit. */
static void enter(SbGuestCommand *command, Phase phase, gint64 limit_ms)
{
    command->phase = phase;
    g_clear_handle_id(&command->deadline, g_source_remove);
    command->deadline =
        limit_ms > 0 ? g_timeout_add((guint)MIN(limit_ms, G_MAXINT), on_deadline, command) : 0;
}

/* ---- what comes from ssh ---- */

static gboolean is_at_work(const SbGuestCommand *command)
{
    return command->phase >= PHASE_RUNNING && command->phase <= PHASE_NAMING;
}

/* The next silence ends the output; and what never falls silent is not read to the end. */
static void drain(SbGuestCommand *command)
{
    gint64 left_ms = (command->drain_until_us - g_get_monotonic_time()) / 1000 + 1;
    enter(command, PHASE_DRAINING, CLAMP(left_ms, 1, DRAIN_MS));
}

static void emit(SbGuestCommand *command, gboolean is_stderr, const char *bytes, gsize length)
{
    if (length > 0 && is_at_work(command))
        command->callbacks.output(is_stderr, bytes, length, command->data);
}

/* Standard output and standard error may come in any order. */
static void look_whether_kept(SbGuestCommand *command)
{
    if (command->says_kept && command->has_mark)
        move_on(command, EVENT_KEPT);
}

static void take_stdout(SbGuestCommand *command, const char *bytes, gsize length)
{
    GString *held = command->held;
    g_autofree char *mark = g_strconcat(command->word, " end\n", NULL);
    g_string_append_len(held, bytes, (gssize)length);
    gsize before = sb_end_mark_find(held->str, held->len, mark, &command->has_mark);
    emit(command, FALSE, held->str, before);
    g_string_erase(held, 0, command->has_mark ? -1 : (gssize)before);
    look_whether_kept(command);
}

/* TEXT is a line of the conversation, after its word. */
static void take_word(SbGuestCommand *command, const char *text)
{
    if (g_str_has_prefix(text, " ready ") && command->phase == PHASE_CONNECTING) {
        g_free(command->greeting);
        command->greeting = g_strdup(text + strlen(" ready "));
        move_on(command, EVENT_READY);
    } else if (g_str_has_prefix(text, " exit ") && is_at_work(command)) {
        char *rest;
        command->status = (int)g_ascii_strtoll(text + strlen(" exit "), &rest, 10);
        /* The input of a stopped command is closed, and so the shell ends. */
        command->says_kept = strcmp(rest, " kept") == 0 && !command->reason;
        move_on(command, EVENT_EXITED);
        look_whether_kept(command);
    }
}

static void on_stderr_line(const char *line, gsize length, gpointer data)
{
    SbGuestCommand *command = data;
    gsize word = strlen(command->word);
    /* The word can stand behind output of the command that did not end its line. */
    const char *found = g_strstr_len(line, (gssize)length, command->word);
    if (!found) {
        emit(command, TRUE, line, length);
        return;
    }
    emit(command, TRUE, line, (gsize)(found - line));
    g_autofree char *text = g_strndup(found + word, length - (gsize)(found - line) - word);
    take_word(command, g_strchomp(text));
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbGuestCommand *command = data;
    command->references++;
    if (command->phase == PHASE_DRAINING)
        drain(command);
    if (is_stderr)
        sb_lines_push(command->stderr_lines, bytes, length);
    else if (command->kept)
        take_stdout(command, bytes, length);
    else
        emit(command, FALSE, bytes, length);
    unref(command);
}

static void on_ssh_ended(int status, gpointer data)
{
    SbGuestCommand *command = data;
    command->references++;
    if (is_at_work(command))
        sb_lines_flush(command->stderr_lines);
    move_on(command, EVENT_SSH_ENDED);
    unref(command);
}

/* ---- from phase to phase ---- */

static void end(SbGuestCommand *command, const GError *failure)
{
    enter(command, PHASE_OVER, 0);
    if (command->ssh)
        sb_ssh_process_stop(command->ssh);
    command->callbacks.ended(command->status, failure, command->data);
}

/* Ends the wait: the exit status is known, or never will be. */
static void conclude(SbGuestCommand *command)
{
    emit(command, FALSE, command->held->str, command->held->len);
    if (command->reason || command->status >= 0) {
        end(command, command->reason);
        return;
    }
    const char *words = sb_ssh_process_last_words(command->ssh);
    g_autoptr(GError) cause = NULL, failure = NULL;
    sb_ssh_set_error(&cause, command->machine, words);
    g_set_error(&failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_LOST,
                "the connection broke in the middle of a command on '%s'%s%s", command->machine,
                *words ? ": " : "", *words ? cause->message : "");
    end(command, failure);
}

/* Gives the command to a kept shell. FALSE if there is none for it. */
static gboolean use_kept_shell(SbGuestCommand *command, const SbSshProcessCallbacks *callbacks)
{
    command->ssh = command->kept_line ? sb_kept_shell_take(command->kept) : NULL;
    if (!command->ssh)
        return FALSE;
    sb_ssh_process_pass_on(command->ssh, callbacks, command);
    /* It always fits into an empty pipe. If that is broken, its end will be seen. */
    g_output_stream_write(sb_ssh_process_input(command->ssh), command->kept_line,
                          strlen(command->kept_line), NULL, NULL);
    return TRUE;
}

static void connect_to_guest(SbGuestCommand *command)
{
    static const SbSshProcessCallbacks callbacks = {on_output, on_ssh_ended};
    SbSshProcessRequest request = {.config_path = sb_access_config_path(command->access),
                                   .machine = command->machine,
                                   .command = command->line,
                                   .has_input = TRUE,
                                   .look_after_ms = LOOK_AFTER_MS};
    g_autoptr(GError) error = NULL;
    request.address = sb_access_direct_address(command->access, command->machine, &request.port);
    sb_lines_free(command->stderr_lines);
    command->stderr_lines = sb_lines_new(on_stderr_line, command);
    if (!use_kept_shell(command, &callbacks))
        command->ssh = sb_ssh_process_start(&request, &callbacks, command, &error);
    if (command->ssh)
        enter(command, PHASE_CONNECTING, ATTEMPT_MS);
    else
        end(command, error);
}

/* The guest waits for the word: until it is sent, nothing can have run. */
static void begin(SbGuestCommand *command)
{
    gsize length = strcspn(command->greeting, " ");
    g_autofree char *boot_id = g_strndup(command->greeting, length);
    g_strstrip(memmove(command->greeting, command->greeting + length,
                       strlen(command->greeting + length) + 1));
    sb_ssh_process_forget_words(command->ssh);
    g_string_truncate(command->held, 0);
    enter(command, PHASE_RUNNING, command->timeout_ms);
    /* Three bytes always fit into a pipe. If it is broken, its end will be seen. */
    g_output_stream_write(sb_ssh_process_input(command->ssh), "go\n", 3, NULL, NULL);
    if (command->callbacks.began)
        command->callbacks.began(boot_id, command->data);
}

/* An attempt failed before the command began. WORDS are ssh's. */
static void retry(SbGuestCommand *command, const char *words)
{
    g_autoptr(GError) cause = NULL;
    sb_ssh_set_error(&cause, command->machine, words);
    if (g_error_matches(cause, SB_SSH_ERROR, SB_SSH_ERROR_HOST_KEY) ||
        g_error_matches(cause, SB_SSH_ERROR, SB_SSH_ERROR_PROXY) ||
        g_get_monotonic_time() >= command->connect_until_us) {
        g_autoptr(GError) failure = g_error_new_literal(
            SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE, cause->message);
        end(command, failure);
        return;
    }
    g_clear_pointer(&command->ssh, sb_ssh_process_free);
    sb_guest_command_forget_connection(command->access, command->machine);
    enter(command, PHASE_WAITING, RETRY_MS);
}

static void on_named(const char *names, gpointer data)
{
    SbGuestCommand *command = data;
    command->references++;
    if (names) {
        g_free(command->leftovers);
        command->leftovers = g_strdup(names);
    }
    move_on(command, EVENT_NAMED);
    unref(command);
}

/* The command has ended, and ssh has not: something still holds the output open. */
static void name_leftovers(SbGuestCommand *command)
{
    if (g_get_monotonic_time() >= command->drain_until_us)
        command->leftovers = g_strdup("a process that is not known by name");
    command->asking =
        sb_leftovers_ask(command->access, command->machine, command->word, on_named, command);
    enter(command, PHASE_NAMING, NAMING_MS);
}

/* What a stopped command still has to say is not waited for long. */
static void begin_to_drain(SbGuestCommand *command)
{
    gint64 most_ms = command->reason ? DRAIN_MS : DRAIN_MAX_MS;
    command->drain_until_us = g_get_monotonic_time() + most_ms * 1000;
    drain(command);
}

static void stop_late(SbGuestCommand *command)
{
    g_autofree char *limit = sb_duration_format(command->timeout_ms);
    sb_guest_command_stop(command, KILL_GRACE_MS,
                          g_error_new(SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT,
                                      "it did not end within %s, and was killed", limit));
}

static void move_on(SbGuestCommand *command, Event event)
{
    switch (command->phase) {
    case PHASE_WAITING: /* Nothing but the time can be over. */
        connect_to_guest(command);
        break;
    case PHASE_CONNECTING:
        if (event == EVENT_READY) {
            begin(command);
        } else {
            g_autofree char *limit = sb_duration_format(ATTEMPT_MS);
            g_autofree char *words =
                event == EVENT_LATE
                    ? g_strdup_printf("%sits ssh server did not complete a login within %s",
                                      sb_ssh_process_last_words(command->ssh), limit)
                    : g_strdup(sb_ssh_process_last_words(command->ssh));
            retry(command, words);
        }
        break;
    case PHASE_RUNNING:
        if (event == EVENT_LATE)
            stop_late(command);
        else if (event == EVENT_EXITED)
            begin_to_drain(command);
        else
            conclude(command);
        break;
    case PHASE_ENDING:
        if (event == EVENT_EXITED)
            begin_to_drain(command);
        else
            conclude(command);
        break;
    case PHASE_DRAINING:
        if (event == EVENT_LATE)
            name_leftovers(command);
        if (event == EVENT_KEPT)
            sb_kept_shell_put(command->kept, g_steal_pointer(&command->ssh));
        if (event == EVENT_KEPT || event == EVENT_SSH_ENDED)
            conclude(command);
        break;
    case PHASE_NAMING:
    case PHASE_STOPPED:
        conclude(command);
        break;
    case PHASE_OVER:
        break;
    }
}

/* ---- the interface ---- */

static void make_lines(SbGuestCommand *command, const SbGuestCommandRequest *request)
{
    const char *greeting = request->greeting ? request->greeting : "";
    const char *mode = request->takes_input ? "input" : request->kept ? "keep" : "";
    const char *user = request->user ? request->user : "";
    const char *arguments[] = {command->word, greeting, mode, user, request->script, NULL};
    command->line = sb_guest_script_line(arguments);
    command->kept_line = request->kept ? sb_guest_script_next_line(arguments) : NULL;
}

SbGuestCommand *sb_guest_command_start(const SbAccess *access, const char *machine,
                                       const SbGuestCommandRequest *request,
                                       const SbGuestCommandCallbacks *callbacks, gpointer data)
{
    SbGuestCommand *command = g_new0(SbGuestCommand, 1);
    command->references = 1;
    command->access = access;
    command->machine = g_strdup(machine);
    command->word = g_uuid_string_random();
    command->kept = request->kept;
    command->held = g_string_new(NULL);
    make_lines(command, request);
    command->greeting = g_strdup("");
    command->takes_input = request->takes_input;
    command->timeout_ms = request->timeout_ms;
    command->connect_until_us = g_get_monotonic_time() + request->connect_ms * 1000;
    command->callbacks = *callbacks;
    command->data = data;
    command->status = -1;
    enter(command, PHASE_WAITING, NEXT_ROUND_MS);
    return command;
}

GOutputStream *sb_guest_command_input(SbGuestCommand *command)
{
    return command->ssh ? sb_ssh_process_input(command->ssh) : NULL;
}

const char *sb_guest_command_greeting(const SbGuestCommand *command)
{
    return command->greeting;
}

const char *sb_guest_command_leftovers(const SbGuestCommand *command)
{
    return command ? command->leftovers : NULL;
}

void sb_guest_command_stop(SbGuestCommand *command, guint grace_ms, GError *reason)
{
    if (command->phase >= PHASE_ENDING) {
        g_clear_error(&reason);
        return;
    }
    command->reason = reason;
    if (command->phase == PHASE_RUNNING && grace_ms > 0 && !command->takes_input) {
        /* The guest sees the end of its input, and kills; then it tells the exit status. */
        g_output_stream_close(sb_ssh_process_input(command->ssh), NULL, NULL);
        enter(command, PHASE_ENDING, grace_ms);
    } else {
        enter(command, PHASE_STOPPED, NEXT_ROUND_MS);
    }
}

void sb_guest_command_free(SbGuestCommand *command)
{
    if (!command)
        return;
    enter(command, PHASE_OVER, 0);
    if (command->ssh)
        sb_ssh_process_stop(command->ssh);
    unref(command);
}

void sb_guest_command_forget_connection(const SbAccess *access, const char *machine)
{
    static const char *const options[] = {"-O", "exit", NULL};
    g_autoptr(GSubprocess) process =
        sb_ssh_spawn(sb_access_config_path(access), machine, options, NULL,
                     G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
    if (process)
        g_subprocess_wait(process, NULL, NULL);
}
