/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wait/verdict.h"

#include "local/state-dir.h"
#include "test.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEMAND_ALL (SB_DEMAND_NO_WARNINGS | SB_DEMAND_CLOUD_INIT)

static const SbDomain domain = {.name = (char *)"m"};
static const SbJudged nowhere = {&domain, "/proc/nonexistent", TRUE, FALSE};

/* A verdict of STATE; with the log of a cloud-init, unless it is "". */
static SbCloudInitVerdict *make(SbCloudInitState state, const char *log)
{
    SbCloudInitVerdict *verdict = g_new0(SbCloudInitVerdict, 1);
    verdict->state = state;
    verdict->version = g_strdup("22.4.2");
    verdict->datasource = g_strdup("nocloud");
    verdict->failures = g_ptr_array_new();
    verdict->warnings = g_ptr_array_new_with_free_func(g_free);
    verdict->cmdline = g_strdup("root=/dev/vda1 quiet direct initrd=initrd\n");
    verdict->log = g_strdup(log);
    verdict->output = g_strdup("output");
    verdict->timeline = g_ptr_array_new();
    return verdict;
}

/* Judges VERDICT under DEMANDS: whether the machine can be used, and whether TEXT (nullable) is in
 * what is said. */
static void check(const SbCloudInitVerdict *verdict, SbDemands demands, gboolean is_usable,
                  const char *text)
{
    g_autofree char *hint = NULL;
    g_autofree char *said = sb_verdict_judge(verdict, demands, &nowhere, &hint);
    g_assert_cmpint(hint == NULL, ==, is_usable);
    if (text)
        g_assert_nonnull(strstr(said, text));
    else
        g_assert_null(said);
}

static void test_done(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_DONE, "");
    check(verdict, 0, TRUE, NULL);
    check(verdict, DEMAND_ALL, TRUE, NULL);
}

/* The kernel that runs may have more words than those that were given, and must have those. */
static void test_kernel(void)
{
    static const struct {
        const char *given, *runs;
        gboolean is_same;
    } kernels[] = {
        {NULL, "anything", TRUE},
        {"", "anything", TRUE},
        {"root=/dev/vda1  direct", "root=/dev/vda1 quiet direct initrd=initrd\n", TRUE},
        {"root=/dev/vda1 direct", "", TRUE}, /* not known */
        {"root=/dev/vda1 direct", "root=/dev/vda1 quiet", FALSE},
        {"root=/dev/vda1 direct", "root=/dev/vda12 direct", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kernels); i++) {
        g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_DONE, "");
        const SbDomain own = {.name = (char *)"m", .cmdline = (char *)kernels[i].given};
        const SbJudged machine = {&own, "/proc/nonexistent", TRUE, FALSE};
        g_free(verdict->cmdline);
        verdict->cmdline = g_strdup(kernels[i].runs);
        g_autofree char *hint = NULL;
        g_autofree char *said = sb_verdict_judge(verdict, 0, &machine, &hint);
        g_assert_cmpint(said == NULL, ==, kernels[i].is_same);
        g_assert_cmpint(hint == NULL, ==, kernels[i].is_same);
        g_assert_true(!said || strstr(said, "did not boot the kernel"));
    }
}

/* Warnings are a failure only for somebody who wants none. */
static void test_degraded(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_DEGRADED, "");
    g_ptr_array_add(verdict->warnings, g_strdup("WARNING: Unhandled userdata"));
    check(verdict, 0, TRUE, "Unhandled userdata");
    check(verdict, SB_DEMAND_CLOUD_INIT, TRUE, "degraded");
    check(verdict, SB_DEMAND_NO_WARNINGS, FALSE, "Unhandled userdata");
}

