/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-question.h"

enum {
    ASK_MS = 30 * 1000, /**< the guest may be going down, which takes 15 s emulated, or coming up */
    ANSWER_MAX_BYTES = 16 * 1024,
};

struct SbGuestQuestion {
    SbGuestCommand *command;
    SbGuestAnswerFunc func;
    gpointer data;
    GString *text;
    char *boot_id;
};

static void on_began(const char *boot_id, gpointer data)
{
    SbGuestQuestion *question = data;
    question->boot_id = g_strdup(boot_id);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    SbGuestQuestion *question = data;
    gsize space = ANSWER_MAX_BYTES - question->text->len;
    if (!is_stderr)
        g_string_append_len(question->text, bytes, (gssize)MIN(length, space));
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    SbGuestQuestion *question = data;
    g_strchomp(question->text->str);
    question->func(failure || status != 0 ? NULL : question->text->str, question->boot_id, failure,
                   question->data);
}

SbGuestQuestion *sb_guest_question_ask(const SbAccess *access, const char *machine,
                                       const char *script, const char *user, SbGuestAnswerFunc func,
                                       gpointer data)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    SbGuestCommandRequest request = {
        .script = script, .user = user, .timeout_ms = ASK_MS, .connect_ms = ASK_MS};
    SbGuestQuestion *question = g_new0(SbGuestQuestion, 1);
    question->func = func;
    question->data = data;
    question->text = g_string_new(NULL);
    question->command = sb_guest_command_start(access, machine, &request, &callbacks, question);
    return question;
}

void sb_guest_question_free(SbGuestQuestion *question)
{
    if (!question)
        return;
    sb_guest_command_free(question->command);
    g_string_free(question->text, TRUE);
    g_free(question->boot_id);
    g_free(question);
}
