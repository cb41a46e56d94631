/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/cloud-init-log.h"
#include "test.h"

#include <string.h>

/* The heads of lines, a second apart. */
#define AT1 "2026-11-25 17:59:01,007 - "
#define AT2 "2026-11-25 17:59:02,007 - "
#define AT3 "2026-11-25 17:59:03,007 - "
#define AT4 "2026-11-25 17:59:04,007 - "
#define AT5 "2026-11-25 17:59:05,007 - "
#define AT6 "2026-11-25 17:59:06,007 - "
#define AT7 "2026-11-25 17:59:07,007 - "
#define AT8 "2026-11-25 17:59:08,007 - "
#define AT9 "2026-11-25 17:59:09,007 - "

static SbCloudInitLog *parse(const char *text)
{
    return sb_cloud_init_log_parse(text, strlen(text));
}

static const SbCloudInitLogEntry *entry_at(const SbCloudInitLog *log, guint i)
{
    g_assert_cmpuint(i, <, log->entries->len);
    return g_ptr_array_index(log->entries, i);
}

static char *joined(const GPtrArray *lines)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(lines, i));
    return g_string_free(text, FALSE);
}

static void test_lines(void)
{
    static const char text[] =
        "cut off in the middle\n" AT1 "util.py[DEBUG]: one\nTraceback\n\n  two\n" AT2
        "x.py[WARNING]: three\n"
        "2026-11-25 17:59 - x.py[DEBUG]: no time\n"
        "2026-13-25 17:59:01,007 - x.py[DEBUG]: no month\n";
    g_autoptr(SbCloudInitLog) log = parse(text);
    g_assert_cmpuint(log->entries->len, ==, 2);
    const SbCloudInitLogEntry *first = entry_at(log, 0);
    g_assert_cmpstr(first->source, ==, "util.py");
    g_assert_cmpstr(first->level, ==, "DEBUG");
    g_assert_cmpstr(first->text, ==, "one");
    g_assert_cmpint(first->time_ms, ==, G_GINT64_CONSTANT(1795629541007));
    g_assert_cmpuint(first->more->len, ==, 2);
    g_assert_false(sb_cloud_init_log_is_warning(first));
    g_assert_true(sb_cloud_init_log_is_warning(entry_at(log, 1)));
    g_assert_cmpuint(entry_at(log, 1)->more->len, ==, 2);
    g_assert_cmpstr(log->version, ==, "");
}

/* The log grows with each boot. */
static void test_last_boot(void)
{
    static const char text[] =
        AT1 "util.py[DEBUG]: Cloud-init v. 22.4.2 running 'init-local' at x\n" AT2
            "x.py[WARNING]: old\n" AT3
            "util.py[DEBUG]: Cloud-init v. 24.1 running 'init-local' at y\n" AT4
            "x.py[WARNING]: new\n" AT5
            "util.py[DEBUG]: Cloud-init v. 24.1 running 'modules:final' at z\n";
    g_autoptr(SbCloudInitLog) log = parse(text);
    g_assert_cmpuint(log->entries->len, ==, 3);
    g_assert_cmpstr(entry_at(log, 1)->text, ==, "new");
    g_assert_cmpstr(log->version, ==, "24.1");
}

