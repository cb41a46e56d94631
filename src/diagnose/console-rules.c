/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/facts.h"
#include "diagnose/next-steps.h"
#include "diagnose/rules.h"

/* What can be done about several causes. */
#define NEXT_IMAGE                                                                                 \
    "use a disk image that boots by UEFI on {arch}: a GPT with an EFI system partition that has "  \
    "the boot loader; 'seedbed image info {image}' shows what is recorded about this one"
#define NEXT_EMERGENCY                                                                             \
    "read the lines with FAILED and DEPEND in {log}: the first unit there is the cause, most "     \
    "often a mount of /etc/fstab or of your user-data"
#define NEXT_FIRMWARE                                                                              \
    "try another 'cpu' model in the fleet file, and the newest firmware package on the libvirt "   \
    "host ('apt-get install --only-upgrade qemu-efi-aarch64 ovmf'); {log} has the register dump"
#define NEXT_PANIC                                                                                 \
    "read the lines before the panic in {log}; then try the distribution's own image and kernel, " \
    "and your changes to it one by one"
#define NEXT_SECURE                                                                                \
    "use the distribution's signed image, or leave 'secure-boot' out of the fleet file; {log} "    \
    "may "                                                                                         \
    "have the name of the file that was refused"
#define NEXT_GRUB                                                                                  \
    "the image's /boot does not fit its boot loader: install GRUB and the kernel in the image "    \
    "anew, or use the distribution's own image; {console} reaches GRUB's prompt, where 'ls' "      \
    "shows the partitions"

#define NEXT_INIT                                                                                  \
    "install an init in the image (Debian's package 'systemd-sysv', Alpine's 'openrc'), or "       \
    "correct 'init=' and 'root=' on the kernel's command line"
#define NEXT_INITRAMFS                                                                             \
    "make the initramfs in the image anew ('update-initramfs -u -k all' or 'dracut -f "            \
    "--regenerate-all', then 'update-grub'): a full /boot is a usual cause"

/* A row that ends a wait: NAME, the LINE that ends it, a line WITH it (or NULL), CAUSE, NEXT. */
#define ENDS(name_, line_, with_, cause_, next_)                                                   \
    {                                                                                              \
        .name = (name_), .line = (line_), .with = (with_), .cause = (cause_), .next = (next_),     \
        .kind = SB_RULE_ENDS                                                                       \
    }
#define ENDS_IF(name_, signs_, line_, cause_, next_)                                               \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_THESE signs_}, .kind = SB_RULE_ENDS, .shows = SB_SHOW_IMAGE                   \
    }
/* The same for a line that says what happened, and not why. */
#define ENDS_VAGUELY(name_, line_, with_, cause_, next_)                                           \
    {                                                                                              \
        .name = (name_), .line = (line_), .with = (with_), .cause = (cause_), .next = (next_),     \
        .kind = SB_RULE_ENDS, .shows = SB_SHOW_REASON                                              \
    }
#define PROGRESS(line_, stage_)                                                                    \
    {                                                                                              \
        .line = (line_), .kind = SB_RULE_PROGRESS, .stage = (stage_)                               \
    }

/* The second is of firmware before 2018. */
#define NO_OPTION "BdsDxe: No bootable option|\\[Bds\\] ?Unable to boot!"
#define NOTHING_TO_BOOT                                                                            \
    NO_OPTION "|\"EFI Internal Shell\"|UEFI Interactive Shell|>>Start (PXE|HTTP Boot) over"
/* Newer versions name the line of their source. */
#define GRUB_ERROR "^error: (?:\\S+\\.c:\\d+: ?)?"
#define EXCEPTION "(Synchronous Exception at 0x|!!!! \\w+ Exception Type)"
#define PANIC "Kernel panic - not syncing"
/* A program that the kernel tried as init: the error follows. */
#define NOT_RUN "(?:Failed to execute|Requested init) (\\S+) (?:failed )?"
#define EMERGENCY                                                                                  \
    "You are in emergency mode|Entering emergency mode|Give root password for maintenance|Press "  \
    "Enter for maintenance|Cannot open access to console, the root account is locked"
/* Linux Live Kit, as Slax uses it. */
#define NO_LIVE_DATA "Fatal error occured - Could not locate \\w+ data"
#define DRACUT_FATAL "dracut:? FATAL"
#define INITRAMFS_SHELL "Dropping to (?:a )?shell!|\\(initramfs\\)"

