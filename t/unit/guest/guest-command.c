/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-command.h"

#include "base/loop.h"
#include "guest/login.h"

#include "fake-ssh.h"
#include "test.h"

#include <signal.h>
#include <string.h>

/* One command, and all that is heard of it. */
typedef struct {
    SbHost *host;
    SbAccess *access;
    SbLoop *loop;
    SbGuestCommand *command;
    GString *text[2];
    guint begun;
    int status;
    GError *failure;
    char *leftovers;
    gint64 ended_ms;
    GError *stop_reason; /* not NULL: it is stopped when its first output comes */
    guint stop_grace_ms;
    gboolean is_stopped_first; /* before it could begin */
    gboolean frees;            /* it is freed when its first output comes */
} Seen;

static void on_began(const char *boot_id, gpointer data)
{
    Seen *seen = data;
    seen->begun++;
    g_assert_cmpuint(strlen(boot_id), ==, 36);
    GOutputStream *input = sb_guest_command_input(seen->command);
    g_assert_nonnull(input);
}

static void on_output(gboolean is_stderr, const char *bytes, gsize length, gpointer data)
{
    Seen *seen = data;
    g_string_append_len(seen->text[is_stderr], bytes, (gssize)length);
    if (seen->stop_reason)
        sb_guest_command_stop(seen->command, seen->stop_grace_ms,
                              g_steal_pointer(&seen->stop_reason));
    if (!seen->frees)
        return;
    g_clear_pointer(&seen->command, sb_guest_command_free);
    sb_loop_end(seen->loop);
}

static void on_ended(int status, const GError *failure, gpointer data)
{
    Seen *seen = data;
    seen->status = status;
    seen->failure = failure ? g_error_copy(failure) : NULL;
    seen->leftovers = g_strdup(sb_guest_command_leftovers(seen->command));
    g_clear_pointer(&seen->command, sb_guest_command_free);
    sb_loop_end(seen->loop);
}

/* Runs REQUEST with SSH, a shell script, in the place of ssh. */
static void run(Seen *seen, const char *ssh, const SbGuestCommandRequest *request)
{
    static const SbGuestCommandCallbacks callbacks = {on_began, on_output, on_ended};
    g_autoptr(GError) error = NULL;
    gint64 begun_us = g_get_monotonic_time();
    fake_ssh(ssh);
    seen->host = sb_host_open("test:///default", &error);
    g_assert_no_error(error);
    seen->access = sb_access_new(seen->host, "f");
    seen->loop = sb_loop_new(NULL, NULL, NULL);
    seen->status = -2;
    for (int i = 0; i < 2; i++)
        seen->text[i] = g_string_new(NULL);
    seen->command = sb_guest_command_start(seen->access, "m", request, &callbacks, seen);
    if (seen->is_stopped_first)
        sb_guest_command_stop(seen->command, 5000, g_steal_pointer(&seen->stop_reason));
    sb_loop_wait(seen->loop);
    seen->ended_ms = (g_get_monotonic_time() - begun_us) / 1000;
}

