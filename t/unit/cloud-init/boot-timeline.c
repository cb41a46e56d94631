/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/boot-timeline.h"
#include "test.h"

#include <string.h>

static GPtrArray *timeline_of(const char *text, gsize length)
{
    g_autoptr(SbGuestReport) report = sb_guest_report_parse(text, length);
    const GString *bytes = sb_guest_report_get(report, SB_GUEST_LOG);
    g_autoptr(SbCloudInitLog) log =
        sb_cloud_init_log_parse(bytes ? bytes->str : "", bytes ? bytes->len : 0);
    return sb_boot_timeline(report, log);
}

static char *described(const GPtrArray *timeline)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < timeline->len; i++) {
        const SbTimelineEntry *entry = g_ptr_array_index(timeline, i);
        g_string_append_printf(text, "%s%s %.1f %.1f\n", entry->depth ? "  " : "", entry->name,
                               (double)entry->start_ms / 1000, (double)entry->end_ms / 1000);
    }
    return g_string_free(text, FALSE);
}

/* cloud-init itself said of this boot: "Up 152.56", 185.99, 231.47 and 258.14 seconds when its
 * stages began; and `cloud-init analyze` that the kernel took 39.69 s, growpart 2.53 and ssh 0.27.
 */
static void test_debian(void)
{
    gsize length;
    g_autofree char *report = test_data("guest-report-22.4-failed.txt", &length);
    g_autoptr(GPtrArray) timeline = timeline_of(report, length);
    g_autofree char *text = described(timeline);
    g_assert_cmpstr(text, ==,
                    "kernel 0.0 39.7\n"
                    "systemd 39.7 265.2\n"
                    "cloud-init init-local 152.5 171.3\n"
                    "cloud-init init 185.9 196.5\n"
                    "  growpart 190.3 192.8\n"
                    "  users-groups 193.8 196.2\n"
                    "  ssh 196.2 196.5\n"
                    "network-online.target 197.4 197.4\n"
                    "ssh.service 203.4 203.4\n"
                    "multi-user.target 204.1 204.1\n"
                    "cloud-init modules-config 231.4 245.2\n"
                    "  ntp 244.9 245.0\n"
                    "  runcmd 245.1 245.1\n"
                    "cloud-init modules-final 258.1 263.5\n"
                    "  scripts-user 260.6 261.1\n"
                    "  final-message 263.4 263.5\n");
}

/* Newer versions count from the boot. */
static void test_uptime(void)
{
    gsize length;
    g_autofree char *report = test_data("guest-report-25.1-degraded.txt", &length);
    g_autoptr(GPtrArray) timeline = timeline_of(report, length);
    g_autofree char *text = described(timeline);
    g_assert_cmpstr(text, ==,
                    "kernel 0.0 21.9\n"
                    "systemd 21.9 218.4\n"
                    "cloud-init init-local 94.5 108.4\n"
                    "network-online.target 121.8 121.8\n"
                    "cloud-init modules-config 125.6 135.1\n"
                    "  ssh-import-id 131.7 131.9\n"
                    "  locale 131.9 132.3\n"
                    "cloud-init init 146.4 155.0\n"
                    "  growpart 114.8 117.9\n"
                    "  ssh 120.8 121.3\n"
                    "  growpart 150.8 153.8\n"
                    "  ssh 154.9 154.9\n"
                    "ssh.service 157.4 157.4\n"
                    "multi-user.target 157.5 157.5\n"
                    "cloud-init modules-final 159.3 218.1\n"
                    "  ssh-authkey-fingerprints 216.8 216.9\n");
}

/* cloud-init set the time zone here: its log is an hour and a half ahead. */
static void test_zone(void)
{
    static const char text[] =
        "seedbed-section clock\n|100.0 1.0\n|1000100.0\n"
        "seedbed-section stages\n|{\"v1\": {\"init\": {\"start\": 1000010.5, \"finished\": null},\n"
        "| \"modules-final\": {\"start\": null}, \"modules-config\": {\"start\": \"x\"}}}\n"
        "seedbed-section log\n"
        "|1970-01-12 15:16:51,500 - h.py[DEBUG]: start: init-network/config-a: running\n"
        "|1970-01-12 15:16:53,500 - h.py[DEBUG]: finish: init-network/config-a: SUCCESS: ran\n"
        "|1970-01-12 15:16:54,500 - h.py[DEBUG]: start: init-network/config-b: running\n";
    g_autoptr(GPtrArray) timeline = timeline_of(text, strlen(text));
    g_autofree char *described_text = described(timeline);
    g_assert_cmpstr(described_text, ==,
                    "cloud-init init 10.5 -0.0\n  a 11.5 13.5\n  b 14.5 -0.0\n");
    const SbTimelineEntry *init = g_ptr_array_index(timeline, 0);
    g_assert_cmpint(init->end_ms, ==, -1);
}

static void test_firmware(void)
{
    static const char text[] =
        "seedbed-section systemd\n|FirmwareTimestampMonotonic=5000000\n"
        "|LoaderTimestampMonotonic=2000000\n|InitRDTimestampMonotonic=1000000\n"
        "|UserspaceTimestampMonotonic=3000000\n|FinishTimestampMonotonic=0\n"
        "seedbed-section units\n|Id=a.service\n|ActiveEnterTimestampMonotonic=0\n|\n"
        "|Id=b.service\n|ActiveEnterTimestampMonotonic=2500000\n";
    g_autoptr(GPtrArray) timeline = timeline_of(text, strlen(text));
    g_autofree char *described_text = described(timeline);
    g_assert_cmpstr(described_text, ==,
                    "firmware -5.0 -2.0\nboot loader -2.0 0.0\nkernel 0.0 1.0\ninitrd 1.0 3.0\n"
                    "b.service 2.5 2.5\nsystemd 3.0 -0.0\n");
}

static void test_nonsense(void)
{
    static const char *const texts[] = {
        "",
        "seedbed-section clock\n|x\n|y\nseedbed-section stages\n|{\"v1\": {}}\n",
        "seedbed-section clock\n|1 1\nseedbed-section stages\n|{\"v1\": {}}\n",
        "seedbed-section clock\n|1 1\n|inf\nseedbed-section stages\n"
        "|{\"v1\": {\"init\": {\"start\": 1}}}\n",
        "seedbed-section clock\n|1 1\n|100\nseedbed-section stages\n"
        "|{\"v1\": {\"init\": {\"start\": 1e300}, \"modules-final\": [], \"init-local\": 3}}\n",
        "seedbed-section systemd\n|UserspaceTimestampMonotonic=x\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) timeline = timeline_of(texts[i], strlen(texts[i]));
        g_assert_cmpuint(timeline->len, ==, 0);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/boot-timeline/debian", test_debian);
    g_test_add_func("/boot-timeline/uptime", test_uptime);
    g_test_add_func("/boot-timeline/zone", test_zone);
    g_test_add_func("/boot-timeline/firmware", test_firmware);
    g_test_add_func("/boot-timeline/nonsense", test_nonsense);
    return g_test_run();
}
