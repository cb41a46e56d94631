/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command that asks a guest runs in the shells of Debian, Fedora and Alpine. */
#include "cloud-init/guest-report.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

#define STARTS(module)                                                                             \
    "2026-01-01 00:00:00,000 - handlers.py[DEBUG]: start: modules-final/config-" module            \
    ": running config-" module " with frequency once-per-instance\n"
#define RESULT "{\"v1\": {\"datasource\": \"None\", \"errors\": []}}"
/* A cloud-init that starts another module when the first one was told. That runs a script, and ends
 * it when it was told: the look that is under way when it begins may not have seen it. */
#define CLOUD_INIT                                                                                 \
    "#!/bin/sh\n"                                                                                  \
    "wait_for() { until [ $(wc -l <looks) -ge $1 ]; do sleep 0.1; done; }\n"                       \
    "wait_for 1\ncat next >>cloud-init.log\nsh instance/scripts/run &\n"                           \
    "until pgrep -P $! sleep >/dev/null; do sleep 0.1; done\n"                                     \
    "wait_for $(($(wc -l <looks) + 2))\npkill -P $!\nwait\n"                                       \
    "echo '{\"status\": \"done\"}'\n"

static void write_file(const char *name, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_file_set_contents(name, text, -1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_chmod(name, 0755), ==, 0);
}

static void replace(GString *text, const char *part, const char *other)
{
    g_assert_cmpuint(g_string_replace(text, part, other, 0), >, 0);
}

/* The command, with the files of the folder of the test, and in a hurry. (transfer full) */
static char *command(void)
{
    g_autofree char *text = sb_guest_report_command(TRUE, NULL, NULL);
    GString *here = g_string_new(text);
    replace(here, "/var/log/", "");
    replace(here, "/run/cloud-init/", "");
    replace(here, "/var/lib/cloud/", "");
    replace(here, "sleep 10", "sleep 0.1");
    replace(here, "last=$now ", "echo >>looks; last=$now ");
    return g_string_free(here, FALSE);
}

/* SHELL is one or two words. */
static void test_shell(gconstpointer shell)
{
    g_auto(GStrv) words = g_strsplit(shell, " ", 2);
    g_autofree char *program = g_find_program_in_path(words[0]);
    if (!program) {
        g_test_skip("this shell is not installed");
        return;
    }
    write_file("cloud-init", CLOUD_INIT);
    write_file("cloud-init.log", STARTS("apt-configure"));
    write_file("cloud-init-output.log", "");
    write_file("next", STARTS("scripts_user"));
    write_file("result.json", RESULT);
    write_file("instance/scripts/run", "sleep 1000; :\n");
    write_file("looks", "");
    g_autofree char *text = command();
    const char *const with_applet[] = {program, words[1], "-c", text, NULL};
    const char *const plain[] = {program, "-c", text, NULL};
    g_autofree char *output = NULL, *errors = NULL;
    g_autoptr(GError) error = NULL;
    int status;
    g_spawn_sync(NULL, (char **)(words[1] ? with_applet : plain), NULL, 0, NULL, NULL, &output,
                 &errors, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(errors, ==, "");
    g_autofree char *cmdline = NULL;
    g_assert_true(g_file_get_contents("/proc/cmdline", &cmdline, NULL, NULL));
    g_autofree char *quoted =
        g_strdup_printf("\nseedbed-section cmdline\n|%s\n", g_strstrip(cmdline));
    g_assert_nonnull(strstr(output, quoted));
    const char *first = strstr(output, "\nseedbed-doing apt-configure");
    const char *second = strstr(output, "\nseedbed-doing scripts_user sleep 1000\n");
    const char *done = strstr(output, "\nseedbed-section status\n|{\"status\": \"done\"}\n");
    if (!first || !second || !done || first > second || second > done)
        g_error("%s: %s", (const char *)shell, output);
    g_assert_null(strstr(done, "seedbed-doing"));
}

/* A cloud-init whose disk is read-only, and whose last unit has failed: nobody ends it but the
 * test.
 */
static void test_vain(void)
{
    write_file("cloud-init", "#!/bin/sh\nuntil [ $(wc -l <looks) -ge 14 ]; do sleep 0.1; done\n"
                             "echo '{\"status\": \"done\"}'\n");
    write_file("systemctl", "#!/bin/sh\n[ \"$1\" != show ] || echo ActiveState=failed\n");
    write_file("sudo", "#!/bin/sh\nshift\nexec \"$@\"\n");
    write_file("touch", "#!/bin/sh\necho \"touch: $2: Read-only file system\" >&2; exit 1\n");
    write_file("cloud-init.log", "");
    write_file("cloud-init-output.log", "");
    write_file("looks", "");
    g_unlink("result.json");
    g_autofree char *text = command();
    const char *const words[] = {"sh", "-c", text, NULL};
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;
    g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL,
                 &error);
    g_assert_no_error(error);
    if (!strstr(output, "\nseedbed-read-only\n") || !strstr(output, "\nseedbed-no-unit failed\n"))
        g_error("%s", output);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
    g_autofree char *path = g_strdup_printf("%s:%s", folder, g_getenv("PATH"));
    g_assert_cmpint(g_chdir(folder), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents("instance/scripts", 0700), ==, 0);
    g_setenv("PATH", path, TRUE);
    g_test_add_data_func("/guest-report/dash", "dash", test_shell);
    g_test_add_data_func("/guest-report/bash", "bash", test_shell);
    g_test_add_data_func("/guest-report/busybox", "busybox sh", test_shell);
    g_test_add_func("/guest-report/vain", test_vain);
    int result = g_test_run();
    static const char *const files[] = {"cloud-init", "cloud-init.log", "cloud-init-output.log",
                                        "next",       "result.json",    "instance/scripts/run",
                                        "looks",      "systemctl",      "touch",
                                        "sudo"};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        g_unlink(files[i]);
    g_rmdir("instance/scripts");
    g_rmdir("instance");
    g_assert_cmpint(g_chdir("/"), ==, 0);
    g_rmdir(folder);
    return result;
}
