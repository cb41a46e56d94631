/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/exec.h"

#include "local/ssh.h"

#include <string.h>

/* A line that does not end is passed on in pieces of this size. */
enum { LINE_MAX_BYTES = 64 * 1024, STDERR_KEPT_BYTES = 4096 };

typedef struct {
    const SbExecCallbacks *callbacks;
    gpointer data;
    GMainLoop *loop;
    guint running;
    GCancellable *cancellable;
} Exec;

typedef struct Task Task;

typedef struct {
    Task *task;
    gboolean is_stderr;
    GString *partial;
    char buffer[16 * 1024];
} Pipe;

struct Task {
    Exec *exec;
    const char *machine;
    GSubprocess *process;
    Pipe pipes[2];
    guint open;           /**< pipes, and the process itself */
    GString *last_stderr; /**< ssh's own words if it fails */
};

static void task_free(Task *task)
{
    for (gsize i = 0; i < G_N_ELEMENTS(task->pipes); i++)
        g_string_free(task->pipes[i].partial, TRUE);
    g_string_free(task->last_stderr, TRUE);
    g_object_unref(task->process);
    g_free(task);
}

static void conclude(Task *task)
{
    if (--task->open > 0)
        return;
    Exec *exec = task->exec;
    g_signal_handlers_disconnect_by_data(exec->cancellable, task);
    g_autoptr(GError) failure = NULL;
    int status = g_subprocess_get_if_exited(task->process)
                     ? g_subprocess_get_exit_status(task->process)
                     : 128 + g_subprocess_get_term_sig(task->process);
    if (status == SB_SSH_FAILED)
        sb_ssh_set_error(&failure, task->machine, task->last_stderr->str);
    exec->callbacks->exited(task->machine, status, failure, exec->data);
    task_free(task);
    if (--exec->running == 0)
        g_main_loop_quit(exec->loop);
}

static void emit(Pipe *pipe, const char *line, gsize length)
{
    Exec *exec = pipe->task->exec;
    exec->callbacks->line(pipe->task->machine, pipe->is_stderr, line, length, exec->data);
}

static void take_bytes(Pipe *pipe, const char *bytes, gsize length)
{
    GString *kept = pipe->task->last_stderr;
    if (pipe->is_stderr) {
        g_string_append_len(kept, bytes, length);
        if (kept->len > STDERR_KEPT_BYTES)
            g_string_erase(kept, 0, (gssize)(kept->len - STDERR_KEPT_BYTES));
    }
    g_string_append_len(pipe->partial, bytes, length);
    const char *start = pipe->partial->str, *end = start + pipe->partial->len, *newline;
    while ((newline = memchr(start, '\n', end - start))) {
        emit(pipe, start, newline - start);
        start = newline + 1;
    }
    g_string_erase(pipe->partial, 0, start - pipe->partial->str);
    if (pipe->partial->len >= LINE_MAX_BYTES) {
        emit(pipe, pipe->partial->str, pipe->partial->len);
        g_string_truncate(pipe->partial, 0);
    }
}

static void read_more(Pipe *pipe, GInputStream *stream);

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Pipe *pipe = data;
    GInputStream *stream = G_INPUT_STREAM(source);
    gssize got = g_input_stream_read_finish(stream, result, NULL);
    if (got > 0) {
        take_bytes(pipe, pipe->buffer, got);
        read_more(pipe, stream);
        return;
    }
    if (pipe->partial->len > 0)
        emit(pipe, pipe->partial->str, pipe->partial->len);
    conclude(pipe->task);
}

/* Not after the end was asked for: the ssh that keeps the connection holds the pipes open as long
 * as the guest's command runs. */
static void read_more(Pipe *pipe, GInputStream *stream)
{
    g_input_stream_read_async(stream, pipe->buffer, sizeof pipe->buffer, G_PRIORITY_DEFAULT,
                              pipe->task->exec->cancellable, on_read, pipe);
}

static void on_exited(GObject *source, GAsyncResult *result, gpointer data)
{
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    conclude(data);
}

static void on_cancelled(GCancellable *cancellable, gpointer data)
{
    Task *task = data;
    g_subprocess_send_signal(task->process, 15 /* SIGTERM: ssh closes the connection */);
}

static void start_pipe(Task *task, Pipe *pipe, gboolean is_stderr, GInputStream *stream)
{
    pipe->task = task;
    pipe->is_stderr = is_stderr;
    pipe->partial = g_string_new(NULL);
    read_more(pipe, stream);
}

static void start_task(Exec *exec, const SbAccess *access, const char *machine, const char *command)
{
    g_autoptr(GError) error = NULL;
    GSubprocess *process =
        sb_ssh_spawn(sb_access_config_path(access), machine, NULL, command,
                     G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
    if (!process) {
        exec->callbacks->exited(machine, SB_SSH_FAILED, error, exec->data);
        return;
    }
    Task *task = g_new0(Task, 1);
    task->exec = exec;
    task->machine = machine;
    task->process = process;
    task->last_stderr = g_string_new(NULL);
    task->open = 3;
    exec->running++;
    start_pipe(task, &task->pipes[0], FALSE, g_subprocess_get_stdout_pipe(process));
    start_pipe(task, &task->pipes[1], TRUE, g_subprocess_get_stderr_pipe(process));
    g_subprocess_wait_async(process, NULL, on_exited, task);
    g_signal_connect_data(exec->cancellable, "cancelled", G_CALLBACK(on_cancelled), task, NULL, 0);
}

void sb_exec(const SbAccess *access, const GPtrArray *machines, const char *command,
             const SbExecCallbacks *callbacks, gpointer data, GCancellable *cancellable)
{
    Exec exec = {.callbacks = callbacks,
                 .data = data,
                 .loop = g_main_loop_new(NULL, FALSE),
                 .cancellable = cancellable};
    for (guint i = 0; i < machines->len && !g_cancellable_is_cancelled(cancellable); i++)
        start_task(&exec, access, g_ptr_array_index(machines, i), command);
    if (exec.running > 0)
        g_main_loop_run(exec.loop);
    g_main_loop_unref(exec.loop);
}
