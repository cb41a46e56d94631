/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/ssh-process.h"

#include "guest/ssh-port.h"
#include "local/ssh.h"

#include <signal.h>
#include <string.h>

enum {
    READ_BYTES = 64 * 1024,
    WORDS_KEPT_BYTES = 4096,
    READS_BEFORE_STDERR = 64, /**< 4 MB of stdout */
};

struct SbSshProcess {
    GSubprocess *process;
    GCancellable *reading;
    SbSshProcessCallbacks callbacks;
    gpointer data;
    GString *words; /**< the end of standard error */
    guint open;     /**< two pipes and the process: each is one call that will come back */
    gboolean is_freed;
    char *address; /**< (nullable) of the port to look at */
    guint16 port;
    guint look_after_ms;
    gboolean looks_on;
    guint look_timer;      /**< a source, until the look begins */
    GCancellable *looking; /**< (nullable) the look; cancelled when its result is not wanted */
};

typedef struct {
    SbSshProcess *process;
    gboolean is_stderr;
    guint reads;
    char buffer[READ_BYTES];
} Pipe;

static void end_look(SbSshProcess *process)
{
    g_clear_handle_id(&process->look_timer, g_source_remove);
    if (process->looking)
        g_cancellable_cancel(process->looking);
    g_clear_object(&process->looking);
}

static void destroy(SbSshProcess *process)
{
    end_look(process);
    g_free(process->address);
    g_object_unref(process->process);
    g_object_unref(process->reading);
    g_string_free(process->words, TRUE);
    g_free(process);
}

static int exit_status(GSubprocess *process)
{
    return g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process)
                                               : 128 + g_subprocess_get_term_sig(process);
}

/* After the last one, the callback may free the process: do not touch it after this call. */
static void close_one(SbSshProcess *process)
{
    if (--process->open > 0)
        return;
    if (process->is_freed)
        destroy(process);
    else
        process->callbacks.ended(exit_status(process->process), process->data);
}

static void keep_words(SbSshProcess *process, const char *bytes, gsize length)
{
    GString *words = process->words;
    g_string_append_len(words, bytes, (gssize)length);
    if (words->len > WORDS_KEPT_BYTES)
        g_string_erase(words, 0, (gssize)(words->len - WORDS_KEPT_BYTES));
}

/* ---- the port of a guest that says nothing ---- */

static void await_silence(SbSshProcess *process);

/* The kernel of a guest answers a new connection at once, even if its sshd has no time. */
static void on_port(SbSshPortState state, G_GNUC_UNUSED const char *said, gpointer data)
{
    SbSshProcess *process = data;
    if (state != SB_SSH_PORT_SILENT) {
        if (process->looks_on)
            await_silence(process);
        return;
    }
    g_autofree char *words = g_strdup_printf("ssh: connect to host %s port %u: no answer\n",
                                             process->address, process->port);
    keep_words(process, words, strlen(words));
    /* On a kept connection, ssh would only pass another signal on to who keeps it, who has the
     * pipes, too, and waits for the guest. */
    g_subprocess_force_exit(process->process);
    g_cancellable_cancel(process->reading);
}

static gboolean on_silence(gpointer data)
{
    SbSshProcess *process = data;
    process->look_timer = 0;
    process->looking = g_cancellable_new();
    sb_ssh_port_look(process->address, process->port, process->looking, on_port, process);
    return G_SOURCE_REMOVE;
}

static void await_silence(SbSshProcess *process)
{
    end_look(process);
    if (process->address)
        process->look_timer = g_timeout_add(process->look_after_ms, on_silence, process);
}

/* ---- the pipes ---- */

static void read_more(Pipe *pipe, GInputStream *stream);

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Pipe *pipe = data;
    SbSshProcess *process = pipe->process;
    gssize got = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
    if (got > 0 && !process->is_freed) {
        if (process->looks_on)
            await_silence(process);
        else
            end_look(process);
        if (pipe->is_stderr)
            keep_words(process, pipe->buffer, (gsize)got);
        process->callbacks.output(pipe->is_stderr, pipe->buffer, (gsize)got, process->data);
    }
    if (got > 0 && !process->is_freed) {
        read_more(pipe, G_INPUT_STREAM(source));
        return;
    }
    g_free(pipe);
    close_one(process);
}

static void read_more(Pipe *pipe, GInputStream *stream)
{
    /* Messages on stderr are about results that were written to stdout before them. If both are
     * there, stdout comes first. But a flood of it must not hold back stderr for ever. */
    gboolean waits = pipe->is_stderr || ++pipe->reads % READS_BEFORE_STDERR == 0;
    int priority = waits ? G_PRIORITY_DEFAULT_IDLE : G_PRIORITY_DEFAULT;
    g_input_stream_read_async(stream, pipe->buffer, sizeof pipe->buffer, priority,
                              pipe->process->reading, on_read, pipe);
}

static void start_pipe(SbSshProcess *process, gboolean is_stderr, GInputStream *stream)
{
    Pipe *pipe = g_new(Pipe, 1);
    pipe->process = process;
    pipe->is_stderr = is_stderr;
    pipe->reads = 0;
    process->open++;
    read_more(pipe, stream);
}

static void on_exited(GObject *source, GAsyncResult *result, gpointer data)
{
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    close_one(data);
}

SbSshProcess *sb_ssh_process_start(const SbSshProcessRequest *request,
                                   const SbSshProcessCallbacks *callbacks, gpointer data,
                                   GError **error)
{
    GSubprocessFlags flags = G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE |
                             (request->has_input ? G_SUBPROCESS_FLAGS_STDIN_PIPE : 0);
    GSubprocess *ssh = sb_ssh_spawn(request->config_path, request->machine, request->options,
                                    request->command, flags, error);
    if (!ssh)
        return NULL;
    SbSshProcess *process = g_new0(SbSshProcess, 1);
    process->process = ssh;
    process->reading = g_cancellable_new();
    process->callbacks = *callbacks;
    process->data = data;
    process->words = g_string_new(NULL);
    process->address = g_strdup(request->address);
    process->port = request->port;
    process->look_after_ms = request->look_after_ms;
    process->looks_on = request->looks_on;
    await_silence(process);
    start_pipe(process, FALSE, g_subprocess_get_stdout_pipe(ssh));
    start_pipe(process, TRUE, g_subprocess_get_stderr_pipe(ssh));
    process->open++;
    g_subprocess_wait_async(ssh, NULL, on_exited, process);
    return process;
}

void sb_ssh_process_pass_on(SbSshProcess *process, const SbSshProcessCallbacks *callbacks,
                            gpointer data)
{
    process->callbacks = *callbacks;
    process->data = data;
    process->looks_on = FALSE;
    end_look(process);
}

GOutputStream *sb_ssh_process_input(SbSshProcess *process)
{
    return g_subprocess_get_stdin_pipe(process->process);
}

const char *sb_ssh_process_last_words(const SbSshProcess *process)
{
    return process->words->str;
}

void sb_ssh_process_forget_words(SbSshProcess *process)
{
    g_string_truncate(process->words, 0);
}

void sb_ssh_process_stop(SbSshProcess *process)
{
    end_look(process);
    /* ssh closes the connection when it gets this signal. */
    g_subprocess_send_signal(process->process, SIGTERM);
    /* The ssh that keeps the connection for others can hold the pipes open for as long as the
     * guest's command runs. */
    g_cancellable_cancel(process->reading);
}

void sb_ssh_process_free(SbSshProcess *process)
{
    if (!process)
        return;
    process->is_freed = TRUE;
    if (process->open == 0)
        destroy(process);
    else
        sb_ssh_process_stop(process);
}
