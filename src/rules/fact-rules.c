/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rule-rows.h"

#define NEXT_AWAKE                                                                                 \
    "look for 'suspend' in the guest's settings, your user-data and scripts{stays}; 'virsh "       \
    "dompmwakeup {machine}' wakes it"
#define NO_TIME                                                                                    \
    "it was not given enough time: the libvirt host is busy, so this is not called a hang"
#define NEXT_TIME                                                                                  \
    "try again when the host is less busy, with fewer machines at a time, or with a longer "       \
    "--timeout"
#define NEXT_JOBS "look with {console} what it waits for: 'systemctl list-jobs', 'systemctl status'"
#define ACCOUNT_MISSING                                                                            \
    "sshd refuses the login: the host key of the seed is there, so cloud-init read the seed, but " \
    "the account or its key is missing or locked"
#define ACCOUNT_REFUSED                                                                            \
    "sshd refuses the login of the account '{account}': the guest says that {account-problem}"
#define NEXT_REFUSED                                                                               \
    "correct that in your user-data ('users': a list there replaces the one of the image, so "     \
    "keep "                                                                                        \
    "'- default'; 'write_files', 'runcmd'), or in the image"
#define SSHD_PROBLEM "nothing listens on its port 22: the guest says that {sshd-problem}"
#define NEXT_SSHD_PROBLEM                                                                          \
    "correct that in your user-data ('write_files', 'runcmd', 'packages', 'ssh'), or in the "      \
    "image: "                                                                                      \
    "machines are reached by sshd at port 22"
#define NEXT_ACCOUNT                                                                               \
    "check 'users' of your user-data (a list there replaces the one of the image: keep "           \
    "'- default'), AllowUsers of sshd, and the shell of the account, and the owner and mode of "   \
    "its ~/.ssh; {log} has "                                                                       \
    "cloud-init's words"
#define FINISHED "Cloud-init v\\. .* finished at|Reached target [Cc]loud-init|Cloud-init target"
#define BOOTED "^\\S+ login:|" FINISHED

/* Words of an initramfs, and of what comes after it. */
#define IN_INITRAMFS "dracut|^Begin: |initramfs|initrd|Run /init as init"
#define IN_ROOT                                                                                    \
    "[Ss]witch(?:ing)? [Rr]oot|Welcome to (?!.*(?:[Ii]nitramfs|dracut))|Cloud-init v|login:|"      \
    "OpenRC|INIT: version|pocket: |Reached target (?:Multi-User|multi-user\\.)"

/* Not of a drive without a medium: its errors are harmless. */
#define DISK_ERROR "I/O error,? (?:dev|on dev|on device) (vd\\w+)"