/* A machine without cloud-init can be used, but it cannot become an image. */
static void test_without_cloud_init(void)
{
    g_autoptr(SbCloudInitVerdict) absent = make(SB_CLOUD_INIT_DONE, "");
    absent->is_absent = TRUE;
    check(absent, 0, TRUE, "has no cloud-init");
    check(absent, SB_DEMAND_NO_WARNINGS, TRUE, "has no cloud-init");
    check(absent, SB_DEMAND_CLOUD_INIT, FALSE, "has no cloud-init");
    g_autoptr(SbCloudInitVerdict) disabled = make(SB_CLOUD_INIT_DISABLED, "");
    check(disabled, 0, TRUE, "disabled");
    check(disabled, SB_DEMAND_CLOUD_INIT, FALSE, "disabled");
}

/* Logs that cannot be written do not hide the failure itself. */
static void test_failed(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_ERROR, "log");
    check(verdict, 0, FALSE, "cloud-init failed:");
    g_autofree char *hint = NULL;
    g_autofree char *said = sb_verdict_judge(verdict, 0, &nowhere, &hint);
    g_assert_null(strstr(said, "/proc/nonexistent"));
}

/* The rules look for the cause in what the commands of the module said. */
static void test_cause(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_ERROR, "log");
    g_autoptr(GPtrArray) output = g_ptr_array_new();
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_ptr_array_add(output, (gpointer) "E: Unable to locate package gitt");
    SbCloudInitFailure failure = {.module = (char *)"package-update-upgrade-install",
                                  .message = (char *)"failed",
                                  .log = none,
                                  .output = output};
    g_autofree char *plain_hint = NULL;
    g_autofree char *plain = sb_verdict_judge(verdict, 0, &nowhere, &plain_hint);
    g_assert_null(strstr(plain, "the likely cause"));
    g_assert_nonnull(strstr(plain_hint, "'seedbed status m'"));
    g_ptr_array_add(verdict->failures, &failure);
    g_autofree char *hint = NULL;
    g_autofree char *said = sb_verdict_judge(verdict, 0, &nowhere, &hint);
    g_assert_nonnull(strstr(said, "\nthe likely cause: the guest's distribution has no package "
                                  "'gitt'"));
    g_assert_nonnull(strstr(hint, "'packages'"));
}

/* A warning can have come first, and be the cause. */
static void test_cause_in_a_warning(void)
{
    g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_ERROR, "log");
    g_ptr_array_add(verdict->warnings, g_strdup("WARNING: x: Device /dev/vdb did not exist"));
    g_autofree char *hint = NULL;
    g_autofree char *said = sb_verdict_judge(verdict, 0, &nowhere, &hint);
    g_assert_nonnull(strstr(said, "\nthe likely cause: a disk, or partition, that the user-data"));
}

static void test_kept_logs(void)
{
    g_autofree char *folder = g_dir_make_tmp("verdict-XXXXXX", NULL);
    g_autofree char *log = g_build_filename(folder, "m" SB_CLOUD_INIT_LOG_SUFFIX, NULL);
    g_autoptr(SbCloudInitVerdict) verdict = make(SB_CLOUD_INIT_ERROR, "log");
    g_autofree char *hint = NULL;
    const SbJudged machine = {&domain, folder, FALSE, FALSE};
    g_autofree char *said = sb_verdict_judge(verdict, 0, &machine, &hint);
    g_autofree char *kept = NULL;
    g_assert_nonnull(strstr(said, log));
    g_assert_true(g_file_get_contents(log, &kept, NULL, NULL));
    g_assert_cmpstr(kept, ==, "log");
    g_assert_true(sb_state_dir_remove(folder, NULL));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/verdict/done", test_done);
    g_test_add_func("/verdict/kernel", test_kernel);
    g_test_add_func("/verdict/degraded", test_degraded);
    g_test_add_func("/verdict/without-cloud-init", test_without_cloud_init);
    g_test_add_func("/verdict/failed", test_failed);
    g_test_add_func("/verdict/cause", test_cause);
    g_test_add_func("/verdict/cause-in-a-warning", test_cause_in_a_warning);
    g_test_add_func("/verdict/kept-logs", test_kept_logs);
    return g_test_run();
}
