/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/cloud-init-verdict.h"
#include "test.h"

#include <string.h>

#define BEGIN SB_GUEST_REPORT_BEGIN "\n"
#define SECTION(name) "\nseedbed-section " name "\n"
#define WARNED "|2026-11-25 17:59:02,007 - x.py[WARNING]: Unhandled userdata\n"

static SbCloudInitVerdict *judge(const char *text, gsize length)
{
    g_autoptr(SbGuestReport) report = sb_guest_report_parse(text, length);
    g_autoptr(GError) error = NULL;
    SbCloudInitVerdict *verdict = sb_cloud_init_verdict_new(report, &error);
    g_assert_no_error(error);
    return verdict;
}

static SbCloudInitVerdict *judge_text(const char *text)
{
    return judge(text, strlen(text));
}

static SbCloudInitVerdict *judge_file(const char *name)
{
    gsize length;
    g_autofree char *text = test_data(name, &length);
    return judge(text, length);
}

/* The answer of Debian 12 after a module and a runcmd had failed. */
static void test_failed(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = judge_file("guest-report-22.4-failed.txt");
    g_assert_false(verdict->is_absent);
    g_assert_cmpint(verdict->state, ==, SB_CLOUD_INIT_ERROR);
    g_assert_cmpstr(verdict->version, ==, "22.4.2");
    g_assert_cmpstr(verdict->datasource, ==, "nocloud");
    g_assert_cmpuint(verdict->failures->len, ==, 2);
    g_assert_cmpuint(verdict->warnings->len, ==, 0);
    const SbCloudInitFailure *ntp = g_ptr_array_index(verdict->failures, 0);
    g_assert_cmpstr(ntp->module, ==, "ntp");
    g_assert_cmpstr(ntp->stage, ==, "modules-config");
    g_assert_true(g_str_has_prefix(ntp->message, "ValueError('Invalid ntp configuration:"));
    g_assert_true(g_str_has_suffix(ntp->message, "service_name')"));
    g_assert_cmpuint(ntp->log->len, ==, 1);
    g_assert_cmpuint(ntp->output->len, ==, 0);
    g_autofree char *text = sb_cloud_init_failures_text(verdict);
    g_assert_nonnull(strstr(
        text, "\n  - module 'scripts-user': RuntimeError('Runparts: 1 failures (runcmd) in 1 "
              "attempted commands')\n"
              "    /var/log/cloud-init-output.log:\n"
              "    | before the failure\n"
              "    | ls: cannot access '/no/such/file': No such file or directory\n"
              "    | last words\n"
              "    /var/log/cloud-init.log:\n"
              "    | Unexpected error while running command.\n"
              "    | Command: ['/var/lib/cloud/instance/scripts/runcmd']\n"
              "    | Exit code: 3\n"));
}

static void test_done(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = judge_file("guest-report-22.4-done.txt");
    g_assert_cmpint(verdict->state, ==, SB_CLOUD_INIT_DONE);
    g_assert_cmpuint(verdict->failures->len, ==, 0);
    g_assert_cmpuint(verdict->warnings->len, ==, 0);
    g_assert_nonnull(strstr(verdict->log, "modules-final/config-scripts-user"));
    g_assert_nonnull(strstr(verdict->output, "Cloud-init v. 22.4.2 finished"));
    g_autofree char *text = sb_cloud_init_failures_text(verdict);
    g_assert_cmpstr(text, ==, "");
}

/* The answers of cloud-init 25.1 in machines with a failed runcmd, and with a deprecated key. It
 * has each warning twice, and the failure among the warnings. */
static void test_newer(void)
{
    g_autoptr(SbCloudInitVerdict) failed = judge_file("guest-report-25.1-failed.txt");
    g_assert_cmpint(failed->state, ==, SB_CLOUD_INIT_ERROR);
    g_assert_cmpstr(failed->version, ==, "25.1.4");
    g_assert_cmpuint(failed->failures->len, ==, 1);
    g_assert_cmpuint(failed->warnings->len, ==, 0);
    g_autofree char *text = sb_cloud_init_failures_text(failed);
    g_assert_nonnull(strstr(
        text, "\n  - module 'scripts-user': RuntimeError('Runparts: 1 failures (runcmd) in 1 "
              "attempted commands')\n"
              "    /var/log/cloud-init-output.log:\n"
              "    | about to fail\n"
              "    | ls: cannot access '/no/such/file': No such file or directory\n"));
    g_autoptr(SbCloudInitVerdict) degraded = judge_file("guest-report-25.1-degraded.txt");
    g_assert_cmpint(degraded->state, ==, SB_CLOUD_INIT_DEGRADED);
    g_assert_cmpuint(degraded->failures->len, ==, 0);
    g_assert_cmpuint(degraded->warnings->len, ==, 2);
}

