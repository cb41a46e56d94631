/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-clock.h"

#include "base/loop.h"
#include "guest/guest-command.h"

#include <string.h>

enum { CONNECT_MS = 60 * 1000, SET_MS = 60 * 1000 };

/* A clock that is set to whole seconds is first up to AHEAD too early, or the rest too late; then
 * comes what the way has taken. Both stay below a second. */
enum { AHEAD_US = 750 * 1000, WAY_US = 700 * 1000 };

typedef struct {
    SbGuestCommand *command;
    SbLoop *loop;
    GCancellable *cancellable; /**< (nullable) */
    guint told;                /**< how often */
    gint64 told_us;
    int status;
    GError *error;
} Setting;

gint64 sb_guest_clock_now(void)
{
    return (g_get_real_time() + AHEAD_US) / G_USEC_PER_SEC;
}

gboolean sb_guest_clock_is_right(gint64 told_us, gint64 answered_us)
{
    return answered_us - told_us <= WAY_US;
}

/* If the guest does not take it, its command ends, and that is told. */
static void tell(Setting *setting)
{
    g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT "\n", sb_guest_clock_now());
    setting->told++;
    setting->told_us = g_get_monotonic_time();
    g_output_stream_write_all(sb_guest_command_input(setting->command), line, strlen(line), NULL,
                              NULL, NULL);
}

static void on_began(const char *boot_id, gpointer data)
{
    tell(data);
}

/* The guest says a byte each time. */
static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Setting *setting = data;
    if (is_stderr)
        return;
    if (setting->told < SB_GUEST_CLOCK_TRIES &&
        !sb_guest_clock_is_right(setting->told_us, g_get_monotonic_time()))
        tell(setting);
    else
        g_output_stream_close(sb_guest_command_input(setting->command), NULL, NULL);
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    Setting *setting = data;
    setting->status = status;
    setting->error = failure ? g_error_copy(failure) : NULL;
    sb_loop_end(setting->loop);
}

static void on_cancelled(gpointer data)
{
    Setting *setting = data;
    GError *reason = NULL;
    g_cancellable_set_error_if_cancelled(setting->cancellable, &reason);
    sb_guest_command_stop(setting->command, 0, reason);
}

gboolean sb_guest_clock_set(const SbOperation *operation, const SbAccess *access,
                            const char *machine, GError **error)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    const SbGuestCommandRequest request = {
        .script = "while read -r now; do date -s \"@$now\" >/dev/null && echo || exit; done",
        .user = "root",
        .timeout_ms = SET_MS,
        .connect_ms = CONNECT_MS,
        .takes_input = TRUE};
    if (g_cancellable_set_error_if_cancelled(operation->cancellable, error))
        return FALSE;
    Setting setting = {.cancellable = operation->cancellable};
    setting.loop = sb_loop_new(operation->cancellable, on_cancelled, &setting);
    setting.command = sb_guest_command_start(access, machine, &request, &callbacks, &setting);
    sb_loop_wait(setting.loop);
    sb_guest_command_free(setting.command);
    sb_loop_free(setting.loop);
    if (setting.error)
        g_propagate_error(error, setting.error);
    else if (setting.status != 0)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the guest's 'date' failed with %d",
                    setting.status);
    return !setting.error && setting.status == 0;
}
