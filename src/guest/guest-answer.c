/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-answer.h"

enum {
    ASK_MS = 30 * 1000, /**< it may be on its way down, which takes 15 s emulated, or up again */
    ANSWER_MAX_BYTES = 16 * 1024,
};

struct SbGuestAnswer {
    SbGuestCommand *command;
    SbGuestAnswerFunc func;
    gpointer data;
    GString *text;
    char *boot_id;
};

static void on_began(const char *boot_id, gpointer data)
{
    SbGuestAnswer *answer = data;
    answer->boot_id = g_strdup(boot_id);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbGuestAnswer *answer = data;
    gsize space = ANSWER_MAX_BYTES - answer->text->len;
    if (!is_stderr)
        g_string_append_len(answer->text, bytes, (gssize)MIN(length, space));
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbGuestAnswer *answer = data;
    g_strchomp(answer->text->str);
    answer->func(failure || status != 0 ? NULL : answer->text->str, answer->boot_id, failure,
                 answer->data);
}

SbGuestAnswer *sb_guest_answer_ask(const SbAccess *access, const char *machine, const char *script,
                                   const char *user, SbGuestAnswerFunc func, gpointer data)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    SbGuestCommandRequest request = {
        .script = script, .user = user, .timeout_ms = ASK_MS, .connect_ms = ASK_MS};
    SbGuestAnswer *answer = g_new0(SbGuestAnswer, 1);
    answer->func = func;
    answer->data = data;
    answer->text = g_string_new(NULL);
    answer->command = sb_guest_command_start(access, machine, &request, &callbacks, answer);
    return answer;
}

void sb_guest_answer_free(SbGuestAnswer *answer)
{
    if (!answer)
        return;
    sb_guest_command_free(answer->command);
    g_string_free(answer->text, TRUE);
    g_free(answer->boot_id);
    g_free(answer);
}
