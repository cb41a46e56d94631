/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "local/process-id.h"
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A child that writes its own text and then waits to be killed. */
static pid_t start_child(char **text_out)
{
    int ends[2];
    g_assert_cmpint(pipe(ends), ==, 0);
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        g_autofree char *text = sb_process_id_self();
        if (write(ends[1], text, strlen(text)) > 0 && close(ends[1]) == 0)
            pause();
        _exit(0);
    }
    close(ends[1]);
    char buffer[512];
    gsize length = 0;
    for (gssize got = 1; got > 0; length += got)
        g_assert_cmpint(got = read(ends[0], buffer + length, sizeof buffer - length), >=, 0);
    close(ends[0]);
    *text_out = g_strndup(buffer, length);
    return child;
}

static void test_self(void)
{
    g_autofree char *text = sb_process_id_self();
    /* Nothing in it changes while the process lives, such as its size. */
    g_autofree char *memory = g_malloc0(64 * 1024 * 1024);
    memory[0] = 'x';
    g_autofree char *again = sb_process_id_self();
    g_assert_cmpstr(text, ==, again);
    g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_RUNS);
}

static void test_child(void)
{
    g_autofree char *self = sb_process_id_self();
    g_autofree char *text = NULL;
    pid_t child = start_child(&text);
    g_assert_cmpstr(text, !=, self);
    g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_RUNS);

    g_assert_cmpint(kill(child, SIGKILL), ==, 0);
    siginfo_t info;
    g_assert_cmpint(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), ==, 0);
    g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_GONE); /* as a zombie */
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
    g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_GONE);
}

/* The text of this process with its last parts replaced: PLACE is kept. */
static char *with_end(const char *end)
{
    g_autofree char *text = sb_process_id_self();
    *strrchr(text, '/') = '\0';
    *strrchr(text, '/') = '\0';
    return g_strconcat(text, end, NULL);
}

/* The id was taken by another process since: this one, which started at another time. */
static void test_reused(void)
{
    g_autofree char *end = g_strdup_printf("/%d/1", getpid());
    g_autofree char *text = with_end(end);
    g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_GONE);
}

static void test_malformed(void)
{
    static const char *const ends[] = {
        "",      "/",   "//",   "/1",   "/x/1",   "/-1/5",          "/0/5",
        "/1x/5", "/1/", "/1/x", "/1/0", "/1/5/6", "/99999999999/5", "/ 1/5"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *text = with_end(ends[i]);
        g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_UNKNOWN);
    }
    g_assert_cmpint(sb_process_id_check(""), ==, SB_PROCESS_UNKNOWN);
    g_assert_cmpint(sb_process_id_check("unknown/1/1"), ==, SB_PROCESS_UNKNOWN);
}

/* Another boot or pid namespace: the same numbers mean another process there. */
static void test_elsewhere(void)
{
    g_autofree char *self = sb_process_id_self();
    g_autofree char *boot_id = NULL;
    g_assert_true(g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot_id, NULL, NULL));
    g_autofree char *pid_namespace = g_file_read_link("/proc/self/ns/pid", NULL);
    g_assert_nonnull(strstr(self, g_strchomp(boot_id)));
    g_assert_nonnull(strstr(self, pid_namespace));

    g_autofree char *boot = sb_process_id_self();
    boot[0] = boot[0] == 'f' ? '0' : 'f';
    g_assert_cmpint(sb_process_id_check(boot), ==, SB_PROCESS_UNKNOWN);

    g_autofree char *namespace = sb_process_id_self();
    char *digit = strchr(namespace, ']') - 1;
    *digit = *digit == '9' ? '0' : '9';
    g_assert_cmpint(sb_process_id_check(namespace), ==, SB_PROCESS_UNKNOWN);
}

/* Field 2 of /proc/PID/stat is the name that a process gives itself. */
static void test_wild_name(void)
{
    char before[16];
    g_assert_cmpint(prctl(PR_GET_NAME, before), ==, 0);
    g_autofree char *text = sb_process_id_self();
    g_assert_cmpint(prctl(PR_SET_NAME, "a) R 1 2 3 (b"), ==, 0);
    g_assert_cmpint(sb_process_id_check(text), ==, SB_PROCESS_RUNS);
    prctl(PR_SET_NAME, before);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/process-id/self", test_self);
    g_test_add_func("/process-id/child", test_child);
    g_test_add_func("/process-id/reused", test_reused);
    g_test_add_func("/process-id/malformed", test_malformed);
    g_test_add_func("/process-id/elsewhere", test_elsewhere);
    g_test_add_func("/process-id/wild-name", test_wild_name);
    return g_test_run();
}
