/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/console-rows.h"

/* What can be done about several causes. */
#define NEXT_EMERGENCY                                                                             \
    "read the lines with FAILED and DEPEND in {log}: the first unit there is the cause, most "     \
    "often a mount of /etc/fstab or of your user-data"
#define NEXT_PANIC                                                                                 \
    "read the lines before the panic in {log}; then try the distribution's own image and kernel, " \
    "and your changes to it one by one"

#define NEXT_INIT                                                                                  \
    "install an init in the image (Debian's package 'systemd-sysv', Alpine's 'openrc'), or "       \
    "correct 'init=' and 'root=' on the kernel's command line"
#define NEXT_INITRAMFS                                                                             \
    "make the initramfs in the image anew ('update-initramfs -u -k all' or 'dracut -f "            \
    "--regenerate-all', then 'update-grub'): a full /boot is a usual cause"

#define PROGRESS(line_, stage_)                                                                    \
    {                                                                                              \
        .line = (line_), .kind = SB_RULE_PROGRESS, .stage = (stage_)                               \
    }

#define PANIC "Kernel panic - not syncing"
/* A program that the kernel tried as init: the error follows. */
#define NOT_RUN                                                                                    \
    "(?:Failed to execute|Requested init|Starting init:) (\\S+) (?:failed |exists but couldn't "   \
    "execute it )?"
#define EMERGENCY                                                                                  \
    "You are in emergency mode|Entering emergency mode|Give root password for maintenance|Press "  \
    "Enter for maintenance|Cannot open access to console, the root account is locked"
/* Linux Live Kit, as Slax uses it. */
#define NO_LIVE_DATA "Fatal error occured - Could not locate \\w+ data"
#define DRACUT_FATAL "dracut:? FATAL"
#define INITRAMFS_SHELL "Dropping to (?:a )?shell!|\\(initramfs\\)"

