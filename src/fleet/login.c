#include "fleet/login.h"

#include "host/ssh.h"

#include <string.h>

/* What the guest's shell is asked to do. The words tell a shell that answers from one that does
 * not, and a guest without cloud-init from one where it failed. */
static const char logged_in_word[] = "seedbed-logged-in";
static const char no_cloud_init_word[] = "seedbed-no-cloud-init";
static const char guest_command[] =
    "echo seedbed-logged-in; "
    "if ! command -v cloud-init >/dev/null 2>&1; then echo seedbed-no-cloud-init; exit; fi; "
    "answer=$(cloud-init status --wait --format=json); "
    "case $answer in *'\"error\"'*) "
    "while [ ! -e /run/cloud-init/result.json ]; do sleep 1; done; "
    "answer=$(cloud-init status --format=json) ;; esac; "
    "printf '%s\\n' \"$answer\"";

/* More than this from a guest is no answer to this question. */
enum { OUTPUT_MAX_BYTES = 1024 * 1024 };

G_DEFINE_QUARK(sb_login_error_quark, sb_login_error)

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
    g_autoptr(SbCloudInitStatus) status = NULL;
    gboolean is_absent = strstr(login->output->str, no_cloud_init_word) != NULL;
    if (g_subprocess_get_if_exited(login->process) &&
        g_subprocess_get_exit_status(login->process) != SB_SSH_FAILED && login->is_in) {
        const char *answer = strchr(strstr(login->output->str, logged_in_word), '\n');
        if (!is_absent)
            status = sb_cloud_init_status_parse(answer ? answer : "", answer ? strlen(answer) : 0,
                                                &error);
        if (!is_absent && !status) {
            g_clear_error(&error);
            g_set_error(&error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS,
                        "'cloud-init status' gave no answer that makes sense in '%s': %.200s",
                        login->machine, login->errors->str);
        }
    } else {
        sb_ssh_set_error(&error, login->machine, login->errors->str);
    }
    login->callbacks.finished(status, error, login->data);
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
    if (!login->is_in && strstr(login->output->str, logged_in_word)) {
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

SbLogin *sb_login_start(const char *config_path, const char *machine, gboolean is_proxied,
                        const SbLoginCallbacks *callbacks, gpointer data, GError **error)
{
    /* A connection that is to be kept (ControlPersist) throws away what its ProxyCommand says: ssh
     * then gives no reason when the libvirt host refuses. */
    static const char *const with_reasons[] = {"-o", "ControlPersist=no", NULL};
    GSubprocess *process =
        sb_ssh_spawn(config_path, machine, is_proxied ? with_reasons : NULL, guest_command,
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
