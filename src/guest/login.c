/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/login.h"

#include "base/error.h"
#include "base/text.h"
#include "guest/guest-script.h"
#include "local/ssh.h"

#include <string.h>

/* cloud-init may work for minutes, and its guest say nothing. But a guest that has given up its
 * address would be noticed only when ssh's keepalives give up, after two minutes. */
enum { LOOK_AFTER_MS = 30 * 1000 };

SB_DEFINE_ERROR(sb_login_error, SB_ERRORS_NONE)

struct SbLogin {
    char *machine;
    char *settled_boot; /**< (nullable) */
    SbKeptShell *kept;  /**< (nullable) */
    SbLoginCallbacks callbacks;
    gpointer data;
    SbSshProcess *ssh;
    GString *output; /**< at most SB_GUEST_REPORT_MAX_BYTES: an answer is not longer */
    gsize taken;     /**< this much of the output, in whole lines, was looked through */
    gboolean is_in;
    gboolean is_too_long;
};

/* The machine is in its settled boot, and its shell waits for a command. */
static void keep_shell(SbLogin *login)
{
    sb_kept_shell_put(login->kept, g_steal_pointer(&login->ssh));
    login->callbacks.finished(NULL, NULL, login->data);
}

/* Tells what cloud-init works at, as far as whole lines have come. May free the login. */
static void take_lines(SbLogin *login)
{
    const char *end;
    while ((end = strchr(login->output->str + login->taken, '\n'))) {
        const char *line = login->output->str + login->taken;
        gsize length = (gsize)(end - line);
        SbGuestVain vain;
        g_autofree char *doing = sb_guest_report_doing(line, length, &vain);
        login->taken += length + 1;
        if (login->kept && length == strlen(SB_GUEST_REPORT_SETTLED) &&
            strncmp(line, SB_GUEST_REPORT_SETTLED, length) == 0) {
            keep_shell(login);
            return;
        }
        if (doing && login->callbacks.doing)
            login->callbacks.doing(doing, vain, login->data);
    }
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbLogin *login = data;
    if (is_stderr || login->is_too_long)
        return;
    if (login->output->len + length > SB_GUEST_REPORT_MAX_BYTES) {
        login->is_too_long = TRUE;
        sb_ssh_process_stop(login->ssh);
        return;
    }
    g_string_append_len(login->output, bytes, (gssize)length);
    if (!login->is_in && strstr(login->output->str, SB_GUEST_REPORT_BEGIN)) {
        login->is_in = TRUE;
        login->callbacks.logged_in(login->data);
    }
    take_lines(login);
}

/* The status is not ssh's own: the command that prints the first line was not run. */
static void set_shell_error(const SbLogin *login, int status, GError **error)
{
    g_autofree char *words = g_strstrip(
        g_strconcat(login->output->str, " ", sb_ssh_process_last_words(login->ssh), NULL));
    g_autofree char *said = sb_text_one_line(words);
    g_set_error(error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_SHELL,
                "'%s': the login works, but instead of running a command, the account's shell ends "
                "with exit status %d; it says: %.200s",
                login->machine, status, *said ? said : "nothing");
}

static void on_ended(int status, gpointer data)
{
    SbLogin *login = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(SbCloudInitVerdict) verdict = NULL;
    if (login->is_too_long) {
        g_set_error(&error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS,
                    "'%s': 'cloud-init status' or cloud-init's logs have no end", login->machine);
    } else if (login->is_in && status < 128) {
        g_autoptr(SbGuestReport) report =
            sb_guest_report_parse(login->output->str, login->output->len);
        g_autoptr(GError) cause = NULL;
        verdict = sb_cloud_init_verdict_new(report, &cause);
        if (verdict && g_strcmp0(verdict->boot_id, login->settled_boot) == 0)
            g_clear_pointer(&verdict, sb_cloud_init_verdict_free);
        else if (!verdict)
            g_set_error(&error, SB_LOGIN_ERROR, SB_LOGIN_ERROR_STATUS, "'%s': %s", login->machine,
                        cause->message);
    } else if (!login->is_in && status < 128) {
        set_shell_error(login, status, &error);
    } else {
        sb_ssh_set_error(&error, login->machine, sb_ssh_process_last_words(login->ssh));
    }
    login->callbacks.finished(g_steal_pointer(&verdict), error, login->data);
}

SbLogin *sb_login_start(const SbLoginRequest *request, const SbLoginCallbacks *callbacks,
                        gpointer data, GError **error)
{
    /* With ControlPersist, ssh throws away the messages of its ProxyCommand. Then it gives no
     * reason when the libvirt host refuses. */
    static const char *const with_reasons[] = {"-o", "ControlPersist=no", NULL};
    static const SbSshProcessCallbacks ssh_callbacks = {on_output, on_ended};
    static const char *const no_command[] = {NULL};
    g_autofree char *shell =
        request->kept && request->settled_boot ? sb_guest_script_line(no_command) : NULL;
    g_autofree char *command =
        sb_guest_report_command(request->flags & SB_LOGIN_WAIT, request->settled_boot, shell);
    SbSshProcessRequest ssh = {.config_path = request->config_path,
                               .machine = request->machine,
                               .options = request->flags & SB_LOGIN_PROXIED ? with_reasons : NULL,
                               .command = command,
                               .has_input = shell != NULL,
                               .address = request->address,
                               .port = request->port,
                               .look_after_ms = LOOK_AFTER_MS,
                               .looks_on = TRUE};
    SbLogin *login = g_new0(SbLogin, 1);
    login->machine = g_strdup(request->machine);
    login->settled_boot = g_strdup(request->settled_boot);
    login->kept = shell ? request->kept : NULL;
    login->callbacks = *callbacks;
    login->data = data;
    login->output = g_string_new(NULL);
    login->ssh = sb_ssh_process_start(&ssh, &ssh_callbacks, login, error);
    if (!login->ssh)
        g_clear_pointer(&login, sb_login_free);
    return login;
}

void sb_login_free(SbLogin *login)
{
    if (!login)
        return;
    sb_ssh_process_free(login->ssh);
    g_string_free(login->output, TRUE);
    g_free(login->machine);
    g_free(login->settled_boot);
    g_free(login);
}
