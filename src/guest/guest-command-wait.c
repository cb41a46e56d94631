/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-command-wait.h"

#include "base/loop.h"
#include "guest/lines.h"

enum { STOP_GRACE_MS = 5000 };

typedef struct {
    const SbOperation *operation;
    const char *machine;
    SbGuestCommand *command;
    SbLines *lines[2]; /**< of stdout and stderr */
    SbLoop *loop;
    int status;
    GError *error;
} Wait;

static void tell_line(const Wait *wait, gboolean is_stderr, const char *line, gsize length)
{
    SbEvent event = {.kind = SB_EVENT_LINE,
                     .machine = wait->machine,
                     .text = line,
                     .length = length - (line[length - 1] == '\n'),
                     .number = is_stderr};
    sb_operation_tell(wait->operation, &event);
}

static void on_stdout_line(const char *line, gsize length, gpointer data)
{
    tell_line(data, FALSE, line, length);
}

static void on_stderr_line(const char *line, gsize length, gpointer data)
{
    tell_line(data, TRUE, line, length);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Wait *wait = data;
    sb_lines_push(wait->lines[is_stderr], bytes, length);
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    Wait *wait = data;
    for (gsize i = 0; i < G_N_ELEMENTS(wait->lines); i++)
        sb_lines_flush(wait->lines[i]);
    wait->status = status;
    wait->error = failure ? g_error_copy(failure) : NULL;
    sb_loop_end(wait->loop);
}

static void on_cancelled(gpointer data)
{
    Wait *wait = data;
    GError *reason = NULL;
    g_cancellable_set_error_if_cancelled(wait->operation->cancellable, &reason);
    sb_guest_command_stop(wait->command, STOP_GRACE_MS, reason);
}

gboolean sb_guest_command_wait(const SbOperation *operation, const SbAccess *access,
                               const char *machine, const SbGuestCommandRequest *request,
                               int *status_out, GError **error)
{
    static const SbGuestCommandCallbacks callbacks = {NULL, on_output, on_ended};
    if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
        return FALSE;
    Wait wait = {.operation = operation, .machine = machine};
    wait.lines[0] = sb_lines_new(on_stdout_line, &wait);
    wait.lines[1] = sb_lines_new(on_stderr_line, &wait);
    wait.loop = sb_loop_new(operation->cancellable, on_cancelled, &wait);
    wait.command = sb_guest_command_start(access, machine, request, &callbacks, &wait);
    sb_loop_wait(wait.loop);
    sb_guest_command_free(wait.command);
    sb_loop_free(wait.loop);
    for (gsize i = 0; i < G_N_ELEMENTS(wait.lines); i++)
        sb_lines_free(wait.lines[i]);
    if (wait.error)
        g_propagate_error(error, wait.error);
    else
        *status_out = wait.status;
    return !wait.error;
}
