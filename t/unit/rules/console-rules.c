/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnosis.h"

/* Consoles of machines that get no further, as their guests printed them. */
static const struct {
    const char *console;
    Expected expected;
} ends[] = {
    /* ---- firmware: AAVMF 2022.11 and OVMF ---- */
    {"UEFI firmware (version  built at 13:10:49 on Nov  5 2024)\n"
     "BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0)/Pci(0x1,0x0): Not "
     "Found\n"
     "BdsDxe: loading Boot0002 \"EFI Internal Shell\" from Fv(64074AFE-340A-4BE6-94BA-91B5)\n",
     {"firmware-shell", "found nothing to boot", "failed to load Boot0001",
      "EFI system partition"}},
    {"BdsDxe: failed to start Boot0002 \"EFI Internal Shell\" from Fv(64074AFE): Security "
     "Violation\n"
     "BdsDxe: No bootable option or device was found.\n"
     "BdsDxe: Press any key to enter the Boot Manager Menu.\n",
     {"firmware-shell", "found nothing to boot", "No bootable option", "image info debian-12"}},
    {"BdsDxe: No bootable option or device was found.\n",
     {"firmware-nothing", "found nothing to boot", "No bootable option", "aarch64"}},
    {"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\": Not Found\n>>Start PXE over IPv4.\n",
     {"firmware-pxe", "tries the network (PXE)", ">>Start PXE", "UEFI"}},
    {">>Start HTTP Boot over IPv4....\n",
     {"firmware-pxe", "tries the network (HTTP Boot)", ">>Start HTTP", "UEFI"}},
    {"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0): Unsupported\n"
     "BdsDxe: No bootable option or device was found.\n",
     {"firmware-other-arch", "not for aarch64", "Unsupported", "aarch64"}},
    {"Image type X64 can't be loaded on AARCH64 UEFI system.\n",
     {"firmware-image-type", "it is for X64", "Image type X64", "'arch'"}},
    {"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0): Out of Resources\n"
     "BdsDxe: No bootable option or device was found.\n",
     {"firmware-no-memory", "too little memory", "Out of Resources", "'memory'"}},
    {"\n\nSynchronous Exception at 0x00000000BF5E1F34\n  X0 0x0000000000000000\n",
     {"firmware-exception", "the firmware crashed", "Synchronous Exception", "'cpu'"}},
    {"!!!! X64 Exception Type - 0D(#GP - General Protection)  CPU Apic ID - 00000000 !!!!\n",
     {"firmware-exception", "the firmware crashed", "General Protection", "'cpu'"}},
    {"ASSERT [ArmCpuDxe] /build/edk2/ArmPkg/Drivers/CpuDxe/CpuDxe.c(311): Status == 0\n",
     {"firmware-assert", "fault of its own", "ASSERT [ArmCpuDxe]", "firmware package"}},
    {"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0): Access Denied\n"
     "BdsDxe: loading Boot0002 \"UEFI PXEv4\"\n",
     {"secure-boot", "secure boot refused", "Access Denied", "signed image"}},
    {"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0): Access Denied\n"
     "BdsDxe: loading Boot0002 \"EFI Internal Shell\" from Fv(64074AFE)\n"
     "BdsDxe: failed to start Boot0002 \"EFI Internal Shell\" from Fv(64074AFE): Security "
     "Violation\n",
     {"secure-boot", "secure boot refused the boot loader", "Boot0001", "signed image"}},
    {"Verification failed: (0x1A) Security Violation\n",
     {"secure-boot", "secure boot refused", "0x1A", "signed image"}},
    /* ---- boot loaders ---- */
    {"Welcome to GRUB!\n\nerror: no such device: 5f2f4a1e-3c1f-4f9c-a4b2-7a9de1f0a111.\n"
     "Entering rescue mode...\ngrub rescue> ",
     {"grub-rescue", "no such device: 5f2f4a1e", "no such device", "'seedbed console f-m-1'"}},
    {"Welcome to GRUB!\nerror: unknown filesystem.\nEntering rescue mode...\n",
     {"grub-rescue", "unknown filesystem", "Entering rescue", "GRUB"}},
    {"                       GNU GRUB  version 2.06-13+deb12u1\n\n"
     "   Minimal BASH-like line editing is supported. For the first word, TAB\n   lists possible "
     "command completions.\n\ngrub> ",
     {"grub-prompt", "found no menu", "BASH-like", "distribution's own image"}},
    {"error: ../../grub-core/loader/arm64/linux.c:61:plain image kernel not supported - rebuild "
     "with "
     "CONFIG(U)EFI_STUB enabled.\nerror: ../loader/arm64/linux.c:298:you need to load the kernel "
     "first.\n",
     {"grub-plain-kernel", "without an EFI stub", "plain image", "CONFIG_EFI_STUB=y"}},
    {"  Booting `Debian GNU/Linux'\n\nLoading Linux 6.1.0-28-cloud-arm64 ...\n"
     "error: file `/boot/vmlinuz-6.1.0-28-cloud-arm64' not found.\n"
     "Loading initial ramdisk ...\nerror: you need to load the kernel first.\n\n"
     "Press any key to continue...\n",
     {"grub-no-kernel", "file `/boot/vmlinuz-6.1.0-28-cloud-arm64' not found", "vmlinuz",
      "kernel in the image"}},
    {"Loading initial ramdisk ...\nerror: out of memory.\n\nPress any key to continue...\n",
     {"grub-memory", "too little memory", "out of memory", "'memory'"}},
    {"No loader found. Configuration files in \\loader\\entries\\*.conf are needed.\n",
     {"sd-boot-no-loader", "no entry to boot", "No loader found", "UEFI"}},
    {"Failed to execute Fedora Linux 39 (\\vmlinuz-6.5.6): Unsupported\n",
     {"sd-boot-fails", "Fedora Linux 39", "Unsupported", "bootctl list"}},
    {"EFI stub: ERROR: Exit boot services failed.\nEFI stub: ERROR: Failed to update FDT\n",
     {"stub-exit", "could not take over from the firmware", "Exit boot", "another kernel"}},
    {"EFI stub: Booting Linux Kernel...\nEFI stub: ERROR: Failed to relocate kernel\n",
     {"stub-fails", "Failed to relocate kernel", "EFI stub: ERROR", "'memory'"}},
    /* ---- others ---- */
    {"error: cannot allocate kernel buffer.\n"
     "error: you need to load the kernel first.\n",
     {"grub-memory", "too little memory", "cannot allocate", "'memory'"}},
    {"EFI stub: Booting Linux Kernel...\n"
     "EFI stub: ERROR: This 64 KB granular kernel is not supported by your CPU\n",
     {"stub-pages", "64 KB", "granular", "'max'"}},
    {" * Mounting root: mount: mounting UUID=abc on /sysroot failed: No such file or directory\n"
     "Mounting root failed.\n"
     "initramfs emergency recovery shell launched. Type 'exit' to continue boot\n"
     "~ # \n",
     {"initramfs-mount", "UUID=abc on /sysroot failed", "recovery shell", "'root='"}},
    {":: running hook [udev]\n"
     ":: Triggering uevents...\n"
     "Waiting 10 seconds for device /dev/disk/by-uuid/abc ...\n"
     "ERROR: device 'UUID=abc' not found. Skipping fsck.\n"
     ":: mounting 'UUID=abc' on real root\n"
     "mount: /new_root: can't find UUID=abc.\n"
     "ERROR: Failed to mount 'UUID=abc' on real root\n"
     "You are now being dropped into an emergency shell.\n"
     "sh: can't access tty; job control turned off\n"
     "[rootfs ]# \n",
     {"initramfs-mount", "UUID=abc", "being dropped", "'root='"}},
    {"[  190.1] dracut-initqueue[305]: Warning: dracut-initqueue: timeout, still waiting for "
     "following initqueue hooks:\n"
     "[  190.2] dracut-initqueue[305]: Warning: "
     "/lib/dracut/hooks/initqueue/finished/devexists-\\x2fdev\\x2fdisk\\x2fby-uuid\\x2fabc.sh: \"[ "
     "-e \"/dev/disk/by-uuid/abc\" ]\"\n"
     "[  191.0] dracut-initqueue[305]: Warning: Could not boot.\n"
     "Warning: /dev/disk/by-uuid/abc does not exist\n"
     "\n"
     "Generating \"/run/initramfs/rdsosreport.txt\"\n"
     "\n"
     "Entering emergency mode. Exit the shell to continue.\n"
     "Type \"journalctl\" to view system logs.\n"
     "dracut:/# \n",
     {"dracut-no-device", "/dev/disk/by-uuid/abc", "rdsosreport", "'root='"}},
    {"[    3.2] systemd[1]: Failed to load SELinux policy, freezing.\n"
     "[!!!!!!] Failed to load SELinux policy, freezing.\n"
     "Freezing execution.\n",
     {"systemd-freezes", "Failed to load SELinux policy", "SELinux", "SELinux"}},
    {"[!!!!!!] Failed to mount API filesystems.\n"
     "[    3.3] systemd[1]: Freezing execution.\n",
     {"systemd-freezes", "Failed to mount API", "API", "disk"}},
    {"Mounting from ufs:/dev/gpt/rootfs failed with error 19.\n"
     "mountroot> \n",
     {"bsd-no-root", "ufs:/dev/gpt/rootfs failed with error 19", "mountroot", "vfs.root"}},
    {"Enter full pathname of shell or RETURN for /bin/sh: \n",
     {"single-user", "single-user", "RETURN", "/etc/rc"}},
    {"can't load 'kernel'\n"
     "\n"
     "Type '?' for a list of commands, 'help' for more detailed help.\n"
     "OK \n",
     {"bsd-no-kernel", "no kernel", "can't load", "UEFI"}},
    {"-------------------------------------------------------------------------------\n"
     "Ignition has failed. Please ensure your config is valid.\n",
     {"ignition", "and not by cloud-init", "Ignition has failed", "has cloud-init"}},
    {"[    0.1] Kernel panic - not syncing: Failed to allocate page table page\n",
     {"panic-memory", "too little memory", "page table", "'memory'"}},
    {"[   31.1] VFS: Unable to mount root fs via NFS.\n"
     "[   31.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,255)\n",
     {"panic-nfs-root", "its NFS server", "via NFS", "nfsroot="}},
    {"Ignition: ran on 2024/01/05 10:00:00 UTC (this boot)\nIgnition: no config provided by user\n"
     "No SSH authorized keys provided by Ignition or Afterburn\nlocalhost login: ",
     {"ignition", "and not by cloud-init", "no config provided", "has cloud-init"}},
    {"mount[98]: mount: /sysroot: wrong fs type, bad option, bad superblock on root.\n"
     "Entering emergency mode. Exit the shell to continue.\n",
     {"initramfs-mount", "wrong fs type", "bad superblock", "'root='"}},
    {"[    1.089747] No filesystem could mount root, tried: \n[    1.089750]  ext3\n"
     "[    1.102318] Kernel panic - not syncing: VFS: Unable to mount root fs on \"/dev/vda\" or "
     "unknown-block(254,0)\n",
     {"panic-no-file-system", "no driver for the file system", "tried:", "update-initramfs"}},
    {"  Booting `Debian GNU/Linux'\n"
     "\n"
     "error: file `/vmlinuz' not found.\n"
     "\n"
     "  Failed to boot both default and fallback entries.\n"
     "\n"
     "Press any key to continue...\n",
     {"grub-no-kernel", "file `/vmlinuz' not found", "fallback", "GRUB"}},
    {"<<< NixOS Stage 1 >>>\n"
     "waiting for device /dev/disk/by-label/nixos to appear.......................\n"
     "Timed out waiting for device /dev/disk/by-label/nixos, trying to mount anyway.\n"
     "mount: mounting /dev/disk/by-label/nixos on /mnt-root/ failed: No such file or directory\n"
     "An error occurred in stage 1 of the boot process, which must mount the\n"
     "root filesystem on `/mnt-root' and then start stage 2.  Press one\n"
     "of the following keys:\n"
     "  r) to reboot immediately\n"
     "  *) to ignore the error and continue\n",
     {"initramfs-no-device", "/dev/disk/by-label/nixos", "stage 1", "'root='"}},
    {">> Determining root device (trying UUID=abc)\n"
     "!! Block device UUID=abc is not a valid root device...\n"
     "!! Could not find the root block device in UUID=abc.\n"
     "!! Please specify another value or:\n"
     "!! - press Enter for the same\n"
     "!! - type \"shell\" for a shell\n"
     "root block device(UUID=abc) :: \n",
     {"initramfs-no-device", "UUID=abc", "root block device", "'root='"}},
    {"fsck.ext4: Bad magic number in super-block while trying to open /dev/vda1\n"
     "/dev/vda1: The superblock could not be read or does not describe a valid ext2/ext3/ext4 "
     "filesystem.\n"
     "(initramfs) \n",
     {"initramfs-fsck", "/dev/vda1 is damaged", "Bad magic", "image verify"}},
    /* ---- kernels ---- */
    {"[    0.000000] Linux version 6.1.0-28-cloud-arm64 (debian-kernel@lists.debian.org)\n"
     "[    1.411] VFS: Cannot open root device \"vda9\" or unknown-block(0,0): error -6\n"
     "[    1.412] Please append a correct \"root=\" boot option; here are the available "
     "partitions:\n"
     "[    1.420] Kernel panic - not syncing: VFS: Unable to mount root fs on "
     "unknown-block(0,0)\n"
     "[    1.421] CPU: 0 PID: 1 Comm: swapper/0 Not tainted\n",
     {"panic-no-root", "cannot open 'vda9'", "Cannot open root device", "'root='"}},
    {"[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n",
     {"panic-no-root", "no root file system", "unknown-block", "initramfs"}},
    {"[    0.9] Initramfs unpacking failed: invalid magic at start of compressed archive\n"
     "[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n",
     {"panic-initramfs", "invalid magic", "unpacking failed", "update-initramfs"}},
    {"[    1.5] Kernel panic - not syncing: No working init found.  Try passing init= option\n",
     {"panic-no-init", "no init", "No working init", "root"}},
    {"[    1.4] Failed to execute /init (error -8)\n"
     "[    1.5] Kernel panic - not syncing: No working init found.  Try passing init= option\n",
     {"panic-other-arch", "cannot run /init", "error -8", "aarch64"}},
    {"/init: line 3: foo: not found\n[    2.5] Kernel panic - not syncing: Attempted to kill init! "
     "exitcode=0x00007f00\n[    2.6] CPU: 0 PID: 1 Comm: init Not tainted\n",
     {"panic-init-died", "exit code 0x00007f00", "foo: not found", "0x7f00"}},
    {"[    4.1] Kernel panic - not syncing: System is deadlocked on memory\n",
     {"panic-memory", "too little memory", "deadlocked", "'memory'"}},
    {"[   14.1] sysrq: Trigger a crash\n"
     "[   14.1] Kernel panic - not syncing: sysrq triggered crash\n",
     {"panic-sysrq", "somebody asked for it", "Trigger a crash", "sysrq-trigger"}},
    {"[  240.1] Kernel panic - not syncing: hung_task: blocked tasks\n",
     {"panic-hung", "a task hung (hung_task)", "blocked tasks", "too busy"}},
    {"[    3.1] Unable to handle kernel NULL pointer dereference at virtual address "
     "0000000000000000\n[    3.2] Internal error: Oops: 96000004 [#1] SMP\n"
     "[    3.3] Kernel panic - not syncing: Oops: Fatal exception\n",
     {"panic-oops", "NULL pointer dereference", "Oops", "one by one"}},
    {"[    9.5] Kernel panic - not syncing: Fatal exception in interrupt\n",
     {"panic", "Fatal exception in interrupt", "not syncing", "console.txt"}},
    {"[   61.2] reboot: System halted\n", {"halted", "halted", "System halted", "'poweroff'"}},
    /* ---- initramfs ---- */
    {"Begin: Waiting for root file system ... done.\n"
     "Gave up waiting for root file system device.  Common problems:\n"
     " - Boot args (cat /proc/cmdline)\n"
     "ALERT!  UUID=0b6f5bb8-1111-4c3e-9e1c-2f3f0a2c9a10 does not exist.  Dropping to a shell!\n\n\n"
     "BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) built-in shell (ash)\n(initramfs) ",
     {"initramfs-no-device", "UUID=0b6f5bb8-1111-4c3e-9e1c-2f3f0a2c9a10 does not exist", "ALERT!",
      "virtio_blk"}},
    {"No root device specified. Boot arguments must include a root= parameter.\n",
     {"initramfs-no-root-argument", "no 'root='", "No root device", "'root='"}},
    {"Gave up waiting for root file system device.  Common problems:\n",
     {"initramfs-no-root", "did not find the root disk", "Gave up", "fstab"}},
    {"/dev/vda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.\n"
     "fsck exited with status code 4\n"
     "The root filesystem on /dev/vda1 requires a manual fsck\n(initramfs) ",
     {"initramfs-fsck", "damaged", "INCONSISTENCY", "image verify debian-12"}},
    {"[   17.8] EXT4-fs (vda2): mounted filesystem with ordered data mode. Quota mode: none.\n"
     "run-init: /sbin/init: No such file or directory\n"
     "Target filesystem doesn't have requested /sbin/init.\n"
     "run-init: /bin/sh: No such file or directory\n",
     {"initramfs-init-missing", "is mounted, and has no program /sbin/init", "run-init",
      "systemd-sysv"}},
    {"Command: \nMessage: \nError: \n\nNo pool imported. Manually import the root pool\n"
     "at the command prompt and then exit.\nHint: Try:  zpool import -N \n\n"
     "Enter 'help' for a list of built-in commands.\n\n(initramfs) \n",
     {"initramfs-no-pool", "did not find the pool of the ZFS root", "No pool imported",
      "zpool import"}},
    {"Target filesystem doesn't have requested /sbin/init.\n"
     "No init found. Try passing init= bootarg.\n(initramfs) ",
     {"initramfs-no-init", "no init", "Try passing init", "too long"}},
    {"Spawning shell within the initramfs\n(initramfs) ",
     {"initramfs-shell", "waits in a shell", "Spawning", "virtio_blk"}},
    {"[  189.2] dracut-initqueue[412]: Warning: dracut-initqueue: timeout, still waiting for "
     "following initqueue hooks:\n"
     "[  189.3] dracut-initqueue[412]: Warning: \"/dev/disk/by-uuid/4d2e\" does not exist\n"
     "Generating \"/run/initramfs/rdsosreport.txt\"\n"
     "Entering emergency mode. Exit the shell to continue.\n",
     {"dracut-no-device", "/dev/disk/by-uuid/4d2e does not exist", "dracut-initqueue", "fstab"}},
    {"[  189.2] dracut-initqueue[412]: Warning: dracut-initqueue timeout - starting timeout "
     "scripts\ndracut: FATAL: Could not boot.\n",
     {"dracut-timeout", "in time", "FATAL", "root="}},
    {"[    3.2] dracut: FATAL: Don't know how to handle 'root=foo'\n",
     {"dracut", "Don't know how to handle 'root=foo'", "FATAL", "root="}},
    /* ---- systemd ---- */
    {"[FAILED] Failed to mount \033[0;1;39mmnt-data.mount\033[0m - /mnt/data.\n"
     "[DEPEND] Dependency failed for local-fs.target - Local File Systems.\n"
     "You are in emergency mode. After logging in, type \"journalctl -xb\" to view\n",
     {"emergency-mount", "could not mount", "Failed to mount", "nofail"}},
    {"[ TIME ] Timed out waiting for device /dev/disk/by-label/data.\n"
     "[DEPEND] Dependency failed for File System Check on /dev/disk/by-label/data.\n"
     "You are in emergency mode. After logging in, type \"journalctl -xb\" to view\n",
     {"emergency-device", "/dev/disk/by-label/data did not appear", "Timed out", "fstab"}},
    {"[FAILED] Failed to start File System Check on /dev/vda15.\n"
     "Give root password for maintenance\n",
     {"emergency-fsck", "/dev/vda15 is damaged", "File System Check", "image verify"}},
    {"[FAILED] Failed to start systemd-modules-load.service - Load Kernel Modules.\n"
     "Cannot open access to console, the root account is locked.\n",
     {"emergency-unit", "systemd-modules-load.service", "root account is locked", "FAILED"}},
    {"You are in emergency mode. After logging in, type \"journalctl -xb\" to view\n",
     {"emergency", "emergency mode", "journalctl", "FAILED"}},
    {"[FAILED] Failed to mount sysroot.mount - /sysroot.\n"
     "Entering emergency mode. Exit the shell to continue.\n",
     {"initramfs-mount", ": /sysroot", "Failed to mount", "root="}},
    {"You are in rescue mode. After logging in, type \"journalctl -xb\" to view\n",
     {"rescue", "rescue mode", "journalctl", "systemd.unit="}},
    {"[!!!!!!] Failed to mount API filesystems.\n[    4.1] systemd[1]: Freezing execution.\n",
     {"systemd-freezes", "systemd stopped itself", "API filesystems", "console.txt"}},
};

