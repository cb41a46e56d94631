/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-command-wait.h"

#include "guest/guest-question.h"

#include "base/loop.h"
#include "fake-ssh.h"
#include "test.h"

#define HERE "exec sh -c \"$command\""

/* A host without libvirtd, and the access to a fleet of it. */
typedef struct {
    SbHost *host;
    SbAccess *access;
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    fake_ssh(HERE);
    fixture->host = sb_host_open("test:///default", &error);
    g_assert_no_error(error);
    fixture->access = sb_access_new(fixture->host, "f");
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
    sb_access_free(fixture->access);
    sb_host_free(fixture->host);
}

/* ---- waiting for a command ---- */

typedef struct {
    GString *text;         /* each line as "out: LINE|" or "err: LINE|" */
    GCancellable *cancels; /* (nullable) cancelled by the first line */
} Lines;

static void on_event(const SbEvent *event, gpointer data)
{
    Lines *lines = data;
    g_assert_cmpint(event->kind, ==, SB_EVENT_LINE);
    g_assert_cmpstr(event->machine, ==, "m");
    g_string_append_printf(lines->text, "%s: %.*s|", event->number ? "err" : "out",
                           (int)event->length, event->text);
    if (lines->cancels)
        g_cancellable_cancel(lines->cancels);
}

static void test_lines(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Lines lines = {text, NULL};
    SbOperation operation = {fixture->host, NULL, on_event, &lines};
    SbGuestCommandRequest request = {
        .script = "echo a; printf 'b\\nc'; sleep 0.2; echo d >&2; exit 3", .connect_ms = 1000};
    int status;
    g_assert_true(
        sb_guest_command_wait(&operation, fixture->access, "m", &request, &status, &error));
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 3);
    g_assert_cmpstr(text->str, ==, "out: a|out: b|err: d|out: c|");
}

/* The command is ended, not only its connection: it would sleep for an hour. */
static void test_cancel(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    Lines lines = {text, cancellable};
    SbOperation operation = {fixture->host, cancellable, on_event, &lines};
    SbGuestCommandRequest request = {.script = "echo a; exec sleep 4321", .connect_ms = 1000};
    int status = -7;
    g_assert_false(
        sb_guest_command_wait(&operation, fixture->access, "m", &request, &status, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint(status, ==, -7);
    g_clear_error(&error);
    /* What is cancelled before does not begin. */
    g_assert_false(
        sb_guest_command_wait(&operation, fixture->access, "m", &request, &status, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpstr(text->str, ==, "out: a|");
}

/* ---- questions ---- */

typedef struct {
    SbLoop *loop;
    SbGuestQuestion *question;
    char *text;
    gboolean has_boot_id, has_failed;
} Answer;

/* The question can be freed in here. */
static void on_answer(const char *text, const char *boot_id, const GError *failure, gpointer data)
{
    Answer *answer = data;
    answer->text = g_strdup(text);
    answer->has_boot_id = boot_id != NULL;
    answer->has_failed = failure != NULL;
    g_clear_pointer(&answer->question, sb_guest_question_free);
    sb_loop_end(answer->loop);
}

static void ask(const Fixture *fixture, const char *script, const char *expected)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Answer answer = {.loop = loop};
    answer.question = sb_guest_question_ask(fixture->access, "m", script, NULL, on_answer, &answer);
    sb_loop_wait(loop);
    g_assert_cmpstr(answer.text, ==, expected);
    g_assert_true(answer.has_boot_id);
    g_assert_false(answer.has_failed);
    g_free(answer.text);
}

static void test_answers(Fixture *fixture, gconstpointer data)
{
    ask(fixture, "echo yes; echo no >&2", "yes");
    ask(fixture, "true", "");
    /* A script that failed has no answer. */
    ask(fixture, "echo half; false", NULL);
}

static void test_host_key(Fixture *fixture, gconstpointer data)
{
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    Answer answer = {.loop = loop};
    fake_ssh("echo Host key verification failed. >&2; exit 255");
    answer.question = sb_guest_question_ask(fixture->access, "m", "true", NULL, on_answer, &answer);
    sb_loop_wait(loop);
    g_assert_null(answer.text);
    g_assert_false(answer.has_boot_id);
    g_assert_true(answer.has_failed);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    fake_ssh(HERE);
    g_test_add("/guest-command-wait/lines", Fixture, NULL, set_up, test_lines, tear_down);
    g_test_add("/guest-command-wait/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
    g_test_add("/guest-question/answers", Fixture, NULL, set_up, test_answers, tear_down);
    g_test_add("/guest-question/host-key", Fixture, NULL, set_up, test_host_key, tear_down);
    int status = g_test_run();
    fake_ssh_remove();
    return status;
}