static void clear(Seen *seen)
{
    g_clear_pointer(&seen->command, sb_guest_command_free);
    sb_access_free(seen->access);
    sb_host_free(seen->host);
    sb_loop_free(seen->loop);
    for (int i = 0; i < 2; i++)
        g_string_free(seen->text[i], TRUE);
    g_clear_error(&seen->failure);
    g_free(seen->leftovers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Seen, clear)

#define HERE "exec sh -c \"$command\""

static void test_output_and_status(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo out; printf err >&2; exit 255",
                                     .connect_ms = 1000};
    run(&seen, HERE, &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpuint(seen.begun, ==, 1);
    g_assert_cmpint(seen.status, ==, 255);
    g_assert_cmpstr(seen.text[0]->str, ==, "out\n");
    g_assert_cmpstr(seen.text[1]->str, ==, "err");
}

/* The fake ssh waits for 4 s before the guest answers: the timeout is about the command alone. */
static void test_timeout_counts_from_the_begin(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo done", .timeout_ms = 3500, .connect_ms = 1000};
    run(&seen, "sleep 4; " HERE, &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpstr(seen.text[0]->str, ==, "done\n");
    g_assert_cmpint(seen.ended_ms, >=, 4000);
}

static void test_timeout(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {
        .script = "echo $$; sleep 4321 & sleep 4321", .timeout_ms = 2000, .connect_ms = 1000};
    run(&seen, HERE, &request);
    g_assert_error(seen.failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT);
    g_assert_cmpint(seen.status, ==, 128 + 15);
    /* Nothing of its process group is left. */
    int pid = (int)g_ascii_strtoll(seen.text[0]->str, NULL, 10);
    g_assert_cmpint(pid, >, 1);
    g_assert_cmpint(kill(-pid, 0), ==, -1);
}

/* The first two attempts fail; the command has not begun, so it is tried again. */
static void test_tries_again(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo out", .connect_ms = 20000};
    run(&seen,
        "case $* in *-O*) exit ;; esac\n"
        "echo x >>\"$(dirname \"$0\")/tries\"\n"
        "[ $(wc -l <\"$(dirname \"$0\")/tries\") = 3 ] || { echo refused >&2; exit 255; }\n" HERE,
        &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpuint(seen.begun, ==, 1);
    g_assert_cmpstr(seen.text[0]->str, ==, "out\n");
    g_assert_cmpstr(seen.text[1]->str, ==, "");
}

static void test_unreachable(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo out", .connect_ms = 1};
    run(&seen, "echo Connection refused >&2; exit 255", &request);
    g_assert_error(seen.failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE);
    g_assert_nonnull(strstr(seen.failure->message, "Connection refused"));
    g_assert_cmpint(seen.status, ==, -1);
    g_assert_cmpuint(seen.begun, ==, 0);
}

/* With another host key, trying again is of no use. */
static void test_other_host_key(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo out", .connect_ms = 60000};
    run(&seen, "echo Host key verification failed. >&2; exit 255", &request);
    g_assert_error(seen.failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_UNREACHABLE);
}

/* What began is never run twice. */
static void test_lost(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo said >&2; kill -KILL $(ps -o ppid= -p $$)",
                                     .connect_ms = 60000};
    run(&seen, HERE, &request);
    g_assert_error(seen.failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_LOST);
    g_assert_nonnull(strstr(seen.failure->message, "said"));
    g_assert_cmpuint(seen.begun, ==, 1);
    g_assert_cmpint(seen.status, ==, -1);
}

static void test_input(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {
        .script = "read -r line; echo \"$line\"", .connect_ms = 1000, .takes_input = TRUE};
    run(&seen, "{ read -r go; echo $go; echo in; } | sh -c \"$command\"", &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpstr(seen.text[0]->str, ==, "in\n");
}

/* As with OpenSSH's sshd, ssh ends only when nothing holds the output open. PROCESS is left behind
 * and writes for ever; its end is the end of the pipe. */
static void check_writer(const char *process)
{
    g_auto(Seen) seen = {0};
    g_autofree char *script = g_strdup_printf("%s & echo $!; exit 3", process);
    SbGuestCommandRequest request = {.script = script, .timeout_ms = 60000, .connect_ms = 1000};
    run(&seen, HERE, &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpint(seen.status, ==, 3);
    g_assert_cmpint(seen.ended_ms, <, 40000);
    g_assert_nonnull(seen.leftovers);
    g_assert_nonnull(strstr(seen.leftovers, "yes 1000000000"));
}

static void test_leftovers_that_write(void)
{
    check_writer("yes 1000000000");
    check_writer("(while :; do echo x; sleep 0.2; done; : yes 1000000000)");
}

static void test_leftovers_that_are_silent(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {
        .script = "setsid sleep 54 & echo $!", .timeout_ms = 60000, .connect_ms = 1000};
    run(&seen, HERE, &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpint(seen.status, ==, 0);
    int pid = (int)g_ascii_strtoll(seen.text[0]->str, NULL, 10);
    g_autofree char *expected = g_strdup_printf("sleep 54 (%d)", pid);
    g_assert_cmpstr(seen.leftovers, ==, expected);
    /* It may be meant to run on. */
    g_assert_cmpint(kill(pid, SIGTERM), ==, 0);
}

/* A timeout ends also what is not in the process group any more, as far as anybody waits for it. */
static void test_timeout_with_leftovers(void)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {
        .script = "setsid yes 1000000000 & sleep 4321", .timeout_ms = 300, .connect_ms = 1000};
    run(&seen, HERE, &request);
    g_assert_error(seen.failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT);
    g_assert_cmpint(seen.ended_ms, <, 40000);
}

static void test_stop(void)
{
    g_auto(Seen) seen = {.stop_grace_ms = 5000};
    SbGuestCommandRequest request = {.script = "echo out; sleep 4321", .connect_ms = 1000};
    seen.stop_reason = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    run(&seen, HERE, &request);
    g_assert_error(seen.failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint(seen.status, ==, 128 + 15);
}

/* The guest cannot do it in time: the end comes without an exit status. */
static void test_stop_without_answer(void)
{
    g_auto(Seen) seen = {.stop_grace_ms = 200};
    SbGuestCommandRequest request = {.script = "trap '' TERM; echo out; sleep 60; sleep 60",
                                     .connect_ms = 1000};
    seen.stop_reason = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    run(&seen, HERE, &request);
    g_assert_error(seen.failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint(seen.status, ==, -1);
    g_assert_cmpint(seen.ended_ms, <, 50000);
}

static void test_stop_before_it_begins(void)
{
    g_auto(Seen) seen = {.is_stopped_first = TRUE};
    SbGuestCommandRequest request = {.script = "echo out", .connect_ms = 1000};
    seen.stop_reason = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    run(&seen, HERE, &request);
    g_assert_error(seen.failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpuint(seen.begun, ==, 0);
}

static void test_free_in_callback(void)
{
    g_auto(Seen) seen = {.frees = TRUE};
    SbGuestCommandRequest request = {.script = "echo a >&2; echo b >&2; sleep 4321",
                                     .connect_ms = 1000};
    run(&seen, HERE, &request);
    g_assert_cmpint(seen.status, ==, -2);
    g_assert_true(g_str_has_prefix(seen.text[1]->str, "a\n"));
}

/* ---- kept shells ---- */

/* In place of /proc, guest-command.sh looks at this folder: the host's processes come and go. */
static char *processes;

#define HERE_KEPT                                                                                  \
    "command=$(printf '%s\\n' \"$command\" | sed \"s|/proc/\\([[1]\\)|$PROCESSES/\\1|g\")\n" HERE

/* Runs SCRIPT with KEPT; what it prints is OUTPUT. */
static void run_kept(SbKeptShell *kept, const char *script, const char *output)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = script, .connect_ms = 20000, .kept = kept};
    run(&seen, HERE_KEPT, &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpuint(seen.begun, ==, 1);
    g_assert_cmpint(seen.status, ==, 7);
    g_assert_cmpstr(seen.text[0]->str, ==, output);
    g_assert_cmpstr(seen.text[1]->str, ==, "err\n");
}

/* The process id of the shell that runs a command now. */
static int shell_of(SbKeptShell *kept)
{
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "echo $PPID", .connect_ms = 20000, .kept = kept};
    run(&seen, HERE_KEPT, &request);
    g_assert_no_error(seen.failure);
    int shell = (int)g_ascii_strtoll(seen.text[0]->str, NULL, 10);
    g_assert_cmpint(shell, >, 1);
    return shell;
}

static void test_kept(void)
{
    g_autoptr(SbKeptShell) kept = sb_kept_shell_new();
    int shell = shell_of(kept);
    /* The next one finds nothing of its variables and its folder. */
    run_kept(kept,
             "cd /; X=1; export X; echo err >&2\nprintf \"it's $SEEDBED_COMMAND\" | wc -c; exit 7",
             "41\n");
    run_kept(kept, "echo err >&2; printf %s \"${X-none}\"; [ \"$PWD\" != / ]; exit 7", "none");
    g_assert_cmpint(shell_of(kept), ==, shell);
    g_autofree char *longer = g_strnfill(8000, ' ');
    g_autofree char *script = g_strconcat("echo err >&2; exit 7", longer, NULL);
    run_kept(kept, script, "");
    sb_kept_shell_close(kept);
    g_assert_cmpint(shell_of(kept), !=, shell);
}

/* A process of MEMORY (statm, in proc(5)) is there after the command. */
static int shell_after(SbKeptShell *kept, const char *memory)
{
    g_autofree char *script = g_strdup_printf(
        "mkdir $PROCESSES/7$$; echo '%s' >$PROCESSES/7$$/statm; echo err >&2; exit 7", memory);
    run_kept(kept, script, "");
    return shell_of(kept);
}

static void test_kept_with_leftovers(void)
{
    g_autoptr(SbKeptShell) kept = sb_kept_shell_new();
    int shell = shell_of(kept);
    g_assert_cmpint(shell_after(kept, "0 0 0 0 0 0 0"), ==, shell);
    int next = shell_after(kept, "120 30 20 1 0 90 0");
    g_assert_cmpint(next, !=, shell);
    g_assert_cmpint(shell_of(kept), ==, next);
}

static void test_kept_and_lost(void)
{
    g_autoptr(SbKeptShell) kept = sb_kept_shell_new();
    kill(shell_of(kept), SIGKILL);
    run_kept(kept, "echo err >&2; exit 7", "");
}

static void test_kept_and_stopped(void)
{
    g_autoptr(SbKeptShell) kept = sb_kept_shell_new();
    int shell = shell_of(kept);
    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {
        .script = "sleep 4321", .timeout_ms = 300, .connect_ms = 1000, .kept = kept};
    run(&seen, HERE_KEPT, &request);
    g_assert_error(seen.failure, SB_GUEST_COMMAND_ERROR, SB_GUEST_COMMAND_ERROR_TIMEOUT);
    g_assert_cmpint(seen.status, ==, 128 + 15);
    g_assert_cmpint(shell_of(kept), !=, shell);
}

static void on_logged_in(gpointer data)
{
}

static void on_login_finished(SbCloudInitVerdict *verdict, const GError *error, gpointer loop)
{
    g_assert_no_error(error);
    g_assert_null(verdict);
    sb_loop_end(loop);
}

/* The login that finds a machine in its settled boot leaves its shell for the first command. */
static void test_kept_from_a_login(void)
{
    static const SbLoginCallbacks callbacks = {on_logged_in, NULL, on_login_finished};
    g_autoptr(GHashTable) shells = sb_kept_shells_new();
    SbKeptShell *kept = sb_kept_shells_get(shells, "m");
    g_autofree char *boot = NULL;
    g_assert_true(g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL));
    const SbLoginRequest login = {.config_path = "none",
                                  .machine = "m",
                                  .flags = SB_LOGIN_WAIT,
                                  .settled_boot = g_strchomp(boot),
                                  .kept = kept};
    g_autoptr(SbLoop) loop = sb_loop_new(NULL, NULL, NULL);
    g_autoptr(GError) error = NULL;
    fake_ssh(HERE_KEPT);
    g_autoptr(SbLogin) started = sb_login_start(&login, &callbacks, loop, &error);
    g_assert_no_error(error);
    sb_loop_wait(loop);
    g_assert_true(sb_kept_shells_get(shells, "m") == kept);

    g_auto(Seen) seen = {0};
    SbGuestCommandRequest request = {.script = "exit 7", .connect_ms = 1, .kept = kept};
    run(&seen, "exit 1", &request);
    g_assert_no_error(seen.failure);
    g_assert_cmpint(seen.status, ==, 7);
    g_autoptr(SbSshProcess) again = sb_kept_shell_take(kept);
    g_assert_nonnull(again);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    processes = g_dir_make_tmp("processes.XXXXXX", NULL);
    g_setenv("PROCESSES", processes, TRUE);
    g_autofree char *first = g_build_filename(processes, "1", NULL);
    g_autofree char *statm = g_build_filename(first, "statm", NULL);
    g_mkdir(first, 0755);
    g_assert_true(g_file_set_contents(statm, "5 4 3 2 0 1 0\n", -1, NULL));
    fake_ssh(HERE);
    g_test_add_func("/guest-command/output-and-status", test_output_and_status);
    g_test_add_func("/guest-command/timeout-counts-from-the-begin",
                    test_timeout_counts_from_the_begin);
    g_test_add_func("/guest-command/timeout", test_timeout);
    g_test_add_func("/guest-command/tries-again", test_tries_again);
    g_test_add_func("/guest-command/unreachable", test_unreachable);
    g_test_add_func("/guest-command/other-host-key", test_other_host_key);
    g_test_add_func("/guest-command/lost", test_lost);
    g_test_add_func("/guest-command/input", test_input);
    g_test_add_func("/guest-command/leftovers-that-write", test_leftovers_that_write);
    g_test_add_func("/guest-command/leftovers-that-are-silent", test_leftovers_that_are_silent);
    g_test_add_func("/guest-command/timeout-with-leftovers", test_timeout_with_leftovers);
    g_test_add_func("/guest-command/stop", test_stop);
    g_test_add_func("/guest-command/stop-without-answer", test_stop_without_answer);
    g_test_add_func("/guest-command/stop-before-it-begins", test_stop_before_it_begins);
    g_test_add_func("/guest-command/free-in-callback", test_free_in_callback);
    g_test_add_func("/guest-command/kept", test_kept);
    g_test_add_func("/guest-command/kept-from-a-login", test_kept_from_a_login);
    g_test_add_func("/guest-command/kept-with-leftovers", test_kept_with_leftovers);
    g_test_add_func("/guest-command/kept-and-lost", test_kept_and_lost);
    g_test_add_func("/guest-command/kept-and-stopped", test_kept_and_stopped);
    int status = g_test_run();
    fake_ssh_remove();
    const char *remove[] = {"rm", "-rf", processes, NULL};
    g_spawn_sync(NULL, (char **)remove, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
    g_free(processes);
    return status;
}
