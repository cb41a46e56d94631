/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/ssh-process.h"

#include "base/loop.h"

#include "fake-ssh.h"
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
    SbLoop *loop;
    SbSshProcess *process;
    GString *text[2];
    int status;
    gboolean frees;
    gboolean looks_on;
    gboolean is_slow;   /* reading is slower than what writes */
    guint reads_before; /* of standard output, before the first of standard error */
} Seen;

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Seen *seen = data;
    if (seen->is_slow) {
        g_usleep(2000);
        seen->reads_before++;
        if (is_stderr || seen->reads_before > 1000)
            sb_loop_end(seen->loop);
        return;
    }
    g_string_append_len(seen->text[is_stderr], bytes, (gssize)length);
    if (!seen->frees)
        return;
    g_clear_pointer(&seen->process, sb_ssh_process_free);
    sb_loop_end(seen->loop);
}

static void on_ended(int status, gpointer data)
{
    Seen *seen = data;
    seen->status = status;
    sb_loop_end(seen->loop);
}

static const SbSshProcessCallbacks callbacks = {on_output, on_ended};

static void start_at(Seen *seen, const char *command, gboolean has_input, guint16 port)
{
    SbSshProcessRequest request = {.config_path = "config",
                                   .machine = "m",
                                   .command = command,
                                   .has_input = has_input,
                                   .address = port ? "127.0.0.1" : NULL,
                                   .port = port,
                                   .look_after_ms = 100,
                                   .looks_on = seen->looks_on};
    g_autoptr(GError) error = NULL;
    seen->loop = sb_loop_new(NULL, NULL, NULL);
    seen->status = -1;
    for (int i = 0; i < 2; i++)
        seen->text[i] = g_string_new(NULL);
    seen->process = sb_ssh_process_start(&request, &callbacks, seen, &error);
    g_assert_no_error(error);
}

static void start(Seen *seen, const char *command, gboolean has_input)
{
    start_at(seen, command, has_input, 0);
}

static void clear(Seen *seen)
{
    sb_ssh_process_free(seen->process);
    sb_loop_free(seen->loop);
    for (int i = 0; i < 2; i++)
        g_string_free(seen->text[i], TRUE);
}

static void test_output_and_status(void)
{
    Seen seen = {0};
    start(&seen, "echo out; echo err >&2; exit 3", FALSE);
    sb_loop_wait(seen.loop);
    g_assert_cmpstr(seen.text[0]->str, ==, "out\n");
    g_assert_cmpstr(seen.text[1]->str, ==, "err\n");
    g_assert_cmpstr(sb_ssh_process_last_words(seen.process), ==, "err\n");
    g_assert_cmpint(seen.status, ==, 3);
    sb_ssh_process_forget_words(seen.process);
    g_assert_cmpstr(sb_ssh_process_last_words(seen.process), ==, "");
    clear(&seen);
}

static void test_signal(void)
{
    Seen seen = {0};
    start(&seen, "kill -KILL $$", FALSE);
    sb_loop_wait(seen.loop);
    g_assert_cmpint(seen.status, ==, 128 + 9);
    clear(&seen);
}

static void test_words_are_capped(void)
{
    Seen seen = {0};
    start(&seen, "yes | head -c 100000 >&2; printf end >&2", FALSE);
    sb_loop_wait(seen.loop);
    const char *words = sb_ssh_process_last_words(seen.process);
    g_assert_cmpuint(seen.text[1]->len, ==, 100003);
    g_assert_cmpuint(strlen(words), ==, 4096);
    g_assert_true(g_str_has_suffix(words, "y\nend"));
    clear(&seen);
}

/* A flood on standard output does not hold back standard error for ever. */
static void test_flood(void)
{
    Seen seen = {.is_slow = TRUE};
    start(&seen, "yes & echo word >&2; wait", FALSE);
    sb_loop_wait(seen.loop);
    g_assert_cmpuint(seen.reads_before, <=, 1000);
    g_assert_cmpstr(sb_ssh_process_last_words(seen.process), ==, "word\n");
    clear(&seen);
}

static void test_input(void)
{
    Seen seen = {0};
    start(&seen, "cat", TRUE);
    GOutputStream *input = sb_ssh_process_input(seen.process);
    g_assert_true(g_output_stream_write_all(input, "in", 2, NULL, NULL, NULL));
    g_assert_true(g_output_stream_close(input, NULL, NULL));
    sb_loop_wait(seen.loop);
    g_assert_cmpstr(seen.text[0]->str, ==, "in");
    clear(&seen);
}

