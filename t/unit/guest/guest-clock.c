/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-clock.h"

#include "fake-ssh.h"
#include "guest/guest-command.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* Runs the command here, with this `sudo` and `date`. */
#define HERE                                                                                       \
    "dir=${0%/*}; cat >\"$dir/sudo\" <<'END'\n#!/bin/sh\n"                                         \
    "while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"\nEND\n"                            \
    "cp \"$dir/date.sh\" \"$dir/date\"; chmod +x \"$dir/sudo\" \"$dir/date\"\n"                    \
    "exec sh -c \"$command\""

/* Sets the clock with a DATE that is this shell script; the error code, or -1. */
static int set_clock(const char *date)
{
    fake_ssh(HERE);
    g_autofree char *file = g_build_filename(fake_ssh_folder, "date.sh", NULL);
    g_autofree char *text =
        g_strdup_printf("#!/bin/sh\necho \"$*\" >>'%s/told'\n%s\n", fake_ssh_folder, date);
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    g_autoptr(GError) error = NULL;
    SbHost *host = sb_host_open("test:///default", &error);
    g_assert_no_error(error);
    SbAccess *access = sb_access_new(host, "f");
    const SbOperation operation = {host, NULL, NULL, NULL};
    gboolean is_set = sb_guest_clock_set(&operation, access, "m", &error);
    g_assert_cmpint(is_set, ==, error == NULL);
    sb_access_free(access);
    sb_host_free(host);
    return error ? error->code : -1;
}

/* What the guest was told since the last call, each time a line. (transfer full) */
static char *told(void)
{
    g_autofree char *file = g_build_filename(fake_ssh_folder, "told", NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_unlink(file);
    return text;
}

static void test_bound(void)
{
    gint64 before_us = g_get_real_time();
    gint64 now_us = sb_guest_clock_now() * G_USEC_PER_SEC;
    gint64 after_us = g_get_real_time();
    g_assert_cmpint(now_us, >, before_us - G_USEC_PER_SEC / 4);
    g_assert_cmpint(now_us, <=, after_us + 3 * G_USEC_PER_SEC / 4);
    /* With a quarter of a second, the way makes less than a second. */
    g_assert_true(sb_guest_clock_is_right(0, 700 * 1000));
    g_assert_false(sb_guest_clock_is_right(0, 750 * 1000));
}

/* A time that has been on its way for a second is told again, as it is then. */
static void test_slow(void)
{
    g_assert_cmpint(set_clock("[ -e \"${0%/*}/slow\" ] || { touch \"${0%/*}/slow\"; sleep 1.2; }"),
                    ==, -1);
    g_autofree char *times = told();
    g_auto(GStrv) lines = g_strsplit(times, "\n", -1);
    guint count = g_strv_length(lines) - 1;
    g_assert_cmpuint(count, >=, 2);
    g_assert_true(g_str_has_prefix(lines[0], "-s @") && g_str_has_prefix(lines[1], "-s @"));
    g_assert_cmpint(atoll(lines[1] + 4), >, atoll(lines[0] + 4));
}

/* A guest that is always slow is told it a limited number of times. */
static void test_always_slow(void)
{
    g_assert_cmpint(set_clock("sleep 0.8"), ==, -1);
    g_autofree char *times = told();
    g_auto(GStrv) lines = g_strsplit(times, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines) - 1, ==, SB_GUEST_CLOCK_TRIES);
}

static void test_refused(void)
{
    g_assert_cmpint(set_clock("exit 1"), ==, G_IO_ERROR_FAILED);
    g_autofree char *times = told();
    g_assert_null(strchr(strchr(times, '\n') + 1, '\n'));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    fake_ssh(HERE);
    g_test_add_func("/guest-clock/bound", test_bound);
    g_test_add_func("/guest-clock/slow", test_slow);
    g_test_add_func("/guest-clock/always-slow", test_always_slow);
    g_test_add_func("/guest-clock/refused", test_refused);
    int status = g_test_run();
    fake_ssh_remove();
    return status;
}
