/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-script.h"

#include <string.h>

enum { STOP_GRACE_MS = 5000, LINE_MAX_BYTES = 64 * 1024 };

typedef struct {
    GMainLoop *loop;
    SbGuestLineFunc line;
    gpointer data;
    GString *partial[2]; /**< of stdout and stderr */
    SbGuestCommand *command;
    int status;
    GError *error;
} Run;

static void on_began(const char *boot_id, gpointer data)
{
}

static void emit(const Run *run, gboolean is_stderr, const char *line, gsize length)
{
    if (run->line)
        run->line(is_stderr, line, length, run->data);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Run *run = data;
    GString *partial = run->partial[is_stderr];
    g_string_append_len(partial, bytes, (gssize)length);
    const char *start = partial->str, *end = start + partial->len, *newline;
    while ((newline = memchr(start, '\n', (gsize)(end - start)))) {
        emit(run, is_stderr, start, (gsize)(newline - start));
        start = newline + 1;
    }
    g_string_erase(partial, 0, start - partial->str);
    if (partial->len >= LINE_MAX_BYTES) {
        emit(run, is_stderr, partial->str, partial->len);
        g_string_truncate(partial, 0);
    }
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    Run *run = data;
    for (int i = 0; i < 2; i++)
        if (run->partial[i]->len > 0)
            emit(run, i, run->partial[i]->str, run->partial[i]->len);
    run->status = status;
    run->error = failure ? g_error_copy(failure) : NULL;
    g_main_loop_quit(run->loop);
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer data)
{
    Run *run = data;
    GError *reason = NULL;
    g_cancellable_set_error_if_cancelled(cancellable, &reason);
    sb_guest_command_stop(run->command, STOP_GRACE_MS, reason);
    return G_SOURCE_REMOVE;
}

gboolean sb_guest_script_run(const SbAccess *access, const char *machine,
                             const SbGuestCommandRequest *request, SbGuestLineFunc line,
                             gpointer data, GCancellable *cancellable, int *status_out,
                             GError **error)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    if (g_cancellable_set_error_if_cancelled(cancellable, error))
        return FALSE;
    Run run = {.loop = g_main_loop_new(NULL, FALSE), .line = line, .data = data};
    run.partial[0] = g_string_new(NULL);
    run.partial[1] = g_string_new(NULL);
    run.command = sb_guest_command_start(access, machine, request, &callbacks, &run);
    g_autoptr(GSource) source = g_cancellable_source_new(cancellable);
    g_source_set_callback(source, G_SOURCE_FUNC(on_cancelled), &run, NULL);
    g_source_attach(source, NULL);
    g_main_loop_run(run.loop);
    g_source_destroy(source);
    sb_guest_command_free(run.command);
    g_string_free(run.partial[0], TRUE);
    g_string_free(run.partial[1], TRUE);
    g_main_loop_unref(run.loop);
    *status_out = run.status;
    if (!run.error)
        return TRUE;
    g_propagate_error(error, run.error);
    return FALSE;
}