static const SbRule rules[] = {
    /* ---- the kernel ---- */
    ENDS("panic-initramfs-memory", PANIC,
         "(?|RAMDISK: (incomplete write)|Initramfs unpacking failed: (write error))",
         "the initramfs does not fit into the machine's memory ({1})", NEXT_MEMORY),
    ENDS(
        "panic-initramfs", PANIC,
        "(?|Initramfs unpacking failed: (.*)|RAMDISK: (EOF while reading.*)|(uncompression error))",
        "the kernel could not unpack its initramfs ({1}), and panicked",
        "the initramfs is damaged, or does not fit into the memory: try more 'memory', then "
        "make it anew in the image ('update-initramfs -u', 'dracut -f')"),
    ENDS("panic-no-initramfs", "Unable to mount root fs",
         GRUB_ERROR "file [`'](\\S*init\\S*)' not found|EFI stub: ERROR: .*(initrd)",
         "the kernel found no root file system, because the boot loader did not load its "
         "initramfs '{1}'",
         NEXT_INITRAMFS),
    ENDS("panic-no-initramfs", "Unable to mount root fs", GRUB_ERROR GRUB_NO_MEMORY,
         "the kernel found no root file system, because GRUB had too little memory for the "
         "initramfs, and started the kernel without it",
         NEXT_MEMORY),
    ENDS_VAGUELY("panic-no-root-argument", "Unable to mount root fs",
                 "Cannot open root device \"\\(null\\)\"",
                 "the kernel's command line has no 'root=', and no initramfs found a root for it",
                 NEXT_ROOT),
    ENDS("panic-no-initramfs", "Unable to mount root fs",
         "Cannot open root device \"?((?:UUID|LABEL)=[^\" ]+)",
         "the kernel found no root file system: only an initramfs can find '{1}', and the boot "
         "loader loaded none",
         NEXT_INITRAMFS),
    ENDS_VAGUELY("panic-no-root", "Unable to mount root fs", "Cannot open root device \"?([^\" ]+)",
                 "the kernel found no root file system: it cannot open '{1}'", NEXT_ROOT),
    ENDS("panic-no-file-system", "Unable to mount root fs",
         "No filesystem could mount root, tried:",
         "the kernel has no driver for the file system of the root disk",
         "add the file system's module to the initramfs of the image ('update-initramfs -u', "
         "'dracut -f'), or use a kernel that has it"),
    ENDS("panic-nfs-root", "Unable to mount root fs", "Unable to mount root fs via (NFS|SMB)",
         "the kernel did not get its root file system from its {1} server",
         "check 'nfsroot=' (or 'cifsroot=') and 'ip=' on the kernel's command line, and that the "
         "machine's network reaches that server"),
    ENDS_VAGUELY("panic-no-root", "Unable to mount root fs", NULL,
                 "the kernel found no root file system", NEXT_ROOT),
    ENDS("panic-other-arch", PANIC, NOT_RUN "\\(error -8\\)",
         "the kernel cannot run {1}: it is for another architecture",
         "use an image whose programs are for {arch}"),
    ENDS(
        "panic-init-missing", PANIC, "Failed to execute (\\S+) \\(error -2\\)",
        "the kernel cannot run {1}, because the file is missing, or the program that it needs: the "
        "interpreter in its first line, or its loader",
        "put that program into the initramfs or the root file system that has {1}, and make the "
        "image anew"),
    ENDS("panic-init-mode", PANIC, NOT_RUN "\\(error -13\\)",
         "the kernel may not run {1}: the file is not executable",
         "'chmod 755' on {1} in the initramfs or the image"),
    ENDS("panic-no-init", PANIC ": Requested init (\\S+) failed", NULL,
         "the root file system has no program {1}, which the kernel's command line names as init",
         "correct 'init=' on the kernel's command line of the image"),
    ENDS_VAGUELY("panic-no-init", "No working init found|Requested init \\S+ failed", NULL,
                 "the root file system has no init that works", NEXT_ROOT),
    ENDS("panic-library", "Attempted to kill init!", "error while loading shared libraries: (.*)",
         "init cannot run, because a library is missing or damaged: {1}",
         "install the library's package in the image again, or, if it belongs to the initramfs, "
         "make "
         "that anew ('update-initramfs -u', 'dracut -f')"),
    ENDS("panic-cpu-too-old", "Attempted to kill init!",
         "(CPU ISA level is lower than required|CPU does not support "
         "x86-64-v\\d|exitcode=0x0*4\\b|trap invalid opcode)",
         "init cannot run on the machine's CPU: its programs need a newer CPU model ({1})",
         "set a newer 'cpu' in the fleet file ('max' has all features)"),
    ENDS_VAGUELY("panic-switch-root", "Attempted to kill init!",
                 "PID: 1 Comm: (switch_root|run-init|pivot_root)",
                 "the initramfs could not start the init of the root file system: '{1}' failed",
                 NEXT_ROOT),
    ENDS_VAGUELY(
        "panic-init-died", "Attempted to kill init! exitcode=(0x[0-9a-f]+)", NULL,
        "init ended (exit code {1}), and so the kernel panicked",
        "its last words, if there are any, name what it could not do; 0x7f00 "
        "means that a program or its library is missing, 0x0000000b that it crashed: {log}"),
    ENDS("panic-timer", PANIC ": IO-APIC \\+ timer doesn't work", NULL,
         "the kernel's test of its timer failed, as on an emulated machine whose host is busy, and "
         "so it panicked",
         "try again with fewer machines at a time; 'no_timer_check' on the kernel's command line "
         "of the image leaves that test out"),
    ENDS("panic-fips", PANIC ": .*(?:in fips mode|FIPS)",
         "(?:self-tests? for|test of) (\\S+) .*fail",
         "a self-test of the kernel's cryptography failed, which FIPS mode does not allow: {1}",
         "remove 'fips=1' from the kernel's command line in the image, or try another 'cpu' model "
         "in the fleet file"),
    ENDS("panic-memory",
         PANIC ": (?:Out of memory|System is deadlocked on memory|Failed to allocate )", NULL,
         "the kernel panicked, because the machine has too little memory", NEXT_MEMORY),
    ENDS("panic-sysrq", PANIC ": sysrq triggered crash", NULL,
         "the kernel panicked, because somebody asked for it ('c' to /proc/sysrq-trigger)",
         "look for sysrq-trigger in your user-data and scripts"),
    ENDS("panic-hung", PANIC ": (hung_task|softlockup|RCU Stall)", NULL,
         "the kernel panicked, because a task hung ({1})",
         "the libvirt host may be too busy: start fewer machines at a time, or fewer vCPUs than "
         "it has CPUs; {log} names the task"),
    ENDS("panic-instruction", PANIC, "Internal error: .*([Uu]ndefined instruction)",
         "the kernel crashed at an instruction that the machine's CPU does not know ({1})",
         "set a newer 'cpu' in the fleet file ('max' has all features), or use another kernel"),
    ENDS("panic-oops", PANIC,
         "(?|Unable to handle kernel (.*)|BUG: (?:kernel )?(.*)|Internal error: (.*)|(general "
         "protection fault.*))",
         "the kernel crashed: {1}", NEXT_PANIC),
    ENDS_VAGUELY("panic", PANIC ":? ?(.*)", NULL, "the kernel panicked: {1}", NEXT_PANIC),
    ENDS_VAGUELY(
        "halted", "reboot: System halted", NULL, "the guest halted, and does not power off",
        "look for 'halt' in your user-data and scripts: 'poweroff' ends a machine, and 'reboot' "
        "starts it again"),

    /* ---- the initramfs ---- */
    ENDS("live-medium",
         INITRAMFS_SHELL "|An error occurred in stage 1|Unable "
                         "to find a medium|" NO_LIVE_DATA "|" EMERGENCY,
         "(" NO_LIVE_DATA
         "|mounting \\S+ on /(?:mnt-root/)?iso\\b|medium containing a live file system|"
         "dmsquash-live|Mounting "
         "'/dev/disk/by-label/ARCH\\w*'|\\bboot=(?:casper|live)\\b|root=live:)",
         "the image is that of an installer or a live system, which looks for its CD: {1}",
         "use the distribution's disk image for clouds: a medium of that kind does not work as a "
         "disk"),
    ENDS_VAGUELY("initramfs-no-device", INITRAMFS_SHELL,
                 "ALERT!\\s+(?:encrypted source device )?(\\S+) does not exist",
                 "the initramfs did not find the root disk: {1} does not exist", NEXT_ROOT),
    ENDS("initramfs-init-missing",
         "(?|(\\S+) not found in new root\\. Launching|stage 2 init script "
         "\\((?:/mnt-root)?/*(/\\S+)\\) not "
         "found)",
         NULL,
         "the root file system is mounted, and has no program {1}, which the initramfs starts as "
         "init",
         NEXT_INIT),
    ENDS("initramfs-init-missing", "Root device mounted successfully, but (\\S+) does not exist",
         NULL,
         "the root file system is mounted, and has no program {1}, which the initramfs starts as "
         "init",
         NEXT_INIT),
    ENDS_VAGUELY("initramfs-no-device", "An error occurred in stage 1 of the boot process",
                 "(?|mounting (\\S+) on /mnt-root|Timed out waiting for device ([^\\s,]+))",
                 "the initramfs did not find the root disk: {1} does not exist", NEXT_ROOT),
    ENDS_VAGUELY("initramfs-shell", "An error occurred in stage 1 of the boot process", NULL,
                 "the initramfs gave up, and waits for a key", NEXT_INITRAMFS),
    ENDS_VAGUELY("initramfs-no-device", "Could not find the root block device in (\\S+?)\\.?$",
                 NULL, "the initramfs did not find the root disk: {1} does not exist", NEXT_ROOT),
    ENDS("initramfs-no-root-argument", "No root device specified|No or empty root= argument", NULL,
         "the kernel's command line has no 'root='", NEXT_ROOT),
    ENDS_VAGUELY("initramfs-no-root", "Gave up waiting for root", NULL,
                 "the initramfs did not find the root disk", NEXT_ROOT),
    ENDS("initramfs-fsck", INITRAMFS_SHELL "|requires a manual fsck",
         "(?|Bad magic number in super-block while trying to open (\\S+)|The root filesystem on "
         "(\\S+) requires a manual fsck|(\\S+): UNEXPECTED INCONSISTENCY)",
         "the file system of the root disk {1} is damaged", NEXT_FSCK),
    /* It unmounts the root file system for its work. Seen on an emulated machine with a busy host:
     * its wait for udev failed. */
    ENDS("initramfs-growroot", "No init found\\. Try|Target filesystem doesn't have requested",
         "local-bottom/growroot: \\d+: (.*)",
         "the script of the initramfs that grows the root file system has failed, and has left it "
         "unmounted: {1}",
         "start it again, because that script can be too slow on a busy host; a 'disk' as large as "
         "the image's ('seedbed image info {image}' shows it) avoids it"),
    ENDS("initramfs-init-missing", "Target filesystem doesn't have requested (\\S+?)\\.?$",
         "(?:EXT4-fs|XFS|BTRFS).*(?:mounted filesystem|Ending clean mount|first mount)",
         "the root file system is mounted, and has no program {2}, which the initramfs starts as "
         "init",
         NEXT_INIT),
    ENDS_VAGUELY(
        "initramfs-no-init",
        "No init found\\. Try passing init=|Target filesystem doesn't have requested", NULL,
        "the initramfs found no init on the root file system",
        "the lines before it in {log} name the step that failed; where the machine is emulated "
        "and its host is busy, a step may just have taken too long: run it again"),
    ENDS("initramfs-no-pool", INITRAMFS_SHELL "|Enter 'help' for a list of built-in commands",
         "(No pool imported)", "the initramfs did not find the pool of the ZFS root",
         "check 'root=ZFS=POOL/DATASET' on the kernel's command line of the image; at the prompt "
         "({console}) 'zpool import' lists the pools that it sees, and 'zpool import -f -N POOL' "
         "takes one that another host used"),
    ENDS_VAGUELY("initramfs-shell", INITRAMFS_SHELL, NULL,
                 "the initramfs gave up, and waits in a shell", NEXT_ROOT),
    ENDS_VAGUELY("initramfs-mount", "initramfs emergency recovery shell launched",
                 "mounting (\\S+ on /sysroot failed: .*)",
                 "the initramfs could not mount the root file system: {1}", NEXT_ROOT),
    ENDS_VAGUELY(
        "initramfs-mount", "being dropped into an emergency shell",
        "(?|ERROR: device '([^']+)' not found|Failed to mount '([^']+)')",
        "the initramfs did not find the root disk: {1} does not exist, or cannot be mounted",
        NEXT_ROOT),
    ENDS_VAGUELY(
        "initramfs-shell",
        "initramfs emergency recovery shell launched|being dropped into an emergency shell", NULL,
        "the initramfs gave up, and waits in a shell", NEXT_ROOT),
    ENDS_VAGUELY("initramfs-mount", EMERGENCY, "mount: /sysroot: (.*)",
                 "the initramfs could not mount the root file system: {1}", NEXT_ROOT),
    ENDS_VAGUELY("initramfs-mount", EMERGENCY, "Failed to mount .*(/sysroot)",
                 "the initramfs could not mount the root file system: {1}", NEXT_ROOT),
    ENDS_VAGUELY(
        "dracut-no-device", DRACUT_FATAL "|rdsosreport\\.txt|Entering emergency mode",
        "(?|Warning: \"?(/dev/[^\\s\"]+)\"? (?:does not exist|not found)|Timed out waiting for "
        "device "
        "(?:.* - )?(/\\S+?)\\.?$)",
        "the initramfs (dracut) did not find the root disk: {1} does not exist", NEXT_ROOT),
    ENDS_VAGUELY("dracut-timeout", DRACUT_FATAL "|rdsosreport\\.txt|Entering emergency mode",
                 "dracut-initqueue.*(timeout|Could not boot)",
                 "the initramfs (dracut) did not find the root disk in time", NEXT_ROOT),
    {.name = "dracut-waits",
     .line = "dracut-initqueue.*starting timeout scripts",
     .with = "\\[ -e \"(/[^\"]+)\" \\]",
     .cause = "the initramfs (dracut) waits in vain for the device {1}",
     .next = NEXT_ROOT,
     .signs = {SB_SIGN_IDLE, SB_SIGN_SILENT},
     .kind = SB_RULE_ENDS},
    ENDS_VAGUELY("dracut", DRACUT_FATAL ":? (.*)", NULL, "the initramfs (dracut) gave up: {1}",
                 NEXT_ROOT),
    ENDS_VAGUELY("initramfs-shell", "starting emergency shell", NULL,
                 "the guest gave up its boot, and waits in a shell", NEXT_ROOT),
    ENDS_VAGUELY("dracut-shell", "rdsosreport\\.txt", NULL,
                 "the initramfs (dracut) waits in a shell", NEXT_ROOT),

    /* ---- another way of configuration ---- */
    ENDS(
        "ignition",
        "Ignition has failed|Ignition: no config provided|No SSH authorized keys provided by "
        "Ignition",
        NULL,
        "this image is configured by Ignition (CoreOS, Flatcar), and not by cloud-init, so it does "
        "not read the seed",
        "use an image that has cloud-init, such as the distribution's generic cloud image"),

    /* ---- systemd ---- */
    ENDS_VAGUELY(
        "device-not-made", "Timed out waiting for device (.+?)\\.?$",
        SB_SYSTEMD_FAILED "start ((?:Integrity Protection|\\w*[Vv]erity|Cryptography) Setup"
                          ".*?)\\.?$",
        "the device {2} did not appear, because its setup failed: '{1}'", NEXT_DEVICE_SETUP),
    ENDS_VAGUELY("emergency-root-device", "Timed out waiting for device (.+?)\\.?$",
                 "Dependency failed for .*(/sysroot|Initrd Root)",
                 "the initramfs did not find the root disk: {2} did not appear", NEXT_ROOT),
    ENDS_VAGUELY("initramfs-mount", EMERGENCY, "Failed to (?:mount|start).* (/sysroot|Switch Root)",
                 "the initramfs could not mount the root file system: {1}", NEXT_ROOT),
    ENDS_VAGUELY("emergency-mount", EMERGENCY, "Failed to mount (.+?)\\.?$",
                 "the guest went into emergency mode, because it could not mount {1}", NEXT_MOUNT),
    ENDS_VAGUELY("emergency-device", EMERGENCY, "Timed out waiting for device (.+?)\\.?$",
                 "the guest went into emergency mode, because the device {1} did not appear",
                 NEXT_MOUNT),
    ENDS("emergency-fsck", EMERGENCY, "Failed to start .*(?:File System Check on|fsck) (.+?)\\.?$",
         "the guest went into emergency mode, because the file system on {1} is damaged",
         NEXT_FSCK),
    ENDS_VAGUELY("emergency-unit", EMERGENCY, SB_SYSTEMD_FAILED "start (.+?)\\.?$",
                 "the guest went into emergency mode after '{1}' failed", NEXT_EMERGENCY),
    ENDS_VAGUELY("emergency-depend", EMERGENCY, "Dependency failed for (.+?)\\.?$",
                 "the guest went into emergency mode, because '{1}' depends on a unit that failed",
                 NEXT_EMERGENCY),
    ENDS_VAGUELY(
        "emergency-locked", EMERGENCY, "root account is (locked)",
        "the guest went into emergency mode, where nobody can log in: its root account is "
        "{1}",
        "the first line with FAILED in {log} is the cause, most often a mount of /etc/fstab "
        "or of your user-data; a password for root in the image opens the console"),
    ENDS_VAGUELY("emergency", EMERGENCY, NULL, "the guest went into emergency mode",
                 NEXT_EMERGENCY),
    ENDS("bsd-no-root", "^mountroot>", "Mounting from (\\S+ failed.*)",
         "the kernel found no root file system: {1}",
         "check vfs.root.mountfrom in /boot/loader.conf and /etc/fstab of the image; '?' at the "
         "prompt lists the disks that the kernel has: {console}"),
    ENDS("bsd-damaged", "^KDB: (?:stack backtrace|enter)",
         "^panic: ((?:ufs_|ffs_|zfs: |solaris assert).*(?:bad|mangled|corrupt|fail).*)",
         "the kernel panicked, because its file system is damaged: {1}", NEXT_FSCK),
    ENDS_VAGUELY("panic", "^KDB: (?:stack backtrace|enter)", "^panic: (.+)",
                 "the kernel panicked: {1}", NEXT_PANIC),
    ENDS("bsd-kernel-damaged", "^can't load 'kernel'",
         "(?|elf(?:64|32)?_\\w+: (.*)|/boot/kernel/\\S+': (input/output error|inflate.*)|(read "
         "error.*)|(don't "
         "know how to load module .*)|(zf_read: fill error))",
         "the boot loader could not load the kernel, because its file is damaged: {1}", NEXT_FSCK),
    ENDS("bsd-no-kernel", "^can't (?:load|find) 'kernel'|^panic: No bootable partitions found",
         NULL, "the boot loader found no kernel", NEXT_IMAGE),
    ENDS_VAGUELY(
        "single-user", "Enter full pathname of shell", NULL, "the guest went into single-user mode",
        "the lines before it in {log} name the file system or the script of /etc/rc that failed"),
    ENDS_VAGUELY(
        "rescue", "You are in rescue mode", NULL, "the guest went into rescue mode",
        "look for 'single', 'rescue' or 'systemd.unit=' on the kernel's command line: {log}"),
    ENDS(
        "systemd-no-target", "Freezing execution",
        "Failed to load (?:default|configured \\w+) target.*?(\\S+\\.target|$)",
        "systemd has no target to boot into: {1} does not exist",
        "'systemctl set-default multi-user.target' in the image makes it; look for 'systemd.unit=' "
        "on the kernel's command line: {log}"),
    ENDS_VAGUELY(
        "systemd-freezes", "Freezing execution|!!!!!!.*, freezing",
        "(?|!!!!!!\\] (.*?)(?:, freezing)?\\.?$|systemd\\[1\\]: (.*), freezing|systemd\\[1\\]: "
        "(Caught <.*))",
        "systemd stopped itself, and with it the guest: {1}",
        "{log} has the lines before it; a full or damaged disk, a missing SELinux policy, or a "
        "libc that does not fit, are the usual causes"),
    ENDS_VAGUELY(
        "systemd-freezes", "Freezing execution", NULL,
        "systemd stopped itself, and with it the guest",
        "the line before it says why: {log}; a full or damaged disk, or a libc that does not fit, "
        "are the usual causes"),

    /* ---- progress ---- */
    PROGRESS("EFI stub: Booting Linux|Booting Linux on physical CPU|Linux version \\d",
             SB_STAGE_KERNEL),
    /* A kernel that is quiet, or whose first lines were missed. */
    PROGRESS("^\\[ {0,4}\\d{1,6}\\.\\d{6}\\] ", SB_STAGE_KERNEL),
    PROGRESS("^\\[ +OK +\\] |^\\[[ *]{6}\\] |^Begin: |systemd\\[1\\]: |cloud-init\\[\\d+\\]: ",
             SB_STAGE_KERNEL),
    PROGRESS("---<<BOOT>>---|^(?:Free|Open|Net)BSD \\d+\\.\\d", SB_STAGE_KERNEL),
    PROGRESS("UEFI firmware|BdsDxe:|Welcome to GRUB|GNU GRUB|Booting `", SB_STAGE_FIRMWARE),
};

const SbRule *sb_console_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