static void test_absent_and_disabled(void)
{
    g_autoptr(SbCloudInitVerdict) absent = judge_text(BEGIN SECTION("clock") "|1 1\n|1000\n");
    g_assert_true(absent->is_absent);
    g_autoptr(SbCloudInitVerdict) disabled =
        judge_text(BEGIN SECTION("status") "|{\"status\": \"disabled\"}\n" SECTION("log") WARNED);
    g_assert_false(disabled->is_absent);
    g_assert_cmpint(disabled->state, ==, SB_CLOUD_INIT_DISABLED);
    g_assert_cmpuint(disabled->warnings->len, ==, 0);
}

/* 22.4 has no such state, but its log has the warnings. */
static void test_degraded(void)
{
    g_autoptr(SbCloudInitVerdict) old = judge_text(
        BEGIN SECTION("status") "|{\"status\": \"done\"}\n" SECTION("log") WARNED WARNED);
    g_assert_cmpint(old->state, ==, SB_CLOUD_INIT_DEGRADED);
    g_autofree char *text = sb_cloud_init_warnings_text(old);
    g_assert_cmpstr(text, ==, "\n  - WARNING: Unhandled userdata");
    g_autoptr(SbCloudInitVerdict) more = judge_text(
        BEGIN SECTION("status") "|{\"status\": \"done\"}\n" SECTION("log") WARNED
        "|Device /dev/vdb did not exist\n" WARNED "|Traceback (most recent call last):\n");
    g_autofree char *both = sb_cloud_init_warnings_text(more);
    g_assert_cmpstr(both, ==,
                    "\n  - WARNING: Unhandled userdata: Device /dev/vdb did not exist"
                    "\n  - WARNING: Unhandled userdata");

    /* Later versions list the warnings, so the log does not count. */
    g_autoptr(SbCloudInitVerdict) new = judge_text(
        BEGIN SECTION("status") "|{\"status\": \"done\", \"extended_status\": \"degraded done\",\n"
                                "|\"recoverable_errors\": {\"WARNING\": [\"w\"]}}\n" //
        SECTION("log") WARNED);
    g_assert_cmpint(new->state, ==, SB_CLOUD_INIT_DEGRADED);
    g_assert_cmpuint(new->warnings->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(new->warnings, 0), ==, "WARNING: w");
}

/* The status is done, but result.json has errors: the worse one counts. */
static void test_result(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = judge_text(
        BEGIN SECTION("status") "|{\"status\": \"done\"}\n" SECTION("result") //
        "|{\"v1\": {\"datasource\": null, \"errors\": [\"no tuple\", \"('m', E('x'))\", 1]}}\n");
    g_assert_cmpint(verdict->state, ==, SB_CLOUD_INIT_ERROR);
    g_assert_cmpuint(verdict->failures->len, ==, 2);
    const SbCloudInitFailure *plain = g_ptr_array_index(verdict->failures, 0);
    g_assert_null(plain->module);
    g_assert_cmpstr(plain->message, ==, "no tuple");
    g_autofree char *text = sb_cloud_init_failures_text(verdict);
    g_assert_cmpstr(text, ==,
                    "\n  - no tuple\n  - module 'm': E('x')\n"
                    "  (its logs could not be read: the account has no sudo)");
}

