/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/login.h"

#include "base/error.h"
#include "cloud-init/guest-report.h"
#include "local/ssh.h"

#include <string.h>

/* More than this from a guest is no answer to this question. */
enum { OUTPUT_MAX_BYTES = SB_GUEST_REPORT_MAX_BYTES };

SB_DEFINE_ERROR(sb_login_error, SB_ERRORS_NONE)

struct SbLogin {
    char *machine;
    SbLoginCallbacks callbacks;
    gpointer data;
    GSubprocess *process;
    GCancellable *cancellable;
    GString *output;
    GString *errors;
    char buffers[2][4096]; /**< of stdout and stderr */
    guint open_pipes;
    gboolean is_in;
    gboolean is_freed;
    guint pending; /**< asynchronous calls that will still come back */
};

static void maybe_destroy(SbLogin *login)
{
    if (!login->is_freed || login->pending > 0)
        return;
    g_object_unref(login->process);
    g_object_unref(login->cancellable);
    g_string_free(login->output, TRUE);
    g_string_free(login->errors, TRUE);
    g_free(login->machine);
    g_free(login);
}

void sb_login_free(SbLogin *login)
{
    if (!login || login->is_freed)
        return;
    login->is_freed = TRUE;
    g_cancellable_cancel(login->cancellable);
    g_subprocess_send_signal(login->process, 15 /* SIGTERM: ssh closes the connection */);
    maybe_destroy(login);
}

static void judge(SbLogin *login)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCloudInitVerdict) verdict = NULL;
    if (g_subprocess_get_if_exited(login->process) &&
        g_subprocess_get_exit_status(login->process) != SB_SSH_FAILED && login->is_in) {
        g_autoptr(SbGuestReport) report =
            sb_guest_report_parse(login->output->str, login->output->len);
        g_autoptr(GError) cause = NULL;
        verdict = sb_cloud_init_verdict_new(report, &cause);
        if (!verdict)
            g_set_error(&error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS, "'%s': %s", login->machine,
                        cause->message);
    } else {
        sb_ssh_set_error(&error, login->machine, login->errors->str);
    }
    login->callbacks.finished(g_steal_pointer(&verdict), error, login->data);
}

static void on_exited(GObject *source, GAsyncResult *result, gpointer data)
{
    SbLogin *login = data;
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    /* The verdict's receiver may free the login: this call still counts as pending, so it lives on.
     */
    if (!login->is_freed)
        judge(login);
    login->pending--;
    maybe_destroy(login);
}

static void read_more(SbLogin *login, GInputStream *pipe);

static void take_output(SbLogin *login, GString *into, const char *bytes, gsize length)
{
    if (into->len + length <= OUTPUT_MAX_BYTES)
        g_string_append_len(into, bytes, length);
    if (!login->is_in && strstr(login->output->str, SB_GUEST_REPORT_BEGIN)) {
        login->is_in = TRUE;
        login->callbacks.logged_in(login->data);
    }
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    SbLogin *login = data;
    GInputStream *pipe = G_INPUT_STREAM(source);
    gssize got = g_input_stream_read_finish(pipe, result, NULL);
    gboolean is_stdout = pipe == g_subprocess_get_stdout_pipe(login->process);
    if (!login->is_freed && got > 0)
        take_output(login, is_stdout ? login->output : login->errors, login->buffers[!is_stdout],
                    got);
    if (!login->is_freed && got > 0) {
        read_more(login, pipe);
    } else if (!login->is_freed && --login->open_pipes == 0) {
        login->pending++;
        g_subprocess_wait_async(login->process, login->cancellable, on_exited, login);
    }
    login->pending--;
    maybe_destroy(login);
}

static void read_more(SbLogin *login, GInputStream *pipe)
{
    gboolean is_stdout = pipe == g_subprocess_get_stdout_pipe(login->process);
    login->pending++;
    g_input_stream_read_async(pipe, login->buffers[!is_stdout], sizeof login->buffers[0],
                              G_PRIORITY_DEFAULT, login->cancellable, on_read, login);
}

SbLogin *sb_login_start(const char *config_path, const char *machine, SbLoginFlags flags,
                        const SbLoginCallbacks *callbacks, gpointer data, GError **error)
{
    /* A connection that is to be kept (ControlPersist) throws away what its ProxyCommand says: ssh
     * then gives no reason when the libvirt host refuses. */
    static const char *const with_reasons[] = {"-o", "ControlPersist=no", NULL};
    g_autofree char *command = sb_guest_report_command(flags & SB_LOGIN_WAIT);
    GSubprocess *process =
        sb_ssh_spawn(config_path, machine, flags & SB_LOGIN_PROXIED ? with_reasons : NULL, command,
                     G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
    if (!process)
        return NULL;
    SbLogin *login = g_new0(SbLogin, 1);
    login->machine = g_strdup(machine);
    login->callbacks = *callbacks;
    login->data = data;
    login->process = process;
    login->cancellable = g_cancellable_new();
    login->output = g_string_new(NULL);
    login->errors = g_string_new(NULL);
    login->open_pipes = 2;
    read_more(login, g_subprocess_get_stdout_pipe(process));
    read_more(login, g_subprocess_get_stderr_pipe(process));
    return login;
}
