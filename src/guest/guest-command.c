/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-command.h"

#include "base/error.h"
#include "base/units.h"
#include "local/ssh.h"

#include <string.h>

enum {
    READ_BYTES = 64 * 1024,
    LINE_MAX_BYTES = 64 * 1024,
    STDERR_KEPT_BYTES = 4096,
    ATTEMPT_MS = 45 * 1000, /**< an emulated guest that is busy takes 20 s for a new connection */
    RETRY_MS = 1000,
    KILL_GRACE_MS = 8000, /**< the guest's own: 3 s from TERM to KILL */
    DRAIN_MS = 1500,      /**< after the exit status: silence that ends the output */
};

SB_DEFINE_ERROR(sb_guest_command_error, SB_ERRORS_NONE)

/* %s: the word that begins a line of this conversation, on stderr; %s greeting. The rest comes
 * after it. */
static const char begin_script[] =
    "read -r boot </proc/sys/kernel/random/boot_id; "
    "echo \"%s ready $boot $(%s)\" >&2; read -r go && [ \"$go\" = go ] || exit 1; ";

/* With input: %s run, %s word. */
static const char input_script[] = "%s; status=$?; echo \"%s exit $status\" >&2; exit $status";

/* Without: %s run, %s %s %s sudo for kill, %s word. It runs in a session of its own. `read` ends
 * with the connection, or when that is closed on purpose; from then on it is waited for until the
 * whole group is gone, also what outlives its leader. A shell says "Terminated" of what it waits
 * for, which is no output of the command. */
static const char command_script[] =
    "exec 3<&0; "
    "setsid %s </dev/null 3<&- & pid=$!; "
    "(while read -r _ <&3; do :; done; trap '' TERM; %s kill -TERM -$pid; "
    "for i in 1 2 3; do %s kill -0 -$pid || exit; sleep 1; done; "
    "%s kill -KILL -$pid) >/dev/null 2>&1 & watch=$!; "
    "wait $pid; status=$?; { kill $watch; wait $watch; } 2>/dev/null; "
    "echo \"%s exit $status\" >&2; exit $status";

typedef struct {
    SbGuestCommand *command;
    gboolean is_stderr;
    char buffer[READ_BYTES];
} Pipe;

struct SbGuestCommand {
    int references; /**< the caller's, and one for each asynchronous call that will come back */
    const SbAccess *access;
    char *machine;
    char *line; /**< what the guest's shell gets */
    char *word; /**< begins the lines of the conversation */
    char *greeting;
    gboolean takes_input;
    gint64 timeout_ms;
    gint64 connect_until_us;
    SbGuestCommandCallbacks callbacks;
    gpointer data;
    GSubprocess *process; /**< of this attempt, or NULL between two */
    GCancellable *reading;
    guint open; /**< of this attempt: pipes, and the process itself */
    GString *partial;
    GString *last_stderr;
    gboolean has_begun, has_exited, is_over, is_freed;
    int status;
    GError *reason; /**< (nullable) why it was stopped */
    guint timer;    /**< attempt, retry, timeout, or the last wait */
};

static void attempt(SbGuestCommand *command);
static void conclude(SbGuestCommand *command);

static void unref(SbGuestCommand *command)
{
    if (--command->references > 0)
        return;
    g_clear_object(&command->process);
    g_clear_object(&command->reading);
    g_free(command->machine);
    g_free(command->line);
    g_free(command->word);
    g_free(command->greeting);
    g_string_free(command->partial, TRUE);
    g_string_free(command->last_stderr, TRUE);
    g_clear_error(&command->reason);
    g_free(command);
}

static void clear_timer(SbGuestCommand *command)
{
    if (command->timer)
        g_source_remove(command->timer);
    command->timer = 0;
}

static void arm(SbGuestCommand *command, gint64 ms, GSourceFunc func)
{
    clear_timer(command);
    command->timer = g_timeout_add((guint)CLAMP(ms, 1, G_MAXINT), func, command);
}

/* Ends what is left of the attempt; its callbacks still come back. */
static void kill_process(SbGuestCommand *command)
{
    if (command->process)
        g_subprocess_send_signal(command->process, 15 /* SIGTERM: ssh closes the connection */);
    if (command->reading)
        g_cancellable_cancel(command->reading);
}

static void end(SbGuestCommand *command, int status, const GError *failure)
{
    if (command->is_over)
        return;
    command->is_over = TRUE;
    clear_timer(command);
    kill_process(command);
    if (!command->is_freed)
        command->callbacks.ended(status, failure, command->data);
}

static gboolean on_drained(gpointer data)
{
    SbGuestCommand *command = data;
    command->timer = 0;
    conclude(command);
    return G_SOURCE_REMOVE;
}

/* The exit status is known, or will not be: nothing more is waited for. */
static void conclude(SbGuestCommand *command)
{
    if (command->reason) {
        end(command, command->has_exited ? command->status : -1, command->reason);
    } else if (command->has_exited) {
        end(command, command->status, NULL);
    } else {
        g_autoptr(GError) cause = NULL, failure = NULL;
        sb_ssh_set_error(&cause, command->machine, command->last_stderr->str);
        gboolean has_words = command->last_stderr->len > 0;
        g_set_error(&failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_LOST,
                    "the connection broke in the middle%s%s", has_words ? ": " : "",
                    has_words ? cause->message : "");
        end(command, -1, failure);
    }
}

