/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "machine/exec.h"

#include "base/array.h"
#include "base/error.h"
#include "base/loop.h"
#include "guest/guest-command.h"
#include "guest/lines.h"
#include "machine/lookup.h"
#include "machine/unreached.h"

#include <string.h>

enum {
    CONNECT_MS =
        5000, /**< for a second attempt, where a connection was kept to a guest that rebooted */
    STOP_GRACE_MS = 5000,
};

/* One call of sb_exec(). */
typedef struct {
    const SbOperation *operation;
    virConnect *connection;
    char *script;
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
    SbGuestCommand *command; /**< (nullable) */
    SbLines *lines[2];       /**< of stdout and stderr */
    GError *unreached;       /**< (nullable) of sb_unreached_is() */
} Task;

static void task_free(gpointer data)
{
    Task *task = data;
    sb_guest_command_free(task->command);
    for (gsize i = 0; i < G_N_ELEMENTS(task->lines); i++)
        sb_lines_free(task->lines[i]);
    g_clear_error(&task->unreached);
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

/* The end on one machine. STATUS is -1 if it is not known. */
static void conclude(Task *task, int status, const GError *failure)
{
    Exec *exec = task->exec;
    SbEvent event = {.kind = SB_EVENT_EXITED,
                     .machine = task->domain->name,
                     .number = failure ? status >= 0 : (guint)status,
                     .error = failure};
    /* A command that was stopped says nothing by its status. */
    gboolean is_stopped = g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);
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

static void tell_leftovers(const Task *task)
{
    const char *names = sb_guest_command_leftovers(task->command);
    if (!names)
        return;
    g_autofree char *text = g_strdup_printf("left running, and not read any more: %s", names);
    tell_line(task, TRUE, text, strlen(text));
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    Task *task = data;
    for (gsize i = 0; i < G_N_ELEMENTS(task->lines); i++)
        sb_lines_flush(task->lines[i]);
    tell_leftovers(task);
    if (sb_unreached_is(failure))
        task->unreached = g_error_copy(failure);
    else
        conclude(task, status, failure);
    g_clear_pointer(&task->command, sb_guest_command_free);
    if (--task->exec->running == 0)
        sb_loop_end(task->exec->loop);
}

static void on_cancelled(gpointer data)
{
    Exec *exec = data;
    SB_EACH(Task, task, exec->tasks) {
        GError *reason = NULL;
        g_cancellable_set_error_if_cancelled(exec->operation->cancellable, &reason);
        if (task->command)
            sb_guest_command_stop(task->command, STOP_GRACE_MS, reason);
        else
            g_clear_error(&reason);
    }
}

static gboolean start(Task *task, GError **error)
{
    static const SbGuestCommandCallbacks callbacks = {NULL, on_output, on_ended};
    const char *machine = task->domain->name;
    if (!sb_lookup_check_usable(task->exec->operation->host, task->exec->connection, task->domain,
                                error))
        return FALSE;
    if (!sb_access_has(task->access, machine))
        return sb_error_set(error, SB_ACCESS_ERROR, SB_ACCESS_ERROR_NO_ADDRESS,
                            "'%s' has no address that libvirt knows: 'seedbed status %s' says why",
                            machine, machine);
    SbGuestCommandRequest request = {.script = task->exec->script, .connect_ms = CONNECT_MS};
    task->lines[0] = sb_lines_new(on_stdout_line, task);
    task->lines[1] = sb_lines_new(on_stderr_line, task);
    task->command = sb_guest_command_start(task->access, machine, &request, &callbacks, task);
    return TRUE;
}

/* Why the guests were not reached is asked when the others have done their work. */
static void conclude_unreached(const Exec *exec)
{
    g_autofree SbUnreached *items = g_new0(SbUnreached, exec->tasks->len);
    guint count = 0;
    SB_EACH(Task, task, exec->tasks)
        if (task->unreached)
            items[count++] = (SbUnreached){task->domain->name, &task->unreached};
    sb_unreached_explain(exec->operation, items, count);
    SB_EACH(Task, task, exec->tasks)
        if (task->unreached)
            conclude(task, -1, task->unreached);
}

static void run_tasks(Exec *exec)
{
    GCancellable *cancellable = exec->operation->cancellable;
    exec->loop = sb_loop_new(cancellable, on_cancelled, exec);
    for (guint i = 0; i < exec->tasks->len && !g_cancellable_is_cancelled(cancellable); i++) {
        Task *task = g_ptr_array_index(exec->tasks, i);
        g_autoptr(GError) error = NULL;
        if (start(task, &error))
            exec->running++;
        else
            conclude(task, -1, error);
    }
    if (exec->running > 0)
        sb_loop_wait(exec->loop);
    sb_loop_free(exec->loop);
    conclude_unreached(exec);
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

/* One word is a line for the login shell of the account. Several are a program and its arguments,
 * which arrive as they are. */
static char *make_script(const char *const *words)
{
    if (!words[1]) {
        g_autofree char *quoted = g_shell_quote(words[0]);
        return g_strdup_printf("exec \"${SHELL:-sh}\" -c %s", quoted);
    }
    GString *script = g_string_new(NULL);
    for (; *words; words++) {
        g_autofree char *quoted = g_shell_quote(*words);
        g_string_append_printf(script, "%s%s", script->len ? " " : "", quoted);
    }
    return g_string_free(script, FALSE);
}

gboolean sb_exec(const SbOperation *operation, const char *const *names, const char *const *words,
                 SbExecResult *result_out, GError **error)
{
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    g_autoptr(GPtrArray) domains =
        lease.connection ? sb_lookup_names(lease.connection, names, error) : NULL;
    if (!domains)
        return FALSE;
    g_autoptr(GPtrArray) accesses = g_ptr_array_new_with_free_func((GDestroyNotify)sb_access_free);
    g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func(task_free);
    g_autofree char *script = make_script(words);
    Exec exec = {.operation = operation,
                 .connection = lease.connection,
                 .script = script,
                 .accesses = accesses,
                 .tasks = tasks};
    if (!make_tasks(&exec, lease.connection, domains, error))
        return FALSE;
    run_tasks(&exec);
    *result_out = exec.result;
    return TRUE;
}
