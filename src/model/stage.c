/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/stage.h"

#include <string.h>

/* The factor for a stage of an emulated guest. Measured boots took 10 to 15 times as long under TCG
 * as under KVM. The rest is for a host that is also busy with other work. */
#define EMULATION_FACTOR 20

/* The deadlines are at least three times as long as slow distributions needed, because giving a
 * machine up too early costs more than a longer wait. The console rules below name most boots that
 * will never succeed long before a deadline does. */
static const SbStageRule stages[SB_STAGE_COUNT] = {
    [SB_STAGE_NONE] = {"none", 0, "nothing was tried yet"},
    [SB_STAGE_DEFINED] = {"defined", 30,
                          "libvirt did not define the domain in time: 'virsh list --all' shows "
                          "whether libvirtd answers"},
    [SB_STAGE_STARTED] = {"started", 60,
                          "libvirt did not start QEMU in time: look into libvirtd's log and "
                          "/var/log/libvirt/qemu/ on the host, and for a full disk or no memory"},
    [SB_STAGE_FIRMWARE] = {"firmware", 15,
                           "the firmware printed nothing on the serial console: 'virsh "
                           "dumpxml' shows which UEFI image it was given, 'virsh domstate "
                           "--reason' whether QEMU runs or is paused"},
    [SB_STAGE_KERNEL] = {"kernel", 30,
                         "no kernel after the firmware: is the image bootable, made for this "
                         "architecture, and does it boot by UEFI? 'seedbed log' shows what the "
                         "firmware and the boot loader said; a kernel without console=ttyAMA0 "
                         "(x86_64: ttyS0) boots without output"},
    [SB_STAGE_ADDRESS] = {"address", 45,
                          "the machine did not ask for its address: 'seedbed log' shows whether "
                          "it still boots or hangs; with --keep and 'seedbed console' you can "
                          "look at its network ('networkctl', 'ip address'); an image without "
                          "cloud-init, or with it disabled, never reads the seed's network-config"},
    [SB_STAGE_SSH_PORT] = {"ssh port", 45,
                           "nothing answers on port 22: is sshd installed and enabled in the "
                           "image, and does your user-data not firewall it? 'seedbed log' shows "
                           "how far it booted, 'seedbed console' (with --keep) lets you look"},
    [SB_STAGE_SSH_LOGIN] =
        {"ssh login", 30,
         "sshd answers but the login fails: the seed was not applied. Look "
         "for cloud-init's warnings in 'seedbed log'; 'Host key verification failed' means that "
         "cloud-init did not install the host key of the seed"},
    [SB_STAGE_READY] = {"cloud-init", 300,
                        "cloud-init still runs: 'seedbed ssh' into the machine and see 'cloud-init "
                        "status --long' and the end of /var/log/cloud-init-output.log; slow "
                        "packages or a script that waits for input are the usual cause"},
};

#define HINT_IMAGE                                                                                 \
    "check that the image is a whole disk for this architecture with an EFI system partition: "    \
    "'seedbed image list' shows all images, 'seedbed log' what the firmware tried (\"Access "      \
    "Denied\" "                                                                                    \
    "there: secure boot refused it)"
#define HINT_ROOT                                                                                  \
    "the image is damaged, or its initramfs lacks virtio-blk or the file system's driver: see "    \
    "'seedbed log', try the image's untouched release, then your changes to it one by one"
/* Seen with cloud-initramfs-growroot, on an emulated machine with a busy host: its wait for udev
 * failed, and the root file system was not mounted. */
#define HINT_HAND_OVER                                                                             \
    "the lines before it name the step of the initramfs that failed ('seedbed log'); where the "   \
    "machine is emulated and its host is busy, a step may just have taken too long: run it again"
#define HINT_EMERGENCY                                                                             \
    "'seedbed log' names the unit that failed, most often a mount in /etc/fstab that your "        \
    "user-data or the image added; keep the machine with --keep and look with 'seedbed console'"
#define HINT_FIRMWARE                                                                              \
    "the firmware itself failed: 'seedbed log' has its register dump; try another CPU model or "   \
    "version of the UEFI package"

/* The first rule that matches counts. So fatal lines come before the signs of progress that they
 * can contain ("BdsDxe: No bootable option" is also a "BdsDxe:"). AAVMF on a blank disk says:
 * failed to load Boot0001, then either PXE (a network card has a boot order), or its shell, which
 * secure boot refuses with "Security Violation" before "No bootable option". */