static void test_events(void)
{
    static const struct {
        const char *text, *stage, *module;
        gboolean is_start, is_failure;
    } cases[] = {
        {"start: modules-final/config-scripts-user: running", "modules-final", "scripts-user", TRUE,
         FALSE},
        {"finish: init-network/config-ssh: SUCCESS: ran", "init-network", "ssh", FALSE, FALSE},
        {"finish: modules-config: FAIL: running", "modules-config", "", FALSE, TRUE},
        {"start: init-local/check-cache: x", "init-local", "check-cache", TRUE, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        SbCloudInitLogEntry entry = {.text = (char *)cases[i].text};
        g_autoptr(SbCloudInitEvent) event = sb_cloud_init_log_event(&entry);
        g_assert_cmpstr(event->stage, ==, cases[i].stage);
        g_assert_cmpstr(event->module, ==, cases[i].module);
        g_assert_cmpint(event->is_start, ==, cases[i].is_start);
        g_assert_cmpint(event->is_failure, ==, cases[i].is_failure);
    }
    SbCloudInitLogEntry none = {.text = (char *)"start: nothing"};
    g_assert_null(sb_cloud_init_log_event(&none));
    none.text = (char *)"restart: x: y";
    g_assert_null(sb_cloud_init_log_event(&none));
    g_assert_true(sb_cloud_init_module_is("scripts-user", "scripts_user"));
    g_assert_false(sb_cloud_init_module_is("scripts-user", "scripts-use"));
    g_assert_false(sb_cloud_init_module_is("ssh", "ssh-import-id"));
}

static void test_explain(void)
{
    static const char text[] = //
        AT1 "handlers.py[DEBUG]: start: init/config-ssh: running\n" AT2
            "cc_ssh.py[WARNING]: not about this\n" AT3
            "handlers.py[DEBUG]: start: modules-config/config-a_b: running\n" AT4
            "subp.py[DEBUG]: Unexpected error while running command.\n"
            "Command: ['x']\nExit code: 7\n" AT5 "a.py[WARNING]: because\n" AT6
            "util.py[DEBUG]: trace\nTraceback (most recent call last):\n  File x\nKeyError: 0\n\n"
            "During handling\n\nTraceback (most recent call last):\n  File y\n    z()\n"
            "ValueError: bad\n" AT7
            "util.py[WARNING]: Running module a-b (<module 'm' from 'f'>) failed\n" AT8
            "handlers.py[DEBUG]: start: modules-config/config-c: running\n" AT9
            "c.py[WARNING]: later\n";
    g_autoptr(SbCloudInitLog) log = parse(text);
    g_autoptr(GPtrArray) lines = sb_cloud_init_log_explain(log, "a-b", 20);
    g_autofree char *told = joined(lines);
    g_assert_cmpstr(told, ==,
                    "Unexpected error while running command.\nCommand: ['x']\nExit code: 7\n"
                    "because\nValueError: bad\n");
    g_autoptr(GPtrArray) few = sb_cloud_init_log_explain(log, "a-b", 2);
    g_assert_cmpuint(few->len, ==, 2);
    g_autoptr(GPtrArray) all = sb_cloud_init_log_explain(log, NULL, 20);
    g_autofree char *whole = joined(all);
    g_assert_nonnull(strstr(whole, "not about this\n"));
    g_assert_nonnull(strstr(whole, "later\n"));
}

static void test_output(void)
{
    static const char text[] =
        "Cloud-init v. 22.4.2 running 'modules:final' at an older boot\nold\n"
        "Cloud-init v. 22.4.2 running 'modules:config' at x\nof config\n"
        "Cloud-init v. 22.4.2 running 'modules:final' at y\none\ntwo\n\nthree  \n" AT1
        "x.py[WARNING]: of another\n" AT2
        "cc_scripts_user.py[WARNING]: Failed to run module scripts-user (x)\nafter\n";
    g_autoptr(GPtrArray) two =
        sb_cloud_init_output_explain(text, strlen(text), "modules-final", "scripts_user", 2);
    g_autofree char *last = joined(two);
    g_assert_cmpstr(last, ==, "two\nthree\n");
    g_autoptr(GPtrArray) config =
        sb_cloud_init_output_explain(text, strlen(text), "modules-config", NULL, 20);
    g_autofree char *of_config = joined(config);
    g_assert_cmpstr(of_config, ==, "of config\n");
}

static void test_hostile(void)
{
    GString *text = g_string_new(AT1 "x\033[2Jy.py[WARNING]: \033]0;title\007red\033[31m ");
    for (guint i = 0; i < 10000; i++)
        g_string_append(text, "\xc3\xbc\xff");
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(text, "\nmore %u", i);
    g_string_append_len(text, "\n\0\n", 3);
    for (guint i = 0; i < 30000; i++)
        g_string_append(text, "\n" AT2 "y.py[DEBUG]: z");
    g_autoptr(SbCloudInitLog) log = sb_cloud_init_log_parse(text->str, text->len);
    g_assert_cmpuint(log->entries->len, <=, 20000);
    g_string_truncate(text, 200000);
    g_autoptr(SbCloudInitLog) first = sb_cloud_init_log_parse(text->str, text->len);
    const SbCloudInitLogEntry *entry = entry_at(first, 0);
    g_assert_cmpstr(entry->source, ==, "xy.py");
    g_assert_true(g_str_has_prefix(entry->text, "red ü"));
    g_assert_cmpuint(strlen(entry->text), <=, 403);
    g_assert_true(g_utf8_validate(entry->text, -1, NULL));
    g_assert_cmpuint(entry->more->len, <=, 200);
    g_string_free(text, TRUE);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/cloud-init-log/lines", test_lines);
    g_test_add_func("/cloud-init-log/last-boot", test_last_boot);
    g_test_add_func("/cloud-init-log/events", test_events);
    g_test_add_func("/cloud-init-log/explain", test_explain);
    g_test_add_func("/cloud-init-log/output", test_output);
    g_test_add_func("/cloud-init-log/hostile", test_hostile);
    return g_test_run();
}