/* After the reboot cloud-init says "done", but the rest of runcmd never ran. */
static void test_interrupted(void)
{
    static const char at[] = "2026-11-25 17:58:40,677 - ";
    g_autofree char *text = g_strdup_printf(
        BEGIN SECTION("status") "|{\"status\": \"done\"}\n" SECTION("log") //
        "|%sutil.py[DEBUG]: Cloud-init v. 22.4.2 running 'init-local' at Wed. Up 1 seconds.\n"
        "|%shandlers.py[DEBUG]: start: modules-final/config-scripts-user: running it\n"
        "|%sutil.py[DEBUG]: Cloud-init v. 22.4.2 running 'init-local' at Wed. Up 1 seconds.\n",
        at, at, at);
    g_autoptr(SbCloudInitVerdict) verdict = judge_text(text);
    g_assert_cmpint(verdict->state, ==, SB_CLOUD_INIT_ERROR);
    g_assert_cmpuint(verdict->failures->len, ==, 1);
    const SbCloudInitFailure *failure = g_ptr_array_index(verdict->failures, 0);
    g_assert_cmpstr(failure->module, ==, "scripts-user");
    g_assert_true(g_str_has_prefix(failure->message, "the guest rebooted before it had ended"));
}

static void test_refused(void)
{
    static const char text[] = BEGIN SECTION("status") "|Traceback\n";
    g_autoptr(SbGuestReport) report = sb_guest_report_parse(text, strlen(text));
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_cloud_init_verdict_new(report, &error));
    g_assert_error(error, SB_CLOUD_INIT_STATUS_ERROR, SB_CLOUD_INIT_STATUS_ERROR_PARSE);
}

/* ---- the report itself ---- */

static void test_report(void)
{
    static const char text[] = "motd\n" BEGIN "|lost\nseedbed-section a\n|one\n|\n|seedbed-section "
                               "b\nnoise\n|lost\nseedbed-section a\n|again\nseedbed-section c\n"
                               "seedbed-section much-too-long-a-name-for-a-section-of-ours\n|lost\n"
                               "seedbed-section d\n|no newline";
    g_autoptr(SbGuestReport) report = sb_guest_report_parse(text, strlen(text));
    g_assert_cmpstr(sb_guest_report_get(report, "a")->str, ==, "one\n\nseedbed-section b\n");
    g_assert_null(sb_guest_report_get(report, "b"));
    g_assert_cmpstr(sb_guest_report_get(report, "c")->str, ==, "");
    g_assert_cmpstr(sb_guest_report_get(report, "d")->str, ==, "no newline\n");
}

static void expect_doing(const char *line, const char *expected)
{
    SbGuestVain vain;
    g_autofree char *doing = sb_guest_report_doing(line, strlen(line), &vain);
    g_assert_cmpstr(doing, ==, expected);
    g_assert_cmpint(vain, ==, SB_GUEST_NOT_IN_VAIN);
}

static void test_doing(void)
{
    expect_doing("seedbed-doing scripts_user", "cloud-init runs its module 'scripts_user'");
    expect_doing("seedbed-doing scripts_user sh /x\1 > sleep 5",
                 "cloud-init runs its module 'scripts_user', and in it 'sh /x > sleep 5'");
    expect_doing("seedbed-doing ", NULL);
    expect_doing("seedbed-doing a'b", NULL);
    expect_doing("seedbed-section status", NULL);
}

static void expect_vain(const char *line, SbGuestVain expected_vain, const char *expected)
{
    SbGuestVain vain;
    g_autofree char *doing = sb_guest_report_doing(line, strlen(line), &vain);
    g_assert_cmpstr(doing, ==, expected);
    g_assert_cmpint(vain, ==, expected_vain);
}

static void test_vain(void)
{
    expect_vain("seedbed-read-only", SB_GUEST_READ_ONLY,
                "the guest's file system at /var/lib/cloud is read-only");
    expect_vain("seedbed-no-unit failed", SB_GUEST_NO_UNIT,
                "its unit cloud-final.service is 'failed', and systemd starts nothing more");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/cloud-init-verdict/report", test_report);
    g_test_add_func("/cloud-init-verdict/failed", test_failed);
    g_test_add_func("/cloud-init-verdict/done", test_done);
    g_test_add_func("/cloud-init-verdict/newer", test_newer);
    g_test_add_func("/cloud-init-verdict/absent-and-disabled", test_absent_and_disabled);
    g_test_add_func("/cloud-init-verdict/degraded", test_degraded);
    g_test_add_func("/cloud-init-verdict/result", test_result);
    g_test_add_func("/cloud-init-verdict/interrupted", test_interrupted);
    g_test_add_func("/cloud-init-verdict/refused", test_refused);
    g_test_add_func("/cloud-init-verdict/doing", test_doing);
    g_test_add_func("/cloud-init-verdict/vain", test_vain);
    return g_test_run();
}