/* A process that ssh has left behind still holds the pipes. */
static void test_stop(void)
{
    Seen seen = {0};
    start(&seen, "sleep 3 & exec sleep 60", FALSE);
    sb_ssh_process_stop(seen.process);
    sb_loop_wait(seen.loop);
    g_assert_cmpint(seen.status, ==, 128 + 15);
    clear(&seen);
}

static void test_free_in_callback(void)
{
    Seen seen = {.frees = TRUE};
    start(&seen, "echo one; exec sleep 60", FALSE);
    sb_loop_wait(seen.loop);
    g_assert_cmpstr(seen.text[0]->str, ==, "one\n");
    g_assert_cmpint(seen.status, ==, -1);
    clear(&seen);
}

/* A socket of this host. Linux drops new connections when the queue of those that were not accepted
 * is full, as a firewall does. */
static int listen_at(guint16 *port_out)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(listener, (struct sockaddr *)&address, length), ==, 0);
    g_assert_cmpint(listen(listener, 0), ==, 0);
    g_assert_cmpint(getsockname(listener, (struct sockaddr *)&address, &length), ==, 0);
    *port_out = ntohs(address.sin_port);
    return listener;
}

static int connect_to(guint16 port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    connect(client, (struct sockaddr *)&address, sizeof address);
    return client;
}

/* Where nothing answers, ssh is not waited for, unless something has come from the guest, or a
 * later silence counts, too. */
static void test_silent_port(void)
{
    Seen silent = {0}, answered = {0}, lost = {.looks_on = TRUE}, passed_on = {.looks_on = TRUE};
    guint16 port;
    int listener = listen_at(&port), clients[2];
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++)
        clients[i] = connect_to(port);
    start_at(&answered, "echo ready; sleep 7", FALSE, port);
    start_at(&lost, "echo ready; exec sleep 60", FALSE, port);
    start_at(&passed_on, "sleep 7", FALSE, port);
    sb_ssh_process_pass_on(passed_on.process, &callbacks, &passed_on);
    start_at(&silent, "sleep 60 & trap '' TERM; wait", FALSE, port);
    sb_loop_wait(silent.loop);
    g_assert_cmpint(silent.status, ==, 128 + 9);
    g_autofree char *words =
        g_strdup_printf("ssh: connect to host 127.0.0.1 port %u: no answer\n", port);
    g_assert_cmpstr(sb_ssh_process_last_words(silent.process), ==, words);
    sb_loop_wait(answered.loop);
    g_assert_cmpint(answered.status, ==, 0);
    sb_loop_wait(lost.loop);
    g_assert_cmpint(lost.status, ==, 128 + 9);
    g_assert_cmpstr(lost.text[0]->str, ==, "ready\n");
    sb_loop_wait(passed_on.loop);
    g_assert_cmpint(passed_on.status, ==, 0);
    clear(&silent);
    clear(&answered);
    clear(&lost);
    clear(&passed_on);
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++)
        close(clients[i]);
    close(listener);
}

/* A server that is only slow keeps its ssh; and a look that still waits for it does no harm later.
 */
static void test_slow_port(void)
{
    Seen seen = {0};
    guint16 port;
    int listener = listen_at(&port);
    start_at(&seen, "sleep 2", FALSE, port);
    sb_loop_wait(seen.loop);
    g_assert_cmpint(seen.status, ==, 0);
    clear(&seen);
    close(listener);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    fake_ssh("exec sh -c \"$command\"");
    g_test_add_func("/ssh-process/output-and-status", test_output_and_status);
    g_test_add_func("/ssh-process/signal", test_signal);
    g_test_add_func("/ssh-process/words-are-capped", test_words_are_capped);
    g_test_add_func("/ssh-process/flood", test_flood);
    g_test_add_func("/ssh-process/input", test_input);
    g_test_add_func("/ssh-process/stop", test_stop);
    g_test_add_func("/ssh-process/free-in-callback", test_free_in_callback);
    g_test_add_func("/ssh-process/silent-port", test_silent_port);
    g_test_add_func("/ssh-process/slow-port", test_slow_port);
    int status = g_test_run();
    fake_ssh_remove();
    return status;
}