static void test_ends(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_test_message("%s", ends[i].expected.rule);
        g_autoptr(SbFacts) facts = some_facts(ends[i].console);
        facts->stays = strstr(ends[i].expected.next, "seedbed console") != NULL;
        facts->awaited = SB_STAGE_SSH_PORT;
        expect_finding(facts, &ends[i].expected);
        g_autoptr(SbDiagnosis) end = sb_diagnose_end(facts);
        g_assert_nonnull(end);
        g_assert_true(end->is_final);
    }
}

/* One of the lines ends the wait: a rule that needs several lines has nothing to begin with else.
 */
static void test_ends_are_seen(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(SbFacts) facts = some_facts(ends[i].console);
        gboolean is_seen = FALSE;
        for (guint line = 0; line < facts->console->len; line++) {
            const SbRule *rule = sb_rule_of_line(g_ptr_array_index(facts->console, line));
            is_seen |= rule && rule->kind == SB_RULE_ENDS;
        }
        if (!is_seen)
            g_error("%s: no line ends the wait", ends[i].expected.rule);
    }
}

static void test_progress(void)
{
    static const struct {
        const char *line;
        SbStage stage;
    } rows[] = {
        {"UEFI firmware (version  built at 13:10:49 on Nov  5 2024)", SB_STAGE_FIRMWARE},
        {"BdsDxe: loading Boot0001 \"UEFI Misc Device\" from PciRoot(0x0)/Pci(0x1,0x1)",
         SB_STAGE_FIRMWARE},
        {"BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0): Not Found",
         SB_STAGE_FIRMWARE},
        {"Welcome to GRUB!", SB_STAGE_FIRMWARE},
        {"  Booting `Debian GNU/Linux'", SB_STAGE_FIRMWARE},
        {"EFI stub: Booting Linux Kernel...", SB_STAGE_KERNEL},
        {"[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd070]", SB_STAGE_KERNEL},
        {"[    0.640000] pci 0000:00:00.0: reg 0x10", SB_STAGE_KERNEL},
        {"systemd[1]: Reached target emergency.target - Emergency Mode.", SB_STAGE_KERNEL},
        {"[   ***] A start job is running for Wait for Network (2min / no limit)", SB_STAGE_KERNEL},
        {"Begin: Running /scripts/local-block ... done.", SB_STAGE_KERNEL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const SbRule *rule = sb_rule_of_line(rows[i].line);
        g_assert_nonnull(rule);
        g_assert_cmpint(rule->kind, ==, SB_RULE_PROGRESS);
        g_assert_cmpint(rule->stage, ==, rows[i].stage);
    }
}

/* Harmless lines that look like others. */
static void test_harmless(void)
{
    static const char *const lines[] = {
        "",
        "Debian GNU/Linux 12 debian ttyAMA0",
        "EFI stub: Exiting boot services...",
        "EFI stub: ERROR: FIRMWARE BUG: kernel image not aligned on 64k boundary",
        "EFI stub: ERROR: Could not determine UEFI Secure Boot status.",
        "BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) built-in shell (ash)",
        "Trying to unpack rootfs image as initramfs...",
        "curl: (22) The requested URL returned error: 403 Access Denied",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        g_assert_null(sb_rule_of_line(lines[i]));
}

/* What the firmware said before it found the disk after all, or a boot before this one. */
static void test_past(void)
{
    g_autoptr(SbFacts) facts =
        some_facts(">>Start PXE over IPv4.\nBdsDxe: loading Boot0002 \"UEFI Misc Device\"\n"
                   "EFI stub: Booting Linux Kernel...\n[    1.000000] systemd[1]: hello\n");
    g_assert_null(sb_diagnose(facts));
    g_autoptr(SbFacts) again =
        some_facts("[    9.5] Kernel panic - not syncing: Fatal exception in interrupt\n"
                   "UEFI firmware (version  built at 13:10:49 on Nov  5 2024)\n"
                   "EFI stub: Booting Linux Kernel...\n");
    g_assert_null(sb_diagnose(again));
}

static void test_text(void)
{
    g_autoptr(SbFacts) facts =
        some_facts("one\ntwo\n[   14.1] sysrq: Trigger a crash\n"
                   "[   14.1] Kernel panic - not syncing: sysrq triggered crash\nafter\n");
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
    g_autofree char *text = sb_diagnosis_text(diagnosis, NULL);
    g_assert_cmpstr(text, ==,
                    "the kernel panicked, because somebody asked for it ('c' to "
                    "/proc/sysrq-trigger)\nevidence:\n  | one\n  | two\n"
                    "  | [   14.1] sysrq: Trigger a crash\n"
                    "  | [   14.1] Kernel panic - not syncing: sysrq triggered crash\n  | after\n"
                    "try: look for sysrq-trigger in your user-data and scripts");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/console-rules/ends", test_ends);
    g_test_add_func("/console-rules/ends-are-seen", test_ends_are_seen);
    g_test_add_func("/console-rules/progress", test_progress);
    g_test_add_func("/console-rules/harmless", test_harmless);
    g_test_add_func("/console-rules/past", test_past);
    g_test_add_func("/console-rules/text", test_text);
    return g_test_run();
}