static void emit(SbGuestCommand *command, gboolean is_stderr, const char *bytes, gsize length)
{
    if (length > 0 && !command->is_over && command->has_begun)
        command->callbacks.output(is_stderr, bytes, length, command->data);
}

static gboolean on_timeout(gpointer data)
{
    SbGuestCommand *command = data;
    command->timer = 0;
    g_autofree char *limit = sb_duration_format(command->timeout_ms);
    sb_guest_command_stop(command, KILL_GRACE_MS,
                          g_error_new(SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT,
                                      "it did not end within %s, and was killed", limit));
    return G_SOURCE_REMOVE;
}

/* The guest waits for the word: until it is sent, nothing can have run. TEXT is its boot id, and
 * the greeting. */
static void begin(SbGuestCommand *command, const char *text)
{
    if (command->has_begun || command->reason)
        return;
    command->has_begun = TRUE;
    gsize length = strcspn(text, " ");
    g_autofree char *boot_id = g_strndup(text, length);
    command->greeting = g_strstrip(g_strdup(text + length));
    clear_timer(command);
    if (command->timeout_ms > 0)
        arm(command, command->timeout_ms, on_timeout);
    GOutputStream *input = g_subprocess_get_stdin_pipe(command->process);
    /* Three bytes always fit into a pipe. If it is broken, its end will be seen. */
    g_output_stream_write(input, "go\n", 3, NULL, NULL);
    command->callbacks.began(boot_id, command->data);
}

/* A line of the conversation, behind its word. */
static void take_word(SbGuestCommand *command, const char *text)
{
    if (g_str_has_prefix(text, " ready "))
        begin(command, text + strlen(" ready "));
    else if (g_str_has_prefix(text, " exit ") && command->has_begun) {
        command->has_exited = TRUE;
        command->status = (int)g_ascii_strtoll(text + strlen(" exit "), NULL, 10);
        arm(command, DRAIN_MS, on_drained);
    }
}

static void keep_last(SbGuestCommand *command, const char *bytes, gsize length)
{
    GString *kept = command->last_stderr;
    g_string_append_len(kept, bytes, (gssize)length);
    if (kept->len > STDERR_KEPT_BYTES)
        g_string_erase(kept, 0, (gssize)(kept->len - STDERR_KEPT_BYTES));
}

static void take_stderr_line(SbGuestCommand *command, const char *line, gsize length)
{
    gsize word = strlen(command->word);
    /* What the command wrote without ending the line may come before the word. */
    const char *found = g_strstr_len(line, (gssize)length, command->word);
    if (!found) {
        keep_last(command, line, length);
        emit(command, TRUE, line, length);
        return;
    }
    emit(command, TRUE, line, (gsize)(found - line));
    g_autofree char *text = g_strndup(found + word, length - (gsize)(found - line) - word);
    take_word(command, g_strchomp(text));
}

static void take_stderr(SbGuestCommand *command, const char *bytes, gsize length)
{
    GString *partial = command->partial;
    g_string_append_len(partial, bytes, (gssize)length);
    gsize done = 0;
    const char *newline;
    while ((newline = memchr(partial->str + done, '\n', partial->len - done))) {
        gsize line = (gsize)(newline - partial->str) + 1 - done;
        take_stderr_line(command, partial->str + done, line);
        done += line;
    }
    g_string_erase(partial, 0, (gssize)done);
    if (partial->len < LINE_MAX_BYTES)
        return;
    emit(command, TRUE, partial->str, partial->len);
    g_string_truncate(partial, 0);
}

static gboolean on_retry(gpointer data)
{
    SbGuestCommand *command = data;
    command->timer = 0;
    attempt(command);
    return G_SOURCE_REMOVE;
}

/* The attempt came to its end before the command began. */
static void retry(SbGuestCommand *command)
{
    g_autoptr(GError) cause = NULL;
    sb_ssh_set_error(&cause, command->machine, command->last_stderr->str);
    gboolean is_final = g_error_matches(cause, SB_SSH_ERROR, SB_SSH_ERROR_HOST_KEY) ||
                        g_error_matches(cause, SB_SSH_ERROR, SB_SSH_ERROR_PROXY);
    if (command->reason) {
        end(command, -1, command->reason);
    } else if (is_final || g_get_monotonic_time() >= command->connect_until_us) {
        g_autoptr(GError) failure = g_error_new_literal(
            SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE, cause->message);
        end(command, -1, failure);
    } else {
        sb_guest_command_forget_connection(command->access, command->machine);
        arm(command, RETRY_MS, on_retry);
    }
}

static void close_one(SbGuestCommand *command)
{
    if (--command->open > 0)
        return;
    g_clear_object(&command->process);
    g_clear_object(&command->reading);
    if (command->partial->len > 0)
        take_stderr_line(command, command->partial->str, command->partial->len);
    g_string_truncate(command->partial, 0);
    if (command->is_over)
        return;
    clear_timer(command);
    if (command->has_begun)
        conclude(command);
    else
        retry(command);
}

