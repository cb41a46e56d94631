/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/exec.h"

#include "base/loop.h"
#include "guest/lines.h"
#include "guest/ssh-process.h"
#include "local/ssh.h"

typedef struct {
    const SbExecCallbacks *callbacks;
    gpointer data;
    SbLoop *loop;
    GPtrArray *tasks; /**< of Task */
    guint running;
} Exec;

/* The command on one machine. */
typedef struct {
    Exec *exec;
    const char *machine;
    SbSshProcess *ssh;
    SbLines *lines[2]; /**< of stdout and stderr */
} Task;

static void task_free(gpointer data)
{
    Task *task = data;
    sb_ssh_process_free(task->ssh);
    for (gsize i = 0; i < G_N_ELEMENTS(task->lines); i++)
        sb_lines_free(task->lines[i]);
    g_free(task);
}

static void emit(const Task *task, gboolean is_stderr, const char *line, gsize length)
{
    if (line[length - 1] == '\n')
        length--;
    task->exec->callbacks->line(task->machine, is_stderr, line, length, task->exec->data);
}

static void on_stdout_line(const char *line, gsize length, gpointer data)
{
    emit(data, FALSE, line, length);
}

static void on_stderr_line(const char *line, gsize length, gpointer data)
{
    emit(data, TRUE, line, length);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Task *task = data;
    sb_lines_push(task->lines[is_stderr], bytes, length);
}

static void on_ended(int status, gpointer data)
{
    Task *task = data;
    Exec *exec = task->exec;
    for (gsize i = 0; i < G_N_ELEMENTS(task->lines); i++)
        sb_lines_flush(task->lines[i]);
    g_autoptr(GError) failure = NULL;
    if (status == SB_SSH_FAILED)
        sb_ssh_set_error(&failure, task->machine, sb_ssh_process_last_words(task->ssh));
    exec->callbacks->exited(task->machine, status, failure, exec->data);
    if (--exec->running == 0)
        sb_loop_end(exec->loop);
}

static void on_cancelled(gpointer data)
{
    Exec *exec = data;
    for (guint i = 0; i < exec->tasks->len; i++)
        sb_ssh_process_stop(((Task *)g_ptr_array_index(exec->tasks, i))->ssh);
}

static void start_task(Exec *exec, const SbAccess *access, const char *machine, const char *command)
{
    static const SbSshProcessCallbacks callbacks = {on_output, on_ended};
    SbSshProcessRequest request = {
        .config_path = sb_access_config_path(access), .machine = machine, .command = command};
    g_autoptr(GError) error = NULL;
    Task *task = g_new0(Task, 1);
    task->exec = exec;
    task->machine = machine;
    task->lines[0] = sb_lines_new(on_stdout_line, task);
    task->lines[1] = sb_lines_new(on_stderr_line, task);
    task->ssh = sb_ssh_process_start(&request, &callbacks, task, &error);
    if (task->ssh) {
        exec->running++;
        g_ptr_array_add(exec->tasks, task);
    } else {
        exec->callbacks->exited(machine, SB_SSH_FAILED, error, exec->data);
        task_free(task);
    }
}

void sb_exec(const SbAccess *access, const GPtrArray *machines, const char *command,
             const SbExecCallbacks *callbacks, gpointer data, GCancellable *cancellable)
{
    Exec exec = {.callbacks = callbacks, .data = data};
    g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func(task_free);
    g_autoptr(SbLoop) loop = sb_loop_new(cancellable, on_cancelled, &exec);
    exec.tasks = tasks;
    exec.loop = loop;
    for (guint i = 0; i < machines->len && !g_cancellable_is_cancelled(cancellable); i++)
        start_task(&exec, access, g_ptr_array_index(machines, i), command);
    if (exec.running > 0)
        sb_loop_wait(loop);
}
