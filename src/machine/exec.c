/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/exec.h"

#include "base/array.h"
#include "base/loop.h"
#include "guest/lines.h"
#include "guest/ssh-process.h"
#include "local/ssh.h"
#include "machine/lookup.h"

#include <string.h>

/* One call of sb_exec(). */
typedef struct {
    const SbOperation *operation;
    virConnect *connection;
    const char *command;
    GPtrArray *accesses; /**< of SbAccess: machines of several fleets have several ssh_configs */
    GPtrArray *tasks;    /**< of Task */
    guint running;
    SbLoop *loop;
    SbExecResult result;
} Exec;

/* The command on one machine. */
typedef struct {
    Exec *exec;
    const SbAccess *access;
    const SbDomain *domain;
    SbSshProcess *ssh; /**< NULL if it was not started */
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

static void tell_line(const Task *task, gboolean is_stderr, const char *line, gsize length)
{
    SbEvent event = {.kind = SB_EVENT_LINE,
                     .machine = task->domain->name,
                     .text = line,
                     .length = length - (line[length - 1] == '\n'),
                     .number = is_stderr};
    sb_operation_tell(task->exec->operation, &event);
}

static void on_stdout_line(const char *line, gsize length, gpointer data)
{
    tell_line(data, FALSE, line, length);
}

static void on_stderr_line(const char *line, gsize length, gpointer data)
{
    tell_line(data, TRUE, line, length);
}

/* The end on one machine: STATUS, or FAILURE. */
static void conclude(Task *task, int status, const GError *failure)
{
    Exec *exec = task->exec;
    SbEvent event = {.kind = SB_EVENT_EXITED,
                     .machine = task->domain->name,
                     .number = (guint)status,
                     .error = failure};
    /* The end of an ssh that was stopped says nothing about its command. */
    gboolean is_stopped = g_cancellable_is_cancelled(exec->operation->cancellable);
    if (failure && !is_stopped)
        exec->result.unreached++;
    else if (!is_stopped)
        exec->result.status = MAX(exec->result.status, status);
    sb_operation_tell(exec->operation, &event);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Task *task = data;
    sb_lines_push(task->lines[is_stderr], bytes, length);
}

static void on_ended(int status, gpointer data)
{
    Task *task = data;
    for (gsize i = 0; i < G_N_ELEMENTS(task->lines); i++)
        sb_lines_flush(task->lines[i]);
    g_autoptr(GError) failure = NULL;
    if (status == SB_SSH_FAILED)
        sb_ssh_set_error(&failure, task->domain->name, sb_ssh_process_last_words(task->ssh));
    conclude(task, status, failure);
    if (--task->exec->running == 0)
        sb_loop_end(task->exec->loop);
}

static void on_cancelled(gpointer data)
{
    Exec *exec = data;
    SB_EACH(Task, task, exec->tasks)
        if (task->ssh)
            sb_ssh_process_stop(task->ssh);
}

static gboolean start_ssh(Task *task, GError **error)
{
    static const SbSshProcessCallbacks callbacks = {on_output, on_ended};
    const char *machine = task->domain->name;
    if (!sb_lookup_check_usable(task->exec->operation->host, task->exec->connection, task->domain,
                                error))
        return FALSE;
    if (!sb_access_has(task->access, machine)) {
        g_set_error(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                    "'%s' has no address that libvirt knows: 'seedbed status %s' says why", machine,
                    machine);
        return FALSE;
    }
    SbSshProcessRequest request = {.config_path = sb_access_config_path(task->access),
                                   .machine = machine,
                                   .command = task->exec->command};
    task->lines[0] = sb_lines_new(on_stdout_line, task);
    task->lines[1] = sb_lines_new(on_stderr_line, task);
    task->ssh = sb_ssh_process_start(&request, &callbacks, task, error);
    return task->ssh != NULL;
}

static void run_tasks(Exec *exec)
{
    GCancellable *cancellable = exec->operation->cancellable;
    exec->loop = sb_loop_new(cancellable, on_cancelled, exec);
    for (guint i = 0; i < exec->tasks->len && !g_cancellable_is_cancelled(cancellable); i++) {
        Task *task = g_ptr_array_index(exec->tasks, i);
        g_autoptr(GError) error = NULL;
        if (start_ssh(task, &error))
            exec->running++;
        else
            conclude(task, 0, error);
    }
    if (exec->running > 0)
        sb_loop_wait(exec->loop);
    sb_loop_free(exec->loop);
}

/* A task for each of DOMAINS, which are sorted by fleet, with the access to it. */
static gboolean make_tasks(Exec *exec, virConnect *connection, const GPtrArray *domains,
                           GError **error)
{
    const char *fleet = "";
    SbAccess *access = NULL;
    SB_EACH(const SbDomain, domain, domains) {
        if (strcmp(domain->metadata->fleet, fleet) != 0) {
            fleet = domain->metadata->fleet;
            access = sb_lookup_fleet_access(exec->operation->host, connection, fleet, error);
            if (!access)
                return FALSE;
            g_ptr_array_add(exec->accesses, access);
        }
        Task *task = g_new0(Task, 1);
        *task = (Task){.exec = exec, .access = access, .domain = domain};
        g_ptr_array_add(exec->tasks, task);
        SbEvent event = {.kind = SB_EVENT_PLANNED, .machine = domain->name};
        sb_operation_tell(exec->operation, &event);
    }
    SbEvent event = {.kind = SB_EVENT_BEGUN, .total = domains->len};
    sb_operation_tell(exec->operation, &event);
    return TRUE;
}

gboolean sb_exec(const SbOperation *operation, const char *const *names, const char *command,
                 SbExecResult *result_out, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(GPtrArray) domains =
        lease.connection ? sb_lookup_names(lease.connection, names, error) : NULL;
    if (!domains)
        return FALSE;
    g_autoptr(GPtrArray) accesses = g_ptr_array_new_with_free_func((GDestroyNotify)sb_access_free);
    g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func(task_free);
    Exec exec = {.operation = operation,
                 .connection = lease.connection,
                 .command = command,
                 .accesses = accesses,
                 .tasks = tasks};
    if (!make_tasks(&exec, lease.connection, domains, error))
        return FALSE;
    run_tasks(&exec);
    *result_out = exec.result;
    return TRUE;
}