static void read_more(Pipe *pipe, GInputStream *stream);

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Pipe *pipe = data;
    SbGuestCommand *command = pipe->command;
    gssize got = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
    if (got > 0 && !command->is_over) {
        if (command->has_exited)
            arm(command, DRAIN_MS, on_drained);
        if (pipe->is_stderr)
            take_stderr(command, pipe->buffer, (gsize)got);
        else
            emit(command, FALSE, pipe->buffer, (gsize)got);
    }
    if (got > 0 && !command->is_over) {
        read_more(pipe, G_INPUT_STREAM(source));
        return;
    }
    g_free(pipe);
    close_one(command);
    unref(command);
}

static void read_more(Pipe *pipe, GInputStream *stream)
{
    /* What a test says on stderr is about the results that it wrote before: if both are there, they
     * come first. */
    int priority = pipe->is_stderr ? G_PRIORITY_DEFAULT_IDLE : G_PRIORITY_DEFAULT;
    g_input_stream_read_async(stream, pipe->buffer, sizeof pipe->buffer, priority,
                              pipe->command->reading, on_read, pipe);
}

static void start_pipe(SbGuestCommand *command, gboolean is_stderr, GInputStream *stream)
{
    Pipe *pipe = g_new0(Pipe, 1);
    pipe->command = command;
    pipe->is_stderr = is_stderr;
    command->references++;
    read_more(pipe, stream);
}

static void on_exited(GObject *source, GAsyncResult *result, gpointer data)
{
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    close_one(data);
    unref(data);
}

static gboolean on_attempt_over(gpointer data)
{
    SbGuestCommand *command = data;
    command->timer = 0;
    keep_last(command, "no answer", strlen("no answer"));
    kill_process(command);
    return G_SOURCE_REMOVE;
}

static void attempt(SbGuestCommand *command)
{
    g_autoptr(GError) error = NULL;
    g_string_truncate(command->last_stderr, 0);
    command->process =
        sb_ssh_spawn(sb_access_config_path(command->access), command->machine, NULL, command->line,
                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                         G_SUBPROCESS_FLAGS_STDERR_PIPE,
                     &error);
    if (!command->process) {
        end(command, -1, error);
        return;
    }
    command->reading = g_cancellable_new();
    command->open = 3;
    start_pipe(command, FALSE, g_subprocess_get_stdout_pipe(command->process));
    start_pipe(command, TRUE, g_subprocess_get_stderr_pipe(command->process));
    command->references++;
    g_subprocess_wait_async(command->process, NULL, on_exited, command);
    arm(command, ATTEMPT_MS, on_attempt_over);
}

/* The line for the guest's shell. */
static char *make_line(const char *word, const SbGuestCommandRequest *request)
{
    g_autofree char *script = g_shell_quote(request->script);
    g_autofree char *user = request->user ? g_shell_quote(request->user) : NULL;
    /* In that account's own home, which `sudo -H` only names. */
    g_autofree char *run =
        user ? g_strdup_printf("sudo -n -H -u %s -- sh -c 'cd && eval \"$1\"' sh %s", user, script)
             : g_strdup_printf("sh -c %s", script);
    const char *sudo = user ? "sudo -n" : "";
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, begin_script, word, request->greeting ? request->greeting : ":");
    if (request->takes_input)
        g_string_append_printf(line, input_script, run, word);
    else
        g_string_append_printf(line, command_script, run, sudo, sudo, sudo, word);
    return g_string_free(line, FALSE);
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
    command->line = make_line(command->word, request);
    command->takes_input = request->takes_input;
    command->timeout_ms = request->timeout_ms;
    command->connect_until_us = g_get_monotonic_time() + request->connect_ms * 1000;
    command->callbacks = *callbacks;
    command->data = data;
    command->partial = g_string_new(NULL);
    command->last_stderr = g_string_new(NULL);
    /* From the main loop, so that no callback comes before the caller has this. */
    arm(command, 1, on_retry);
    return command;
}

GOutputStream *sb_guest_command_input(SbGuestCommand *command)
{
    return command->process ? g_subprocess_get_stdin_pipe(command->process) : NULL;
}

const char *sb_guest_command_greeting(const SbGuestCommand *command)
{
    return command->greeting ? command->greeting : "";
}

void sb_guest_command_stop(SbGuestCommand *command, guint grace_ms, GError *reason)
{
    if (command->is_over || command->reason || command->has_exited) {
        g_clear_error(&reason);
        return;
    }
    command->reason = reason;
    if (command->has_begun && command->process && grace_ms > 0 && !command->takes_input) {
        /* The guest sees the end of its input, and kills; then it says the exit status. */
        g_output_stream_close(g_subprocess_get_stdin_pipe(command->process), NULL, NULL);
        arm(command, grace_ms, on_drained);
    } else {
        arm(command, 1, on_drained);
    }
}

void sb_guest_command_free(SbGuestCommand *command)
{
    if (!command || command->is_freed)
        return;
    command->is_freed = TRUE;
    end(command, -1, NULL);
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