static const SbRule rules[] = {
    /* ---- the domain ---- */
    ENDS("gone", (SB_SIGN_GONE), 0, NULL, "somebody removed its domain",
         "'seedbed up' makes it again; if it was not you, somebody else uses this libvirt host"),
    ENDS("pool-full", (SB_SIGN_PAUSED_IO, SB_SIGN_POOL_FULL), SB_SHOW_DOMAIN | SB_SHOW_HOST, NULL,
         "the storage pool '{pool}' is full, so QEMU could not write the machine's disk, and "
         "paused it",
         "make room in the pool ('seedbed image list' and 'seedbed image rm', 'virsh vol-list "
         "{pool} "
         "--details'){stays}, then 'virsh resume {machine}'{goes}, then 'seedbed up' again"),
    ENDS("disk-failed", (SB_SIGN_PAUSED_IO), SB_SHOW_DOMAIN | SB_SHOW_QEMU | SB_SHOW_HOST, NULL,
         "its disk failed on the host, and QEMU paused it", NEXT_DISK),
    ENDS("paused-crashed", (SB_SIGN_PAUSED_CRASHED), SB_SHOW_DOMAIN | SB_SHOW_TAIL, NULL,
         "the guest crashed, and libvirt paused it",
         "read the panic in {log}{stays}; 'virsh dump --memory-only {machine} FILE' keeps its "
         "memory"),
    ENDS("paused-watchdog", (SB_SIGN_PAUSED_WATCHDOG), SB_SHOW_DOMAIN | SB_SHOW_TAIL, NULL,
         "its watchdog fired, and libvirt paused it", "read in {log} what it did before"),
    ENDS("paused-user", (SB_SIGN_PAUSED_USER), SB_SHOW_DOMAIN, NULL,
         "somebody paused it (as 'virsh suspend' does)",
         "{stays}'virsh resume {machine}' lets it go on{goes}'seedbed up' makes it again; see that "
         "nobody pauses it then"),
    ENDS("qemu-stopped", (SB_SIGN_QEMU_STOPPED), SB_SHOW_DOMAIN, NULL,
         "somebody stopped its QEMU process by a signal, so neither the guest nor libvirt gets on",
         "find out who stops it (a debugger, 'kill -STOP', a frozen cgroup), then "
         "{stays}'kill -CONT $(cat /run/libvirt/qemu/{machine}.pid)' on the libvirt host, as root, "
         "lets it go on{goes}'seedbed up' again"),
    ENDS("sleeps", (SB_SIGN_SLEEPS), SB_SHOW_DOMAIN, NULL, "the guest put itself to sleep",
         NEXT_AWAKE),
    ENDS("off-disk-gone", (SB_SIGN_OFF, SB_SIGN_DISK_GONE), SB_SHOW_DOMAIN | SB_SHOW_HOST, NULL,
         "it is shut off, and the file of its disk in the storage pool '{pool}' is gone, so it "
         "cannot "
         "be started",
         NEXT_ANEW "; look for what deletes files in the pool's folder"),
    ENDS("off-guest-disk", (SB_SIGN_OFF_GUEST), SB_SHOW_DOMAIN | SB_SHOW_HOST, DISK_ERROR,
         "the guest powered off, after its disk '{1}' had I/O errors", NEXT_DISK),
    ENDS("off-disk", (SB_SIGN_OFF), SB_SHOW_DOMAIN | SB_SHOW_QEMU | SB_SHOW_HOST, DISK_ERROR,
         "it is shut off, after its disk '{1}' had I/O errors", NEXT_DISK),
    {.name = "off-stopped",
     .cause = "it is powered off",
     .next = "{stays}'seedbed start {machine}' starts it again{goes}'seedbed up' makes it "
             "again{both}; if nobody stopped it, {log} has what its guest did before",
     .signs = {SB_SIGN_OFF_GUEST},
     .unless = SB_SIGN_AWAITS,
     .kind = SB_RULE_ENDS,
     .shows = SB_SHOW_DOMAIN},
    ENDS("off-guest", (SB_SIGN_OFF_GUEST), SB_SHOW_DOMAIN | SB_SHOW_TAIL, NULL,
         "the guest powered off",
         "look for 'poweroff', 'shutdown' and 'power_state' in your user-data and scripts; {log} "
         "has what it did before"),
    ENDS("off-destroyed", (SB_SIGN_OFF_DESTROYED), SB_SHOW_DOMAIN, NULL,
         "somebody destroyed it (as 'virsh destroy' or 'seedbed stop --now' do)",
         "{stays}'seedbed start {machine}' starts it again{goes}'seedbed up' makes it again"),
    ENDS("off-crashed", (SB_SIGN_OFF_CRASHED), SB_SHOW_DOMAIN | SB_SHOW_QEMU | SB_SHOW_TAIL, NULL,
         "its QEMU process died: it was killed, or it crashed", NEXT_QEMU_LOG),
    ENDS("off-failed", (SB_SIGN_OFF_FAILED), SB_SHOW_DOMAIN | SB_SHOW_QEMU, NULL,
         "its QEMU process died", NEXT_QEMU_LOG),
    ENDS("off-saved", (SB_SIGN_OFF_SAVED), SB_SHOW_DOMAIN, NULL,
         "somebody saved it to a file (as 'virsh managedsave' does)",
         "'seedbed up' starts it again from there"),
    ENDS("off", (SB_SIGN_OFF), SB_SHOW_DOMAIN | SB_SHOW_QEMU | SB_SHOW_TAIL, NULL, "it is shut off",
         "'seedbed up' with its fleet file starts it"),
    ENDS("reboots", (SB_SIGN_REBOOTS), SB_SHOW_DOMAIN | SB_SHOW_TAIL, NULL,
         "it reboots again and again: {reboots} times since it was started",
         "read in {log} what it does just before 'reboot'; look for 'reboot' and 'power_state' in "
         "your user-data, and for a kernel with 'panic=' that restarts after a panic"),
    /* ---- the network, as libvirt has it ---- */
    ENDS("network-gone", (SB_SIGN_NETWORK_GONE), SB_SHOW_NETWORK, NULL,
         "somebody removed its network '{network}'", NEXT_ANEW),
    ENDS("network-off", (SB_SIGN_NETWORK_OFF), SB_SHOW_NETWORK, NULL,
         "its network '{network}' is not active, so nothing reaches it",
         NEXT_ANEW ": a running machine is not connected again when only its network is started"),
    ENDS("link-down", (SB_SIGN_LINK_DOWN), SB_SHOW_NETWORK, NULL,
         "the link of its network card is down",
         "{stays}'virsh domif-setlink {machine} {mac} up' sets it up again{goes}'seedbed up' makes "
         "it "
         "again, with its link up"),
    ENDS("no-dnsmasq", (SB_SIGN_NO_DNSMASQ, SB_SIGN_NO_LEASE), SB_SHOW_NETWORK, NULL,
         "the DHCP server of its network '{network}' does not run (dnsmasq), so it gets no address",
         NEXT_ANEW "; see on the libvirt host why "
                   "dnsmasq ended ('journalctl -t dnsmasq')"),
    ENDS("other-address", (SB_SIGN_OTHER_ADDRESS, SB_SIGN_PORT_SILENT, SB_SIGN_SILENT),
         SB_SHOW_NETWORK | SB_SHOW_PORT, SB_GUEST_ADDRESS,
         "the guest has the address {1}, and not {address}, at which it is awaited: another DHCP "
         "server of its network has answered it, or its network-config or user-data sets that "
         "address",
         "look in that line, or in {log}, for the server that gave the address, and stop that; or "
         "remove the address from 'network-config' and the user-data"),
    /* A guest that has not asked yet may have an address that it knows. */
    ENDS("host-firewall-dhcp", (SB_SIGN_DHCP_FIREWALL), SB_SHOW_NETWORK, SAYS_NO_LEASE,
         DHCP_STOPPED, NEXT_DHCP_STOPPED),
    ENDS("network-no-dhcp", (SB_SIGN_NO_DHCP, SB_SIGN_NO_LEASE), SB_SHOW_NETWORK, SAYS_NO_LEASE,
         NO_DHCP, NEXT_NO_DHCP),
    ENDS("path-broken", (SB_SIGN_PATH_BROKEN), SB_SHOW_NETWORK | SB_SHOW_PORT, NULL,
         "this host does not reach its address {address}: {path}",
         "mend the way there on this host: {path-mend}"),
    ENDS("not-reserved", (SB_SIGN_NOT_RESERVED), SB_SHOW_NETWORK, NULL,
         "the network '{network}' has no reservation for it any more, so it will not get its "
         "address {address}",
         NEXT_ANEW),
    ENDS("no-forward", (SB_SIGN_NO_FORWARD), SB_SHOW_PORT, NULL,
         "user networking does not forward a port of this host to it any more",
         "{stays}'seedbed status {machine}' makes a forward again{goes}'seedbed up' makes machine "
         "and "
         "forward again"),

    /* ---- ssh ---- */
    ENDS("login-other-machine", (SB_SIGN_LOGIN_HOST_KEY, SB_SIGN_OTHER_AT_ADDRESS),
         SB_SHOW_NETWORK | SB_SHOW_LOGIN, NULL,
         "another machine, with the MAC {other-mac}, answers at its address {address}, and has "
         "another ssh host key; nothing was sent to it",
         "find that machine on the network by its MAC, and stop it or give it another address"),
    ENDS("login-seed", (SB_SIGN_LOGIN_HOST_KEY, SB_SIGN_SEED_BAD), SB_SHOW_IMAGE | SB_SHOW_LOGIN,
         NULL,
         "it shows another ssh host key than the one of its seed, because it cannot use its seed: "
         "{seed}; nothing was sent to it",
         NEXT_SEED),
    {.name = "login-no-cloud-init",
     .line = "EFI stub: Booting Linux|Linux version \\d",
     .without = "Cloud-init v\\. .* running '(?:init|modules:\\w+)'",
     .cause =
         "it shows another ssh host key than the one of its seed, and its console shows no run "
         "of cloud-init that would have applied the seed; nothing was sent to it",
     .next = "look in the image for what keeps cloud-init from running: "
             "/etc/cloud/cloud-init.disabled, 'cloud-init=disabled' on the kernel's command line, "
             "or no cloud-init at all; {console} is the way in",
     .signs = {SB_SIGN_LOGIN_HOST_KEY},
     .kind = SB_RULE_ENDS,
     .shows = SB_SHOW_LOGIN | SB_SHOW_TAIL},
    ENDS("login-host-key", (SB_SIGN_LOGIN_HOST_KEY),
         SB_SHOW_NETWORK | SB_SHOW_LOGIN | SB_SHOW_REASON, NULL,
         "it shows another ssh host key than the one that was made for it: either another machine "
         "answers at its address, or something in it replaced the key; nothing was sent to it",
         "look for 'ssh_keys', 'ssh_deletekeys' and 'ssh_genkeytypes' in your user-data, and for "
         "an image that makes its own keys at each boot; {console} shows /etc/ssh"),
    ENDS("login-proxy", (SB_SIGN_LOGIN_PROXY), SB_SHOW_LOGIN, NULL,
         "ssh does not come through to it: the libvirt host refuses, or is refused",
         "log in to the libvirt host with plain ssh, until that asks nothing any more: machines "
         "are reached through it, always with its host key checked, whatever the URI says"),

    /* ---- what a guest waits for ---- */
    WAITS("script-runs", (SB_SIGN_NONE),
          SB_SYSTEMD_JOB("(Execute cloud user/final|cloud-final|cloud-init\\.target)[^(]*?"),
          "cloud-init's last stage still runs: a script or package of the user-data takes long, or "
          "hangs",
          "look with {console} at what it works: 'ps -ef --forest', the end of "
          "/var/log/cloud-init-output.log; a command that waits for input needs '</dev/null'"),
    WAITS(
        "network-waits", (SB_SIGN_NONE),
        SB_SYSTEMD_JOB("(Wait for Network[^(]*?|[^(]*[Nn]etwork[^(]*(?:[Oo]nline|wait)[^(]*?|Raise "
                       "network interfaces[^(]*?)") "|cloud-init-nonet\\[.*waiting",
        "the guest waits for its network to be configured", NEXT_NETWORK),
    WAITS("no-carrier", (SB_SIGN_NONE),
          "(?|(\\w+): (?:Lost carrier|Link DOWN)|device \\((\\w+)\\): carrier: link disconnected)",
          "the link of the guest's network card {1} is down",
          "look for what takes it down: 'ip link' in the guest, with {console}, and 'virsh "
          "domif-getlink' on the libvirt host"),
    AT_END("resume-waits", (SB_SIGN_NONE), "Waiting for suspend/resume device",
           "the initramfs waits for a disk that a suspended system would be on",
           "the image was made of a machine with swap: 'RESUME=none' in "
           "/etc/initramfs-tools/conf.d/resume, then 'update-initramfs -u'"),
    WAITS("entropy-waits", (SB_SIGN_NONE), SB_SYSTEMD_JOB("([^(]*Random Seed[^(]*?)"),
          "the guest waits for random numbers: '{1}'",
          "the machine has a random number generator: the image's kernel needs its driver "
          "virtio_rng ('modinfo virtio_rng')"),
    WAITS("snapd-waits", (SB_SIGN_NONE), SB_SYSTEMD_JOB("([^(]*(?:[Ss]nappy|snapd?)\\b[^(]*?)"),
          "the guest waits for snapd: '{1}'",
          "an emulated or busy machine needs a longer --timeout for it; an image without snapd "
          "('apt-get purge snapd') does not wait; {console} and 'snap changes' show what it does"),
    {.name = "root-waits",
     .line = SB_SYSTEMD_JOB("((?:dev-|/dev/).+?)"),
     .with = "dracut|[Ii]nitrd|[Ii]nitramfs|[Ss]ysroot",
     .without = IN_ROOT,
     .cause = "the initramfs waits for the root disk: {2} is not there",
     .next = NEXT_ROOT,
     .signs = {SB_SIGN_AWAITS},
     .shows = SB_SHOW_WORK,
     .goes_on = TRUE},
    {.name = "root-waits",
     .line =
         "(?|initqueue/finished/devexists-(\\S+?)\\.sh|[Ww]aiting for device (/\\S+) to appear)",
     .without = IN_ROOT,
     .cause = "the initramfs waits for the root disk: {1} is not there",
     .next = NEXT_ROOT,
     .signs = {SB_SIGN_AWAITS},
     .shows = SB_SHOW_WORK,
     .goes_on = TRUE},
    {.name = "root-waits",
     .line = "dracut-initqueue.*(?:timeout|Could not boot)",
     .without = IN_ROOT,
     .cause = "the initramfs (dracut) waits for the root disk, which does not appear",
     .next = NEXT_ROOT,
     .signs = {SB_SIGN_AWAITS},
     .shows = SB_SHOW_WORK,
     .goes_on = TRUE},
    WAITS("device-waits", (SB_SIGN_NONE), SB_SYSTEMD_JOB("((?:dev-|/dev/).+?)"),
          "the guest waits for a device that is not there: {1}", NEXT_MOUNT),
    WAITS("job-waits", (SB_SIGN_SILENT), SB_SYSTEMD_JOB("(.+?)"), "a systemd job waits: '{1}'",
          NEXT_JOBS),
    WAITS("job-waits", (SB_SIGN_NONE), SB_SYSTEMD_JOB("(.+?)") "[^)]*[1-9][0-9]*min",
          "a systemd job waits for minutes: '{1}'", NEXT_JOBS),
    SAYS("unit-left-out",
         "(?|Job (\\S+)/start deleted to break ordering cycle|Ordering cycle found, skipping "
         "(\\S+))",
         "systemd did not start '{1}', because units wait for each other in a circle",
         "correct 'Before=' and 'After=' of the units that {log} names as 'ordering cycle': one of "
         "your user-data or image is new"),
    {.name = "cpu-hangs",
     .line = "soft lockup - (CPU#\\d+ stuck for \\d+s! .*)",
     .cause = "a CPU of the guest hangs in its kernel: {1}",
     .next = "compare the load of the libvirt host with its CPUs, because a guest that gets no CPU "
             "says this, too; if the host is idle, it is the guest's kernel or its 'cpu' model: "
             "{log} has the trace",
     .signs = {SB_SIGN_AWAITS},
     .shows = SB_SHOW_HOST | SB_SHOW_WORK,
     .goes_on = TRUE},
    EXPLAINS(
        "task-hangs", (SB_SIGN_AWAITS), SB_SHOW_HOST,
        "INFO: task (\\S+) blocked for more than|self-detected "
        "stall on CPU|detected stalls on CPUs",
        "the guest's kernel says that it is stuck ('{line}'): the libvirt host gives it too little "
        "time, or its disk hangs",
        "compare the load of the libvirt host with its CPUs, and start fewer machines at a time; "
        "if the host is idle, it is the guest's kernel: {log} names the task"),
    EXPLAINS("shim-bad-loader", (SB_SIGN_AWAITS_KERNEL), 0, "(Failed to read header: Unsupported)",
             "shim did not start the boot loader: that file is damaged, or not for {arch}: {1}",
             "install GRUB for UEFI in the image again ('grub-install --removable'), or use the "
             "distribution's own image"),
    EXPLAINS("shim-no-loader", (SB_SIGN_AWAITS_KERNEL), 0,
             "Failed to load image (\\S+?): |start_image\\(\\) returned",
             "shim did not find the boot loader that it starts: {1}",
             "install GRUB for UEFI in the image again ('grub-install --removable'), or use the "
             "distribution's own image"),
    EXPLAINS("grub-menu", (SB_SIGN_AWAITS_KERNEL), SB_SHOW_WORK,
             "keys to (?:select which entry|change the selection)|before booting or `c' for",
             "GRUB waits in its menu for a key",
             "set GRUB_TIMEOUT and GRUB_RECORDFAIL_TIMEOUT to 1 in /etc/default/grub of the image, "
             "and run 'update-grub' there"),
    SAYS_WITH("u-boot", "^U-Boot \\d", "^(=>|No more bootdevs|SCRIPT FAILED)",
              "U-Boot was started instead of a UEFI firmware, and found nothing to boot",
              "the machine needs the firmware of EDK2 (AAVMF): 'seedbed doctor' checks the "
              "firmware of the "
              "host{stays}; 'virsh dumpxml {machine}' names the one that it has"),
    HANGS_AT_END(
        "firmware-hangs", (SB_SIGN_SILENT), "^UEFI firmware \\(version",
        "the firmware began, and hangs before it looks for a boot loader: {line}",
        "try another 'cpu' model in the fleet file (some firmware hangs with 'max'), or another "
        "version of the firmware on the libvirt host; 'seedbed doctor --deep' tries it"),
    AT_END("stub-error", (SB_SIGN_NONE), "EFI stub: ERROR: (.*)",
           "the kernel's EFI stub failed: {1}",
           "look for that file on the EFI system partition of the image, and give the machine more "
           "'memory' if it is there"),
    AT_END("sleeps", (SB_SIGN_NONE), "PM: suspend entry", "the guest put itself to sleep",
           NEXT_AWAKE),
    HANGS_AT_END("stub-mute", (SB_SIGN_NONE), "EFI stub: ",
                 "the kernel was started, and printed nothing: it has no console on the serial "
                 "port, or hangs before it has one",
                 NEXT_CONSOLE),

    /* ---- the login and the port. When cloud-init is done, nothing more will come. ---- */
    ENDS("account-refused", (SB_SIGN_LOGIN_DENIED, SB_SIGN_ACCOUNT_BAD, SB_SIGN_SILENT),
         SB_SHOW_LOGIN, FINISHED, ACCOUNT_REFUSED, NEXT_REFUSED),
    EXPLAINS("account-refused", (SB_SIGN_LOGIN_DENIED, SB_SIGN_ACCOUNT_BAD), SB_SHOW_LOGIN, NULL,
             ACCOUNT_REFUSED, NEXT_REFUSED),
    ENDS("account-missing", (SB_SIGN_LOGIN_DENIED, SB_SIGN_SILENT), SB_SHOW_LOGIN | SB_SHOW_REASON,
         FINISHED, ACCOUNT_MISSING, NEXT_ACCOUNT),
    EXPLAINS("account-missing", (SB_SIGN_LOGIN_DENIED), SB_SHOW_LOGIN | SB_SHOW_REASON, NULL,
             ACCOUNT_MISSING, NEXT_ACCOUNT),
    {.name = "boots",
     .without = BOOTED,
     .cause = "it still boots",
     .next = "{stays}'seedbed start {machine}' waits until it is ready, and says why if it "
             "hangs{goes}'seedbed up' makes it again, and waits",
     .signs = {SB_SIGN_BOOTS, SB_SIGN_AWAITS},
     .shows = SB_SHOW_WORK | SB_SHOW_TAIL},
    EXPLAINS("login-breaks", (SB_SIGN_LOGIN_BROKEN), SB_SHOW_LOGIN | SB_SHOW_TAIL, NULL,
             "sshd answers, but the login breaks off",
             "look with {console} at sshd's log ('journalctl -u ssh'); PAM, AllowUsers, or a shell "
             "that ends at its start are usual causes"),
    ENDS("port-foreign", (SB_SIGN_PORT_FOREIGN), SB_SHOW_PORT, NULL,
         "a program that is not sshd answers on its port 22: it says '{said}'",
         "look with {console} which program that is: 'ss -ltnp'"),
    EXPLAINS("port-closed", (SB_SIGN_PORT_CLOSED, SB_SIGN_AWAITS_SSH_PORT), SB_SHOW_PORT, NULL,
             "a program takes connections on its port 22, but says nothing of ssh", NEXT_SSHD),
    ENDS("sshd-problem", (SB_SIGN_PORT_REFUSED, SB_SIGN_SSHD_BAD, SB_SIGN_SILENT), SB_SHOW_PORT,
         FINISHED, SSHD_PROBLEM, NEXT_SSHD_PROBLEM),
    EXPLAINS("sshd-problem", (SB_SIGN_PORT_REFUSED, SB_SIGN_SSHD_BAD), SB_SHOW_PORT, NULL,
             SSHD_PROBLEM, NEXT_SSHD_PROBLEM),
    ENDS("network-problem", (SB_SIGN_PORT_SILENT, SB_SIGN_NETWORK_BAD, SB_SIGN_SILENT),
         SB_SHOW_NETWORK | SB_SHOW_PORT, FINISHED, NETWORK_PROBLEM, NEXT_NETWORK_PROBLEM),
    ENDS("done-refused", (SB_SIGN_PORT_REFUSED, SB_SIGN_SILENT), SB_SHOW_PORT | SB_SHOW_REASON,
         FINISHED, "cloud-init is done, but nothing listens on port 22", NEXT_SSHD),
    EXPLAINS("prompt-refused", (SB_SIGN_PORT_REFUSED), SB_SHOW_PORT | SB_SHOW_REASON, BOOTED,
             "the guest has booted, but nothing listens on port 22", NEXT_SSHD),
    EXPLAINS("port-refused", (SB_SIGN_PORT_REFUSED), SB_SHOW_PORT | SB_SHOW_TAIL, NULL,
             "the guest is on the network, but nothing listens on port 22 (connection refused)",
             NEXT_SSHD),
    EXPLAINS("prompt-silent", (SB_SIGN_PORT_SILENT, SB_SIGN_NO_LEASE),
             SB_SHOW_NETWORK | SB_SHOW_REASON, BOOTED,
             "the guest has booted, but never asked for its address by DHCP", NEXT_NETWORK),
    EXPLAINS("prompt-firewall", (SB_SIGN_PORT_SILENT),
             SB_SHOW_NETWORK | SB_SHOW_PORT | SB_SHOW_REASON, BOOTED,
             "the guest has booted, but does not answer at {address}: it has no "
             "network, or a firewall in it drops ssh",
             NEXT_NETWORK),
    {.name = "root-shell",
     .line = "^root@\\(none\\):.*# *$",
     .cause =
         "a root shell was started instead of init, so nothing else runs in the guest: '{line}'",
     .next = "take 'init=' out of the kernel's command line in the image's boot configuration, or "
             "out of the fleet file's 'kernel': {log} has that line",
     .signs = {SB_SIGN_AWAITS, SB_SIGN_IDLE, SB_SIGN_SILENT},
     .kind = SB_RULE_ENDS,
     .shows = SB_SHOW_WORK,
     .is_last = TRUE},
    {.name = "passphrase",
     .line = SAYS_PASSPHRASE,
     .cause = PASSPHRASE,
     .next = NEXT_PASSPHRASE,
     .signs = {SB_SIGN_AWAITS, SB_SIGN_IDLE, SB_SIGN_SILENT},
     .kind = SB_RULE_ENDS,
     .shows = SB_SHOW_WORK,
     .is_last = TRUE},
    AT_END(
        "asks", (SB_SIGN_RESTS, SB_SIGN_SILENT),
        "^(?!\\[ *\\d+\\.)(?!.*\\blogin:)(?:.*\\b(?:[Pp]ress|PRESS|[Ee]nter|[Ss]elect|[Cc]hoose|"
        "[Tt]ype|[Pp]ass(?:word|phrase)|[Cc]onfirm)\\b.*|.*(?:\\[[Yy]/[Nn]\\]|[^#>=-][>?#$:]|^[>#=]"
        "+>))\\s*$",
        "the guest waits for input on its console: '{line}'",
        "answer with {console}, to see what it is; what asks must not run in a machine that "
        "nobody attends: look for it in your user-data and in the image"),

    ENDS("network-problem",
         (SB_SIGN_HAD_SSH, SB_SIGN_PORT_SILENT, SB_SIGN_NETWORK_BAD, SB_SIGN_SILENT),
         SB_SHOW_NETWORK | SB_SHOW_PORT, NULL,
         "its ssh server answered at {address}, and now nothing does: the guest says through its "
         "agent that {network-problem}",
         NEXT_NETWORK_PROBLEM),
    ENDS("port-lost", (SB_SIGN_HAD_SSH, SB_SIGN_PORT_SILENT, SB_SIGN_IDLE, SB_SIGN_SILENT),
         SB_SHOW_NETWORK | SB_SHOW_PORT | SB_SHOW_REASON, NULL,
         "its ssh server answered at {address}, and now nothing does: the guest has given up that "
         "address, or closed its firewall",
         "look for what changes the network in your user-data ('ip', 'netplan', 'nmcli', a "
         "firewall); 'ip address' with {console} shows the address that it has now"),

    /* ---- a wait for cloud-init that is in vain ---- */
    ENDS("guest-read-only", (SB_SIGN_READ_ONLY), SB_SHOW_REASON | SB_SHOW_TAIL, NULL,
         "cloud-init cannot come to its end, because {doing}", NEXT_READ_ONLY),
    ENDS("cloud-init-over", (SB_SIGN_NO_UNIT), SB_SHOW_REASON | SB_SHOW_TAIL, NULL,
         "cloud-init will not come to its end, because {doing}",
         "read with {ssh} why: 'systemctl status cloud-final', 'journalctl -u cloud-final'; units "
         "that wait for each other, or 'systemctl stop' and 'isolate' in the user-data, are usual "
         "causes"),

    /* ---- a machine that does nothing, or nothing that can be seen ---- */
    EXPLAINS(
        "command-runs", (SB_SIGN_AWAITS_CLOUD_INIT, SB_SIGN_RUNS_COMMAND),
        SB_SHOW_WORK | SB_SHOW_HOST | SB_SHOW_TAIL, NULL,
        "a command of the user-data, or of a module, has not come to its end: {doing}",
        "look at that command in your user-data: does it wait for something that never comes, or "
        "for input? {ssh} shows what it does; on a busy host it may only need a longer --timeout"),
    EXPLAINS("host-loaded", (SB_SIGN_STARVED, SB_SIGN_AWAITS),
             SB_SHOW_HOST | SB_SHOW_WORK | SB_SHOW_TAIL, NULL, NO_TIME, NEXT_TIME),
    EXPLAINS(
        "mute-idle", (SB_SIGN_MUTE, SB_SIGN_IDLE), SB_SHOW_DOMAIN | SB_SHOW_WORK, NULL,
        "the machine does nothing: it printed nothing since its start, and its CPU is idle",
        "'seedbed doctor' checks the firmware of the host{stays}; 'virsh dumpxml {machine}' names "
        "the one that it has"),
    EXPLAINS("mute-busy", (SB_SIGN_MUTE, SB_SIGN_BUSY), SB_SHOW_DOMAIN | SB_SHOW_WORK, NULL,
             "the machine computes, but printed nothing: the firmware does not use the serial "
             "console, or hangs",
             "'seedbed doctor' checks the firmware; another 'cpu' model rules out one that the "
             "firmware cannot run on"),
    EXPLAINS("kernel-mute-busy", (SB_SIGN_AWAITS_KERNEL, SB_SIGN_BUSY), SB_SHOW_WORK | SB_SHOW_TAIL,
             NULL,
             "the boot loader was started, and the machine computes, but no kernel prints: the "
             "kernel has no console on the serial port, or hangs before it has one",
             NEXT_CONSOLE),
    EXPLAINS("kernel-mute", (SB_SIGN_AWAITS_KERNEL), SB_SHOW_WORK | SB_SHOW_TAIL, NULL,
             "no kernel after the firmware: the boot loader waits, or the kernel has no console on "
             "the serial port",
             "check with {console} whether a boot loader waits for a key; else add "
             "'console=ttyAMA0' (x86_64: 'console=ttyS0') to the kernel's command line"),
    {.name = "idle-initramfs",
     .line = IN_INITRAMFS,
     .without = IN_ROOT,
     .cause = "the initramfs does nothing any more: it waits, most often for the root disk",
     .next =
         "check 'root=' on the kernel's command line, and that the initramfs has virtio_blk and "
         "the file system's driver; its last lines say what it waits for: {log}",
     .signs = {SB_SIGN_IDLE, SB_SIGN_SILENT, SB_SIGN_AWAITS},
     .shows = SB_SHOW_WORK | SB_SHOW_TAIL},
    EXPLAINS("idle", (SB_SIGN_IDLE, SB_SIGN_SILENT, SB_SIGN_AWAITS), SB_SHOW_WORK | SB_SHOW_TAIL,
             NULL, "the machine does nothing: its CPU is idle, and it prints nothing",
             "its last line says what it waits for; a script that sleeps or waits for input "
             "('bootcmd', 'runcmd', a package that asks a question) is a usual cause: {log}"),

    /* ---- the host ---- */
    EXPLAINS("pool-off", (SB_SIGN_POOL_OFF), SB_SHOW_HOST, NULL,
             "the storage pool '{pool}' is not active", "'virsh pool-start {pool}' starts it"),
    EXPLAINS("host-short", (SB_SIGN_HOST_SHORT, SB_SIGN_AWAITS), SB_SHOW_HOST | SB_SHOW_WORK, NULL,
             "the libvirt host has too little memory left, so the machine is slow",
             "stop other machines there, or give these less 'memory'"),
    EXPLAINS("host-loaded", (SB_SIGN_HOST_LOADED, SB_SIGN_AWAITS),
             SB_SHOW_HOST | SB_SHOW_WORK | SB_SHOW_TAIL, NULL, NO_TIME, NEXT_TIME),

    /* ---- what is known about a late stage if nothing explains it ---- */
    EXPLAINS("late-firmware", (SB_SIGN_AWAITS_FIRMWARE), SB_SHOW_DOMAIN | SB_SHOW_WORK, NULL,
             "the firmware printed nothing on the serial console",
             "'seedbed doctor' checks QEMU and the firmware of the host"),
    EXPLAINS("late-address-user", (SB_SIGN_AWAITS_ADDRESS, SB_SIGN_USER_NETWORK),
             SB_SHOW_WORK | SB_SHOW_TAIL, NULL, "the guest still boots, or hangs",
             "its last lines say at what it works: {log}"),
    EXPLAINS("late-address", (SB_SIGN_AWAITS_ADDRESS, SB_SIGN_NO_LEASE),
             SB_SHOW_NETWORK | SB_SHOW_WORK | SB_SHOW_TAIL, NULL,
             "the guest did not ask for its address by DHCP: it still boots, or hangs",
             "its last lines say at what it works: {log}; an image without cloud-init never reads "
             "the seed's network-config"),
    EXPLAINS("late-silent", (SB_SIGN_PORT_SILENT, SB_SIGN_AWAITS),
             SB_SHOW_NETWORK | SB_SHOW_PORT | SB_SHOW_WORK | SB_SHOW_TAIL, NULL,
             "nothing answers at its address {address}", NEXT_NETWORK),
    EXPLAINS("late-address-other", (SB_SIGN_AWAITS_ADDRESS),
             SB_SHOW_NETWORK | SB_SHOW_WORK | SB_SHOW_TAIL, NULL,
             "its address is not known, or does not answer",
             "its last lines say at what it works: {log}"),
    EXPLAINS("late-ssh", (SB_SIGN_AWAITS_SSH_PORT), SB_SHOW_PORT | SB_SHOW_WORK | SB_SHOW_TAIL,
             NULL, "no ssh server answers", NEXT_SSHD),
    EXPLAINS("late-login", (SB_SIGN_AWAITS_SSH_LOGIN), SB_SHOW_LOGIN | SB_SHOW_TAIL, NULL,
             "sshd answers, but the login does not work", NEXT_SSHD),
    EXPLAINS("late-cloud-init", (SB_SIGN_AWAITS_CLOUD_INIT), SB_SHOW_WORK | SB_SHOW_TAIL, NULL,
             "cloud-init still runs",
             "see with {ssh} at what it works ('cloud-init status --long', the end of "
             "/var/log/cloud-init-output.log): slow packages, or a script that waits for input, "
             "are the usual cause"),
    EXPLAINS("late", (SB_SIGN_AWAITS), SB_SHOW_DOMAIN | SB_SHOW_HOST, NULL,
             "libvirt did not do its part in time",
             "'seedbed doctor' shows whether libvirtd answers; look into its log"),
};

const SbRule *sb_fact_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
