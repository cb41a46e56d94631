/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/stage.h"
#include "test.h"

#include <string.h>

static void test_rules(void)
{
    static const char *const names[SB_STAGE_COUNT] = {"none",     "defined",   "started",
                                                      "firmware", "kernel",    "address",
                                                      "ssh port", "ssh login", "cloud-init"};
    for (SbStage stage = SB_STAGE_NONE; stage < SB_STAGE_COUNT; stage++) {
        const SbStageRule *rule = sb_stage_rule(stage);
        g_assert_cmpstr(rule->name, ==, names[stage]);
        g_assert_nonnull(rule->hint);
        if (stage == SB_STAGE_NONE)
            continue;
        g_assert_cmpuint(rule->deadline_s, >=, 10);
        g_assert_cmpuint(rule->deadline_s, <=, 600);
        g_assert_cmpuint(strlen(rule->hint), >, 40);
    }
    /* A hint about something inside the guest names the command that shows it. */
    for (SbStage stage = SB_STAGE_KERNEL; stage <= SB_STAGE_SSH_LOGIN; stage++)
        g_assert_nonnull(strstr(sb_stage_rule(stage)->hint, "'seedbed log'"));
}

static void test_deadlines(void)
{
    gint64 native_ms = sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 2, 4);
    g_assert_cmpint(native_ms, ==, (gint64)sb_stage_rule(SB_STAGE_KERNEL)->deadline_s * 1000);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, TRUE, 2, 4), ==, 20 * native_ms);
    /* Only more vCPUs than the host has are shared. */
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 4, 4), ==, native_ms);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 6, 4), ==, native_ms * 3 / 2);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, TRUE, 16, 2), ==, 160 * native_ms);
    /* An unknown number of CPUs does not cause a division by zero; large numbers do not overflow.
     */
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_KERNEL, FALSE, 4, 0), ==, native_ms);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_READY, TRUE, G_MAXUINT, 1), >, 0);
    /* libvirt's own work is not emulated. */
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_STARTED, TRUE, 1, 1), ==,
                    sb_stage_deadline_ms(SB_STAGE_STARTED, FALSE, 1, 1));
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_NONE, TRUE, 1, 1), ==, 0);
}

/* Debian took 215 s to the end of cloud-init, under emulation with 2 vCPUs. A third of the allowed
 * time must be enough for that. */
static void test_deadlines_leave_room(void)
{
    gint64 sum_ms = 0;
    for (SbStage stage = SB_STAGE_FIRMWARE; stage < SB_STAGE_READY; stage++)
        sum_ms += sb_stage_deadline_ms(stage, TRUE, 2, 2);
    g_assert_cmpint(sum_ms, >=, 3 * 215 * 1000);
    g_assert_cmpint(sb_stage_deadline_ms(SB_STAGE_FIRMWARE, TRUE, 2, 2), <=, 5 * 60 * 1000);
}

static void expect_reached(const char *line, SbStage stage)
{
    const SbConsoleRule *rule = sb_console_rule_match(line);
    g_assert_nonnull(rule);
    g_assert_null(rule->fatal);
    g_assert_cmpint(rule->reached, ==, stage);
}

static void expect_fatal(const char *line, const char *reason)
{
    const SbConsoleRule *rule = sb_console_rule_match(line);
    g_assert_nonnull(rule);
    g_assert_cmpint(rule->reached, ==, SB_STAGE_NONE);
    g_assert_nonnull(rule->hint);
    g_assert_nonnull(rule->fatal);
    if (!strstr(rule->fatal, reason))
        g_error("'%s' does not tell '%s'", rule->fatal, reason);
}

