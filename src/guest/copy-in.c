/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/copy-in.h"

#include "base/text.h"
#include "base/workers.h"
#include "guest/guest-command.h"
#include "local/tar.h"

#include <string.h>

enum {
    STDERR_KEPT_BYTES = 2048,
    STDERR_LINES = 4,
    COPY_MS = 60 * 60 * 1000, /**< a guest that takes longer has stopped to read */
};

struct SbCopyIn {
    const SbSourceFiles *files;
    char *from, *to; /**< for messages */
    SbCopyInFunc done;
    gpointer data;
    SbGuestCommand *command;
    GOutputStream *input;
    GCancellable *cancellable;
    GThread *writer;
    gsize written;       /**< atomic */
    GError *write_error; /**< the thread's, until it was joined; or why there is none */
    GString *errors;     /**< the guest's last words */
};

char *sb_copy_in_script(const char *to)
{
    g_autofree char *quoted = g_shell_quote(to);
    return g_strdup_printf("mkdir -p -- %s && tar -xf - -C %s", quoted, quoted);
}

static gpointer write_archive(gpointer data)
{
    SbCopyIn *copy = data;
    sb_tar_write(copy->files, copy->input, &copy->written, copy->cancellable, &copy->write_error);
    g_output_stream_close(copy->input, NULL, NULL);
    return NULL;
}

static void join_writer(SbCopyIn *copy)
{
    if (!copy->writer)
        return;
    g_cancellable_cancel(copy->cancellable);
    g_thread_join(g_steal_pointer(&copy->writer));
}

static void on_began(const char *boot_id, gpointer data)
{
    SbCopyIn *copy = data;
    copy->input = g_object_ref(sb_guest_command_input(copy->command));
    copy->writer = sb_worker_start("copy", write_archive, copy, &copy->write_error);
    if (!copy->writer)
        g_output_stream_close(copy->input, NULL, NULL);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbCopyIn *copy = data;
    g_string_append_len(copy->errors, bytes, (gssize)length);
    if (copy->errors->len > STDERR_KEPT_BYTES)
        g_string_erase(copy->errors, 0, (gssize)(copy->errors->len - STDERR_KEPT_BYTES));
}

/* What can be done about the guest's WORDS; "" if that is not known. */
static const char *next_step(const char *words)
{
    static const struct {
        const char *part, *step;
    } steps[] = {
        {"No space left on device",
         "\ntry: give the machine a larger 'disk' in the fleet file, make room in it, or copy to a "
         "folder on another of its file systems"},
        {"Read-only file system",
         "\ntry: copy to a folder that can be written to, such as '/tmp'; or let the guest write "
         "there first, by 'sudo mount -o remount,rw' on that file system"},
        {"Permission denied",
         "\ntry: copy to a folder of the account, such as its home ('MACHINE:'), and move it from "
         "there with 'sudo mv' by 'seedbed exec'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++)
        if (strstr(words, steps[i].part))
            return steps[i].step;
    return "";
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbCopyIn *copy = data;
    join_writer(copy);
    g_autoptr(GError) error = NULL;
    g_autofree char *clean = sb_text_sanitize(copy->errors->str, copy->errors->len);
    g_autofree char *words = sb_text_last_lines(clean, STDERR_LINES);
    /* A file that cannot be read here makes the guest's tar fail: the file is the cause. */
    if (g_error_matches(copy->write_error, SB_TAR_ERROR, SB_TAR_ERROR_READ))
        error = g_error_copy(copy->write_error);
    else if (copy->write_error && copy->write_error->domain == G_THREAD_ERROR)
        g_set_error(&error, G_THREAD_ERROR, copy->write_error->code, "cannot copy '%s' to '%s': %s",
                    copy->from, copy->to, copy->write_error->message);
    else if (g_error_matches(failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT))
        /* That is not the timeout of the step. */
        g_set_error(&error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE, "cannot copy '%s' to '%s': %s",
                    copy->from, copy->to, failure->message);
    else if (failure)
        error = g_error_new(failure->domain, failure->code, "cannot copy '%s' to '%s': %s",
                            copy->from, copy->to, failure->message);
    else if (status != 0)
        g_set_error(&error, SB_TAR_ERROR, SB_TAR_ERROR_WRITE,
                    "cannot copy '%s' to '%s': the guest's tar failed with %d: %s%s", copy->from,
                    copy->to, status, words, next_step(words));
    copy->done(error, copy->data);
}

SbCopyIn *sb_copy_in_start(const SbAccess *access, const char *machine,
                           const SbCopyInRequest *request, SbCopyInFunc done, gpointer data)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    SbCopyIn *copy = g_new0(SbCopyIn, 1);
    copy->files = request->files;
    copy->from = g_strdup(request->from);
    copy->to = g_strdup(request->to);
    copy->done = done;
    copy->data = data;
    copy->cancellable = g_cancellable_new();
    copy->errors = g_string_new(NULL);
    SbGuestCommandRequest command = {.script = request->script,
                                     .user = request->user,
                                     .timeout_ms = COPY_MS,
                                     .connect_ms = request->connect_ms,
                                     .takes_input = TRUE};
    copy->command = sb_guest_command_start(access, machine, &command, &callbacks, copy);
    return copy;
}

guint64 sb_copy_in_bytes(SbCopyIn *copy)
{
    return (guint64)g_atomic_pointer_get(&copy->written);
}

void sb_copy_in_free(SbCopyIn *copy)
{
    if (!copy)
        return;
    sb_guest_command_free(copy->command);
    join_writer(copy);
    g_clear_object(&copy->input);
    g_clear_error(&copy->write_error);
    g_object_unref(copy->cancellable);
    g_string_free(copy->errors, TRUE);
    g_free(copy->from);
    g_free(copy->to);
    g_free(copy);
}
