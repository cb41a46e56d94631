/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/console-rows.h"

#define NEXT_FIRMWARE                                                                              \
    "try another 'cpu' model in the fleet file, and the newest firmware package on the libvirt "   \
    "host ('apt-get install --only-upgrade qemu-efi-aarch64 ovmf'); {log} has the register dump"
#define NEXT_SECURE                                                                                \
    "use the distribution's signed image, or leave 'secure-boot' out of the fleet file; {log} "    \
    "may "                                                                                         \
    "have the name of the file that was refused"
#define NEXT_GRUB                                                                                  \
    "the image's /boot does not fit its boot loader: install GRUB and the kernel in the image "    \
    "anew, or use the distribution's own image; {console} reaches GRUB's prompt, where 'ls' "      \
    "shows the partitions"

/* It does not end a boot by itself. */
#define SAYS(name_, signs_, line_, cause_, next_)                                                  \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_THESE signs_}, .kind = SB_RULE_EXPLAINS                                       \
    }
/* What is known about the image must fit, too. */
#define ENDS_IF(name_, signs_, line_, cause_, next_)                                               \
    {                                                                                              \
        .name = (name_), .line = (line_), .cause = (cause_), .next = (next_),                      \
        .signs = {SB_THESE signs_}, .kind = SB_RULE_ENDS, .shows = SB_SHOW_IMAGE                   \
    }

/* The second is of firmware before 2018. */
#define NO_OPTION "BdsDxe: No bootable option|\\[Bds\\] ?Unable to boot!"
#define NOTHING_TO_BOOT                                                                            \
    NO_OPTION "|\"EFI Internal Shell\"|UEFI Interactive Shell|>>Start (PXE|HTTP Boot) over"
#define EXCEPTION "(Synchronous Exception at 0x|!!!! \\w+ Exception Type)"

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
    ENDS("grub-versions", "grub rescue>|^Entering rescue mode",
         GRUB_ERROR "symbol [`']?(\\w+)'? not found",
         "GRUB and its modules are of different versions: the older one has no '{1}'",
         "install GRUB in the image anew, for its disk and for its EFI system partition "
         "('grub-install', 'update-grub'): its package was upgraded, and that was left out"),
    ENDS("grub-rescue", "grub rescue>|^Entering rescue mode", GRUB_ERROR "(.*?)\\.?$",
         "GRUB did not find its own files: {1}", NEXT_GRUB),
    ENDS("grub-rescue", "grub rescue>|^Entering rescue mode", NULL,
         "GRUB did not find its own files", NEXT_GRUB),
    ENDS("grub-memory", GRUB_ERROR GRUB_NO_MEMORY, NULL,
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
                 "systemd-boot could not start the kernel: {1}",
                 "an entry in loader/entries, on the EFI system partition of the image, names a "
                 "file that is not there, or is damaged: 'bootctl list' in the image shows the "
                 "entries, and installing the kernel's package again writes them"),
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

    /* ---- what a boot may get over ---- */
    SAYS("windows", (SB_SIGN_AWAITS), "starting Boot\\w+ \"(Windows) Boot Manager\"",
         "this image has Windows, which shows nothing on a serial console and does not read the "
         "seed",
         "use an image of a system that has cloud-init: seedbed reaches no other one"),
    SAYS(
        "grub-file", (SB_SIGN_AWAITS_KERNEL),
        GRUB_ERROR
        "file [`'](?!\\S*(?:unicode|fonts?/|\\.mod|\\.mo|theme|grubenv))(/\\S+)' not found",
        "GRUB did not find a file that its menu names: {1}",
        "install the kernel's package in the image anew, and run 'update-grub' there: a full /boot "
        "is a usual cause"),
};

const SbRule *sb_loader_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