/* AAVMF on a blank disk says: failed to load Boot0001, then either PXE (a network card has a boot
 * order), or its shell, which secure boot refuses with "Security Violation" before "No bootable
 * option". So that stands before the rules about secure boot. */
static const SbRule rules[] = {
    /* ---- the firmware ---- */
    /* It starts QEMU's kernel before it looks at a disk. If that fails, it says nothing of it. */
    {.name = "kernel-not-started",
     .line = "BdsDxe: starting (Boot\\w+)",
     .cause =
         "the firmware could not start the kernel of the fleet file's 'kernel', and went on to "
         "{1}, which has another kernel or none",
     .next = NEXT_OWN_KERNEL,
     .signs = {SB_SIGN_OWN_KERNEL},
     .kind = SB_RULE_ENDS,
     .is_of_firmware = TRUE},
    ENDS_IF("image-other-arch", (SB_SIGN_IMAGE_OTHER_ARCH), NOTHING_TO_BOOT,
            "the firmware found nothing to boot: the image '{image}' is for {image-arch}, and the "
            "machine is {arch}",
            "set 'arch: {image-arch}' for the group, or 'image' to one for {arch}"),
    ENDS_IF("image-incomplete", (SB_SIGN_IMAGE_INCOMPLETE), NOTHING_TO_BOOT,
            "the firmware found nothing to boot on the image '{image}': {missing}", "{image-mend}"),
    ENDS_IF("image-no-loader", (SB_SIGN_IMAGE_NO_LOADER), NOTHING_TO_BOOT,
            "the firmware found nothing to boot: when the image '{image}' was imported, no boot "
            "loader for UEFI was found in it",
            "use a whole disk that boots by UEFI on {arch}: this one may be empty, one partition, "
            "or for BIOS only; or install its boot loader as removable ('grub-install "
            "--removable')"),
    ENDS_IF(
        "loader-damaged", (SB_SIGN_IMAGE_HAS_LOADER),
        "BdsDxe: failed to (?:load|start) Boot\\w+ .*: (Unsupported|Load Error|Invalid Parameter)",
        "the firmware cannot load the boot loader of the image, although it is for {arch} ({1}): "
        "the file is damaged or cut off",
        "make the image anew, or write its boot loader on its EFI system partition again: that "
        "partition may have been full ('df' on it shows that)"),
    ENDS("firmware-other-arch", NOTHING_TO_BOOT, "BdsDxe: failed to \\w+ Boot\\w+ .*: Unsupported",
         "the firmware found nothing to boot: it refused the boot loader as unsupported, so the "
         "image is probably not for {arch}",
         "use the image for {arch}: 'seedbed image info {image}' shows what was recorded"),
    ENDS("secure-boot", NOTHING_TO_BOOT,
         "BdsDxe: failed to load Boot\\w+ .*: (Access Denied|Security Violation)",
         "secure boot refused the boot loader", NEXT_SECURE),
    ENDS("firmware-image-type", "Image type (\\S+) can't be loaded on", NULL,
         "the firmware cannot start the boot loader: it is for {1}, and the machine is {arch}",
         "use the image for {arch}, or set 'arch' of the group"),
    ENDS("firmware-no-memory", NOTHING_TO_BOOT, "BdsDxe: .*: Out of Resources",
         "the firmware had too little memory to load the boot loader", NEXT_MEMORY),
    ENDS("firmware-damaged", NOTHING_TO_BOOT,
         "BdsDxe: failed to load Boot\\w+ .*: (Volume Corrupt)",
         "the firmware found nothing to boot: the EFI system partition of the disk is damaged",
         NEXT_FSCK),
    ENDS("firmware-no-disk", NOTHING_TO_BOOT, "BdsDxe: failed to load Boot\\w+ .*: (No Media)",
         "the firmware found nothing to boot: the disk has no medium", NEXT_IMAGE),
    {.name = "disk-lost-loader",
     .line = NOTHING_TO_BOOT,
     .cause = "the firmware found nothing to boot, but the image '{image}' has a boot loader: the "
              "guest has overwritten it on its own disk, or the firmware does not see that disk",
     .next =
         "{stays}'seedbed down {machine}' removes it, and {both}'seedbed up' makes its disk anew; "
         "if that does not help, 'seedbed image verify {image}'",
     .signs = {SB_SIGN_IMAGE_HAS_LOADER},
     .unless = SB_SIGN_IMAGE_CHANGED,
     .kind = SB_RULE_ENDS,
     .shows = SB_SHOW_IMAGE},
    ENDS("firmware-pxe", ">>Start (PXE|HTTP Boot) over", NULL,
         "the firmware found nothing to boot on the disk, and tries the network ({1})", NEXT_IMAGE),
    ENDS("firmware-shell", "\"EFI Internal Shell\"|UEFI Interactive Shell", NULL,
         "the firmware found nothing to boot, and turned to its own shell", NEXT_IMAGE),
    ENDS("firmware-nothing", NO_OPTION, NULL, "the firmware found nothing to boot", NEXT_IMAGE),
    ENDS(
        "loader-exception", EXCEPTION, "BdsDxe: starting (Boot\\w+ .*?)(?: from|$)",
        "the boot loader, or the kernel, of the image crashed: the firmware had started {1} before",
        "try another 'cpu' model in the fleet file, and a newer boot loader and kernel in the "
        "image "
        "(the distribution's own image shows whether it is this one); {log} has the registers"),
    ENDS("firmware-exception", EXCEPTION, NULL, "the firmware crashed", NEXT_FIRMWARE),
    ENDS("firmware-assert", "ASSERT(_EFI_ERROR \\(| \\[\\w+\\])", NULL,
         "the firmware found a fault of its own and stopped", NEXT_FIRMWARE),
    ENDS("secure-boot",
         "BdsDxe: .*(Security Violation|Access Denied)|Verification failed: .*(?:Security "
         "Violation|Access Denied)|bad shim signature|has invalid signature",
         NULL, "secure boot refused the boot loader or the kernel", NEXT_SECURE),

    /* ---- boot loaders ---- */
    ENDS(
        "shim-revoked",
        "(SBAT self-check failed|Verifying shim SBAT data failed|Verification failed: Security "
        "Policy Violation)",
        NULL,
        "secure boot refused a boot loader that was revoked, or says nothing of its security "
        "level (SBAT): {1}",
        "use a newer image, whose shim and GRUB are not revoked, or leave 'secure-boot' out of the "
        "fleet file"),
    ENDS("shim-no-mok-manager", "Failed to start MokManager", NULL,
         "shim has a request about its keys (MOK), and did not find the program that asks for an "
         "answer: MokManager",
         "put 'mmaa64.efi' (x86_64: 'mmx64.efi') of the package shim-signed beside the boot loader "
         "on the EFI system partition, or clear the request: 'mokutil --revoke-import'"),
    ENDS("grub-rescue", "grub rescue>|^Entering rescue mode", GRUB_ERROR "(.*?)\\.?$",
         "GRUB did not find its own files: {1}", NEXT_GRUB),
    ENDS("grub-rescue", "grub rescue>|^Entering rescue mode", NULL,
         "GRUB did not find its own files", NEXT_GRUB),
    ENDS("grub-memory", GRUB_ERROR "(?:out of memory|cannot allocate)", NULL,
         "GRUB had too little memory for the kernel or the initramfs", NEXT_MEMORY),
    ENDS("grub-other-kernel", "you need to load the kernel first",
         GRUB_ERROR
         "(invalid magic number|invalid arch-independent ELF magic|.*unsupported machine.*)",
         "GRUB did not load the kernel, because the file is damaged, or not a kernel for {arch}: "
         "{1}",
         "use an image, or the kernel's package, for {arch}: 'file' on the kernel in the image "
         "shows "
         "what it is"),
    ENDS("grub-plain-kernel", "you need to load the kernel first",
         GRUB_ERROR "(plain image kernel not supported)",
         "GRUB did not load the kernel, because it was built without an EFI stub: {1}",
         "use the distribution's own kernel, or build this one with CONFIG_EFI=y and "
         "CONFIG_EFI_STUB=y: installing the same kernel again does not help"),
    ENDS("grub-no-kernel", "you need to load the kernel first|Failed to boot both default and",
         GRUB_ERROR "(.*?)\\.?$", "GRUB did not load the kernel: {1}", NEXT_GRUB),
    ENDS("grub-prompt", "Minimal BASH-like line editing is supported", GRUB_ERROR "(.*?)\\.?$",
         "GRUB found no menu, and waits at its prompt: {1}", NEXT_GRUB),
    ENDS("grub-prompt", "Minimal BASH-like line editing is supported", NULL,
         "GRUB found no menu, and waits at its prompt", NEXT_GRUB),
    ENDS("sd-boot-no-loader", "No loader found\\. Configuration files in", NULL,
         "systemd-boot found no entry to boot", NEXT_IMAGE),
    ENDS_VAGUELY("sd-boot-fails", "^(?:Failed to execute|Error loading) ([^/].*)", NULL,
                 "systemd-boot could not start the kernel: {1}", NEXT_IMAGE),
    ENDS("loader-no-kernel",
         "^Error: ((?:Not Found|Load Error|Unsupported|Access Denied|Security Violation) while "
         "loading .+)",
         NULL, "the boot loader did not load the kernel: {1}", NEXT_IMAGE),
    ENDS("sd-boot-disk", "^Error opening root path: (.+)", NULL,
         "systemd-boot cannot use the EFI system partition: {1}", NEXT_FSCK),
    ENDS("stub-pages", "EFI stub: ERROR: This (\\d+ KB) granular kernel is not supported", NULL,
         "the kernel's pages of {1} are not supported by the machine's CPU model",
         "set a 'cpu' that supports them in the fleet file ('max' does), or use an image whose "
         "kernel has pages of 4 KB"),
    ENDS("stub-exit", "EFI stub: ERROR: (Exit boot services failed.*)", NULL,
         "the kernel's EFI stub could not take over from the firmware: {1}",
         "try another kernel, or another version of the firmware on the libvirt host "
         "('qemu-efi-aarch64', 'ovmf'): they do not fit together"),
    ENDS("stub-fails",
         "EFI stub: ERROR: ((?:Failed to (?:relocate|load|allocate|find)|Unable to) .*)", NULL,
         "the kernel's EFI stub gave up: {1}", NEXT_MEMORY),

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
         "(CPU ISA level is lower than required|exitcode=0x0*4\\b)",
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
    ENDS("panic-memory", PANIC ": (?:Out of memory|System is deadlocked on memory)", NULL,
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
         "(?|Unable to handle kernel (.*)|BUG: kernel (.*)|Internal error: (.*))",
         "the kernel crashed: {1}", NEXT_PANIC),
    ENDS_VAGUELY("panic", PANIC ":? ?(.*)", NULL, "the kernel panicked: {1}", NEXT_PANIC),
    ENDS_VAGUELY(
        "halted", "reboot: System halted", NULL, "the guest halted, and does not power off",
        "look for 'halt' in your user-data and scripts: 'poweroff' ends a machine, and 'reboot' "
        "starts it again"),

    /* ---- the initramfs ---- */
    ENDS("live-medium",
         INITRAMFS_SHELL "|An error occurred in stage 1|Unable to find a medium|" NO_LIVE_DATA
                         "|" EMERGENCY,
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
    ENDS_VAGUELY("initramfs-no-device", "An error occurred in stage 1 of the boot process",
                 "(?|mounting (\\S+) on /mnt-root|Timed out waiting for device ([^\\s,]+))",
                 "the initramfs did not find the root disk: {1} does not exist", NEXT_ROOT),
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
    ENDS("initramfs-init-missing", "Target filesystem doesn't have requested (\\S+?)\\.?$",
         "(?:EXT4-fs|XFS|BTRFS).*(?:mounted filesystem|Ending clean mount|first mount)",
         "the root file system is mounted, and has no program {2}, which the initramfs starts as "
         "init",
         NEXT_INIT),
    /* Seen with cloud-initramfs-growroot, on an emulated machine with a busy host: its wait for
     * udev failed, and the root file system was not mounted. */
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
        "ignition", "Ignition has failed", NULL,
        "this image is configured by Ignition (CoreOS, Flatcar), and not by cloud-init, so it does "
        "not read the seed",
        "use an image that has cloud-init, such as the distribution's generic cloud image"),

    /* ---- systemd ---- */
    ENDS_VAGUELY("device-not-made", "Timed out waiting for device (.+?)\\.?$",
                 SB_SYSTEMD_FAILED
                 "start ((?:Integrity Protection|\\w*[Vv]erity|Cryptography) Setup"
                 ".*?)\\.?$",
                 "the device {2} did not appear, because its setup failed: '{1}'",
                 "look at that error: the modules for it (dm_verity, dm_crypt) must be in the "
                 "initramfs of the image, and 'roothash=' or the key must fit the partition: {log} "
                 "has the whole boot"),
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
    ENDS_VAGUELY("panic", "^KDB: (?:stack backtrace|enter)", "^panic: (.+)",
                 "the kernel panicked: {1}", NEXT_PANIC),
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