static const SbConsoleRule rules[] = {
    {"BdsDxe: No bootable option", SB_STAGE_NONE, "the firmware found nothing to boot", HINT_IMAGE},
    {"\"EFI Internal Shell\"", SB_STAGE_NONE,
     "the firmware found nothing to boot and turned to its own shell", HINT_IMAGE},
    {"UEFI Interactive Shell", SB_STAGE_NONE,
     "the firmware found nothing to boot and turned to its own shell", HINT_IMAGE},
    {">>Start PXE over", SB_STAGE_NONE,
     "the firmware found nothing to boot on the disk and tries the network", HINT_IMAGE},
    {">>Start HTTP Boot over", SB_STAGE_NONE,
     "the firmware found nothing to boot on the disk and tries the network", HINT_IMAGE},
    {"Synchronous Exception at 0x", SB_STAGE_NONE, "the firmware crashed", HINT_FIRMWARE},
    {"!!!! X64 Exception Type", SB_STAGE_NONE, "the firmware crashed", HINT_FIRMWARE},
    {"Security Violation", SB_STAGE_NONE, "secure boot refused the boot loader or the kernel",
     "the image is not signed for the keys in the firmware: use a firmware without secure boot, or "
     "the distribution's signed image"},
    {"grub rescue>", SB_STAGE_NONE, "GRUB did not find its own files", HINT_IMAGE},
    {"Minimal BASH-like line editing is supported", SB_STAGE_NONE,
     "GRUB found no menu and waits at its prompt", HINT_IMAGE},
    {"VFS: Unable to mount root fs", SB_STAGE_NONE, "the kernel found no root file system",
     HINT_ROOT},
    {"No working init found", SB_STAGE_NONE, "the root file system has no init", HINT_ROOT},
    {"Kernel panic - not syncing", SB_STAGE_NONE, "the kernel panicked",
     "'seedbed log' has the panic and the lines before it; more memory or another CPU model rules "
     "out two frequent causes"},
    {"Gave up waiting for root", SB_STAGE_NONE, "the initramfs did not find the root disk",
     HINT_ROOT},
    {"No init found. Try passing init=", SB_STAGE_NONE,
     "the initramfs found no init on the root file system", HINT_HAND_OVER},
    {"dracut: FATAL", SB_STAGE_NONE, "the initramfs (dracut) gave up", HINT_ROOT},
    {"Entering emergency mode", SB_STAGE_NONE, "the guest went into emergency mode",
     HINT_EMERGENCY},
    {"You are in emergency mode", SB_STAGE_NONE, "the guest went into emergency mode",
     HINT_EMERGENCY},
    {"Give root password for maintenance", SB_STAGE_NONE,
     "the guest stopped and asks for root's password", HINT_EMERGENCY},
    {"Cannot open access to console, the root account is locked", SB_STAGE_NONE,
     "the guest went into emergency mode", HINT_EMERGENCY},

    {"EFI stub: Booting Linux", SB_STAGE_KERNEL, NULL, NULL},
    {"Booting Linux on physical CPU", SB_STAGE_KERNEL, NULL, NULL},
    {"Linux version ", SB_STAGE_KERNEL, NULL, NULL},

    {"UEFI firmware", SB_STAGE_FIRMWARE, NULL, NULL},
    {"BdsDxe:", SB_STAGE_FIRMWARE, NULL, NULL},
    {"Welcome to GRUB", SB_STAGE_FIRMWARE, NULL, NULL},
    {"GNU GRUB", SB_STAGE_FIRMWARE, NULL, NULL},
    {"Booting `", SB_STAGE_FIRMWARE, NULL, NULL},
};

const SbStageRule *sb_stage_rule(SbStage stage)
{
    g_return_val_if_fail(stage < SB_STAGE_COUNT, &stages[SB_STAGE_NONE]);
    return &stages[stage];
}

gint64 sb_stage_deadline_ms(SbStage stage, gboolean is_emulated, guint vcpus_started,
                            guint host_cpus)
{
    gint64 deadline_ms = (gint64)sb_stage_rule(stage)->deadline_s * 1000;
    /* The stages before the firmware are libvirt's work, which runs on the host's own CPU. */
    if (is_emulated && stage >= SB_STAGE_FIRMWARE)
        deadline_ms *= EMULATION_FACTOR;
    if (host_cpus > 0 && vcpus_started > host_cpus)
        deadline_ms = deadline_ms * vcpus_started / host_cpus;
    return deadline_ms;
}

const SbConsoleRule *sb_console_rule_match(const char *line)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
        if (strstr(line, rules[i].pattern))
            return &rules[i];
    return NULL;
}