static void test_progress(void)
{
    expect_reached("UEFI firmware (version  built at 13:10:49 on Nov  5 2024)", SB_STAGE_FIRMWARE);
    expect_reached("\033[2J\033[01;01HBdsDxe: loading Boot0001 \"UEFI Misc Device\" from "
                   "PciRoot(0x0)/Pci(0x1,0x1)/Pci(0x0,0x0)",
                   SB_STAGE_FIRMWARE);
    expect_reached("Welcome to GRUB!", SB_STAGE_FIRMWARE);
    expect_reached("  Booting `Debian GNU/Linux'", SB_STAGE_FIRMWARE);
    expect_reached("EFI stub: Booting Linux Kernel...", SB_STAGE_KERNEL);
    expect_reached("[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd070]",
                   SB_STAGE_KERNEL);
    expect_reached("[    0.000000] Linux version 6.1.0-28-cloud-arm64 (debian-kernel@lists)",
                   SB_STAGE_KERNEL);
    g_assert_null(sb_console_rule_match(""));
    g_assert_null(sb_console_rule_match("[    1.234] systemd[1]: Detected architecture arm64."));
    g_assert_null(sb_console_rule_match("Debian GNU/Linux 12 debian ttyAMA0"));
    g_assert_null(sb_console_rule_match("EFI stub: Exiting boot services..."));
}

/* The output of AAVMF 2022.11 for a blank disk, line by line: the first fatal line counts. */
static void test_blank_disk(void)
{
    expect_reached("BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from "
                   "PciRoot(0x0)/Pci(0x1,0x0): Not Found",
                   SB_STAGE_FIRMWARE);
    expect_fatal("BdsDxe: loading Boot0002 \"EFI Internal Shell\" from "
                 "Fv(64074AFE-340A-4BE6-94BA-91B5B4D0F71E)/FvFile(7C04A583)",
                 "nothing to boot");
    /* With secure boot; not to be told as a refused boot loader. */
    expect_fatal("BdsDxe: failed to start Boot0002 \"EFI Internal Shell\" from "
                 "Fv(64074AFE): Security Violation",
                 "nothing to boot");
    expect_fatal("\033[2J\033[01;01HUEFI Interactive Shell v2.2", "nothing to boot");
    expect_fatal("BdsDxe: No bootable option or device was found.", "nothing to boot");
    expect_fatal(">>Start PXE over IPv4.", "nothing to boot");
    expect_fatal(">>Start HTTP Boot over IPv4....", "nothing to boot");
}

static void test_fatal(void)
{
    expect_fatal("Synchronous Exception at 0x00000000BF5E1F34", "firmware crashed");
    expect_fatal("Verification failed: (0x1A) Security Violation", "secure boot");
    expect_fatal("grub rescue> ", "GRUB");
    expect_fatal("   Minimal BASH-like line editing is supported. For the first word, TAB", "GRUB");
    expect_fatal("[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs on "
                 "unknown-block(0,0)",
                 "no root file system");
    expect_fatal("[    1.5] Kernel panic - not syncing: No working init found.  Try passing init=",
                 "no init");
    expect_fatal("[    9.5] Kernel panic - not syncing: Fatal exception in interrupt", "panicked");
    expect_fatal("Gave up waiting for root file system device.  Common problems:", "root disk");
    expect_fatal("No init found. Try passing init= bootarg.", "found no init");
    expect_fatal("dracut: FATAL: Don't know how to handle 'root=foo'", "dracut");
    expect_fatal("You are in emergency mode. After logging in, type \"journalctl -xb\"",
                 "emergency mode");
    expect_fatal("Entering emergency mode. Exit the shell to continue.", "emergency mode");
    expect_fatal("Give root password for maintenance", "root's password");
    expect_fatal("Cannot open access to console, the root account is locked.", "emergency mode");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/stage/rules", test_rules);
    g_test_add_func("/stage/deadlines", test_deadlines);
    g_test_add_func("/stage/deadlines-leave-room", test_deadlines_leave_room);
    g_test_add_func("/stage/progress", test_progress);
    g_test_add_func("/stage/blank-disk", test_blank_disk);
    g_test_add_func("/stage/fatal", test_fatal);
    return g_test_run();
}
