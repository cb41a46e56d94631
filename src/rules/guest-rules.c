/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rule-rows.h"

#define NEXT_PERSON                                                                                \
    "use the distribution's cloud image, which asks nothing; or answer with {console}, and "       \
    "make an image of the result"

#define NEXT_USERS                                                                                 \
    "correct 'users' of your user-data: a group must exist before ('groups:'), and 'sudo' has "    \
    "the syntax of sudoers; 'seedbed lint' checks both"

#define NEXT_OOPS                                                                                  \
    "read the trace in {log}; then try the distribution's own kernel, another 'cpu' model, and "   \
    "your changes one by one"
#define NO_NIC "the guest has no network card that it knows"
#define NEXT_NIC "check that the image's kernel has the driver virtio_net ('modinfo virtio_net')"

#define SSHD "(?:OpenBSD Secure Shell server|OpenSSH (?:server )?[Dd]aemon|\\bsshd?\\.service)"

#define IGNITION "ignition\\[\\d+\\]:|Started Ignition|Ignition \\d+\\.\\d"
#define NEXT_IGNITION                                                                              \
    "use an image that has cloud-init, such as the distribution's generic cloud image"
#define NEXT_DATASOURCE                                                                            \
    "the image is made for that cloud: use the distribution's generic image, or set "              \
    "'datasource_list: [NoCloud]' in its /etc/cloud/cloud.cfg.d"
#define NEXT_SYSTEM_USER                                                                           \
    "'systemd-sysusers' in the image makes the users of its services, and so does installing the " \
    "service's package again; look for what replaces or empties /etc/passwd"
#define DBUS_FAILED                                                                                \
    SB_SYSTEMD_FAILED                                                                              \
    "start .*(?:D-Bus System Message Bus|dbus(?:-broker)?\\.service)|dbus(?:-broker)?\\.service: " \
    "Failed with result|Failed to start message bus"
#define NEXT_DBUS                                                                                  \
    "look at that error; its users ('messagebus', 'dbus') are made by 'systemd-sysusers' in the "  \
    "image, and by installing the package 'dbus' again"

static const SbRule rules[] = {
    SAYS("kernel-too-old",
         "(?|((?:XFS|EXT4-fs|BTRFS)\\S* .*(?:unknown incompatible features|unsupported optional "
         "features|couldn't mount because of unsupported).*))",
         "the guest's kernel is too old for its file system: {1}",
         "make the image with an older mkfs, or without the features that the line names; or use "
         "a newer kernel"),
    SAYS("disk-too-small", "\\((\\w+)\\): bad geometry: block count \\d+ exceeds size of device",
         "the file system on the guest's {1} is larger than the disk",
         "give the machine a 'disk' that is at least as large as the image's ('seedbed image info "
         "{image}'); if it is, the image was cut off: import it again"),
    SAYS("disk-failed-in-guest",
         "I/O error,? (?:on )?dev (?!sr|fd|loop)(\\w+)|Detected aborted journal",
         "the guest's disk has errors", NEXT_DISK),
    SAYS("file-system-damaged",
         "(?|(?:EXT4-fs error|BTRFS (?:error|critical)) \\(device (\\w+)|XFS \\((\\w+)\\): "
         "(?:Metadata (?:CRC|corruption)|Unmount and run xfs_repair|log "
         "mount|[Cc]orruption|Internal "
         "error)|EXT4-fs \\((\\w+)\\): Remounting filesystem read-only)",
         "the file system on the guest's {1} is damaged", NEXT_FSCK),
    SAYS("file-system-damaged",
         "(?:BTRFS|XFS|EXT4-fs|SQUASHFS)\\b.*?(Unable to read .*|(?:superblock|log) checksum "
         "mismatch|open_ctree failed|bad "
         "tree block.*|"
         "group descriptors corrupted.*|error loading journal)",
         "a file system of the guest is damaged: {1}", NEXT_FSCK),
    SAYS("file-system-damaged", "^(/dev/\\S+): UNEXPECTED (?:SOFT UPDATE )?INCONSISTENCY",
         "a file system of the guest is damaged: {1}", NEXT_FSCK),
    SAYS("lvm-devices", "Devices file (\\S+ .*not found)",
         "LVM in the image knows the disk of another machine, and uses no other one: {1}",
         "remove /etc/lvm/devices/system.devices in the image, or set 'use_devicesfile = 0' in its "
         "lvm.conf, and make its initramfs anew ('dracut -f')"),
    SAYS("partitions-too-large", "systemd-repart\\[\\d+\\]: (Can't fit .*)",
         "the partitions that the image makes at its first boot do not fit on its disk: {1}",
         "give the machine a larger 'disk' in the fleet file, then 'seedbed up' again"),
    SAYS("zfs-pool", "cannot import '[^']*': (.+)", "the guest did not import its ZFS pool: {1}",
         "check 'root=ZFS=POOL/DATASET' on the kernel's command line of the image; 'zpool export' "
         "before the image is saved lets another machine import the pool"),
    SAYS("verity-damaged", "device-mapper: verity: .*?(\\w+ block \\d+ is corrupted)",
         "the guest's disk does not fit its dm-verity hashes: {1}", NEXT_FSCK),
    SAYS(
        "file-system-inside",
        "unknown filesystem type '(LVM2_member|crypto_LUKS|linux_raid_member|zfs_member)'",
        "the guest mounts a partition that has no file system, but {1}, which the initramfs must "
        "open first",
        "name in 'root=' or /etc/fstab the device that is inside it (/dev/mapper/…, /dev/md…), and "
        "give the initramfs what opens it (packages 'lvm2', 'cryptsetup-initramfs', 'mdadm')"),
    SAYS("file-system-driver", "unknown filesystem type '(?!iso9660)([\\w.]+)'",
         "the guest has no driver for the file system {1}",
         "make the initramfs in the image anew with that module ('update-initramfs -u', 'dracut "
         "-f'), and let kernel and modules be of the same version"),
    SAYS(
        "share-missing",
        "(?|virtio-?fs: tag <([^>]+)> not found|9pnet_virtio: no channels available for device "
        "(\\S+))",
        "the guest mounts a folder of the host that the machine does not have: '{1}'",
        "give the machine that folder with 'shares' in the fleet file, whose tags are 'share-1', "
        "'share-2' and so on; or remove that mount from the kernel's command line, from /etc/fstab "
        "or from your user-data"),
    SAYS("no-file-system", "(?|\\((\\w+)\\): VFS: Can't find|bad superblock on /dev/(\\w+))",
         "the guest's {1} has no file system of the type that it looks for",
         "correct the device or the type in /etc/fstab, 'root=' or the 'mounts' of your user-data; "
         "'fs_setup' makes a file system"),
    {.name = "read-only",
     .line = "Read-only file system",
     .cause = "the guest's root file system is read-only",
     .next = NEXT_READ_ONLY,
     .signs = {SB_SIGN_AWAITS},
     .unless = SB_SIGN_READ_ONLY},
    SAYS("disk-full",
         "No space left on device|[Nn]ot enough free (?:disk )?space|Disk quota exceeded",
         "the guest's disk is full",
         "give the machine a larger 'disk' in the fleet file, then 'seedbed up' again"),
    SAYS("memory-out",
         "(?:Failed to fork|Failed to run '\\w+' task|fork): (Cannot allocate memory)",
         "the guest has too little memory: it cannot start programs ({1})", NEXT_MEMORY),
    SAYS("oom", "Out of memory: Killed process \\d+ \\(([^)]*)\\)|oom-kill:",
         "the guest has too little memory: its kernel killed '{1}'", NEXT_MEMORY),
    SAYS_WITH("kernel-oops", "(Unable to handle kernel .*|BUG: (?!soft lockup|workqueue lockup).*)",
              "(?:\\bpc : |RIP: \\w+:)(\\S+)",
              "the guest's kernel crashed in {1}, and goes on: {2}", NEXT_OOPS),
    SAYS("kernel-oops",
         "(?|(Unable to handle kernel .*)|(kernel BUG at .*)|BUG: (unable to handle .*)|Internal "
         "error: (.*))",
         "the guest's kernel crashed, and goes on: {1}", NEXT_OOPS),
    SAYS("installer",
         "(?i)choose the language|select a language|welcome to the .* installer|Please make a "
         "selection from the above|Starting installer|\\bsubiquity\\b|Installation Destination",
         "this image is an installer, which waits for a person",
         "use the distribution's cloud image instead of its installation medium"),
    SAYS(
        "first-boot-wizard",
        "(?i)(?:Starting|Started) .*(?:First ?Boot Wizard|jeos-firstboot|initial-setup|Initial "
        "Setup)|Please enter (?:the )?(?:system locale|new root password|time ?zone)|Press any key "
        "to proceed",
        "the guest's first boot asks a person to set it up", NEXT_PERSON),
    SAYS("passphrase", SAYS_PASSPHRASE, PASSPHRASE, NEXT_PASSPHRASE),
    SAYS("systemd-basics", "Failed to (start Slices|listen on Journal Socket)(?: \\(|\\.|$)",
         "systemd cannot set up its own first units, so nothing after them works: '{1}'",
         "use the distribution's own kernel, which has all that systemd needs, and try another "
         "'cpu' model in the fleet file"),
    SAYS("other-system",
         "(\\[talos\\]|OpenWrt(?= \\d)|pfSense|OPNsense|RouterOS|Home Assistant OS)",
         "this image is a system that is not set up by cloud-init ({1}), so it does not read the "
         "seed",
         "use an image that has cloud-init, such as the distribution's generic cloud image"),
    SAYS("module-signature",
         "(Loading of (?:unsigned )?module.* is rejected|Key was rejected by service|Required key "
         "not available)",
         "the guest's kernel refuses a module, because it does not trust its signature: {1}",
         "leave 'secure-boot' out of the fleet file, or use the modules of the distribution's "
         "kernel"),
    SAYS("selinux-policy",
         "SELinux: +Could not open policy|(?:Failed to load|Initial) SELinux policy(?: load "
         "failed|,)",
         "the guest's SELinux policy is missing or damaged, and SELinux is enforced",
         "install 'selinux-policy-targeted' in the image anew, or set 'SELINUX=permissive' in its "
         "/etc/selinux/config"),
    SAYS("relabels", "SELinux.* relabel|Relabeling could take",
         "the guest gives its files new SELinux labels, which takes minutes, and then it reboots",
         "give it a longer --timeout; or make the image with its labels ('touch /.autorelabel' "
         "asks for them, 'setfiles' makes them before)"),
    SAYS("image-of-azure",
         "(?|Waiting for cloud-init to copy (ovf-env\\.xml)|(Failed to get dvd device)|searched "
         "classes: \\((DataSourceAzure\\w*)\\))",
         "the image is made for Azure, and waits for the settings of that cloud: {1}",
         "use the distribution's generic cloud image; or set 'datasource_list: [NoCloud]' in "
         "/etc/cloud/cloud.cfg.d of the image, and remove Azure's agent ('waagent', "
         "'walinuxagent')"),
    SAYS("other-datasource", "searched classes: \\((?!.*NoCloud)(\\w.*)\\)",
         "cloud-init of the image looks only for the data of a cloud, and not for its seed: {1}",
         NEXT_DATASOURCE),
    SAYS("no-datasource",
         "Datasource DataSourceNone|Used fallback datasource|No instance datasource found|Did "
         "not find any data source|not a valid seed|unknown filesystem type 'iso9660'|No ds found "
         "\\[|Disabled cloud-init \\[|failed to get instance-id of datasource",
         "cloud-init did not find its seed",
         "check that the image lets cloud-init use NoCloud ('datasource_list' in "
         "/etc/cloud/cloud.cfg.d), and that its kernel has virtio_scsi, sr_mod and isofs"),
    SAYS("other-datasource",
         "Giving up on md from|Calling 'http://169\\.254\\.|no response from urls: .*169\\.254\\.",
         "cloud-init looks for the metadata server of a cloud, and not for its seed",
         NEXT_DATASOURCE),
    SAYS_WITH("ignition", IGNITION, "Ignition failed: (.*)",
              "this image is configured by Ignition (CoreOS, Flatcar), and not by cloud-init, so "
              "it does not read the seed; Ignition itself failed: {1}",
              NEXT_IGNITION),
    SAYS(
        "ignition", IGNITION,
        "this image is configured by Ignition (CoreOS, Flatcar), and not by cloud-init, so it does "
        "not read the seed",
        NEXT_IGNITION),
    SAYS("cloud-init-off",
         "cloud-init-generator.*disabled|ds-identify.*disabled|cloud-init.*is disabled|cloud-init "
         "disabled by",
         "cloud-init is disabled in the image, so nothing reads the seed",
         "remove /etc/cloud/cloud-init.disabled and 'cloud-init=disabled' from the image"),
    SAYS_WITH("account-not-made", "Failed to create user", "(?:user|group)(?:add|mod): (.*)",
              "the account was not made as the user-data says: {1}", NEXT_USERS),
    SAYS("account-not-made",
         "(?|useradd: (.*)|(Failed to (?:create user|set passwords) .*)|(parse error in "
         "/etc/sudoers.*)|(/etc/sudoers\\S*:"
         "\\d+:\\d+: .*))",
         "the account was not made as the user-data says: {1}", NEXT_USERS),
    SAYS("modules-other-kernel",
         "(?|(version magic '[^']*' should be '[^']*')|(disagrees about version of symbol "
         "\\S+)|can't "
         "change directory to '([^']+)'|could not open moddep file '([^']+)')",
         "the guest's kernel and its modules do not fit: {1}",
         "install the kernel and its modules in the image from one package; 'uname -r' in the "
         "guest must be a folder of /lib/modules, and 'depmod' makes the lists in it: an old "
         "kernel on a separate /boot is a usual cause"),
    SAYS("driver-missing",
         "(?|[Mm]odule ((?:virtio|isofs|sr_mod|scsi|ext4|xfs|btrfs)\\w*) not found|can't load "
         "module "
         "(virtio_(?:blk|net|pci|scsi)))",
         "the guest's kernel has no module '{1}'",
         "install the kernel's modules in the image: those of a 'cloud' kernel have all that "
         "machines need, and /lib/modules must have a folder of the version that boots; then make "
         "the initramfs anew"),
    SAYS("network-config-card", "Not all expected physical devices present: \\{?'?([0-9a-fA-F:]+)",
         "the network-config names a network card that the machine does not have: {1}",
         "leave 'match' and 'macaddress' out of your network-config: the MAC of this machine is "
         "{mac}, and each machine has its own"),
    SAYS("same-mac", "duplicate mac found! (.*)",
         "two network cards of the guest have the same MAC, and so cloud-init crashed: {1}",
         "make bonds, bridges and VLANs with 'network-config' only, not in the image; newer "
         "versions of cloud-init pass over most of them"),
    SAYS("network-config",
         "(?|systemd-networkd\\[\\d+\\]: (\\S+: (?:Could not|Failed to) .*)|(?:Error in network "
         "definition|/etc/netplan/\\S+:\\d+:\\d+):? (.*)|(Unknown network "
         "config version.*|No available network renderers found.*|Failed to apply network config"
         ".*)|(Failed to rename devices: .*?)(?:: Unexpected.*)?$|(Unable to rename "
         "interfaces.*)|network_state.py\\[(?:WARNING|ERROR)\\]: (.*)|(Invalid network-config "
         "provided))",
         "the guest refuses its network-config: {1}",
         "correct 'network-config' of the fleet file: 'seedbed lint' checks it; without that key, "
         "the machine gets one that works"),
    SAYS("user-data-include", "user_data\\.py.* for include '([^']+)'",
         "cloud-init could not fetch a part that the user-data includes: {1}", NEXT_PACKAGES),
    SAYS("user-data-type", "Unhandled (?:non-multipart|unknown content-type)",
         "cloud-init does not know the type of the user-data, and ignored it",
         "its first line must be '#cloud-config' or '#!': 'seedbed lint' checks it"),
    SAYS_WITH("seed-yaml", "Getting data from .*NoCloud.* failed",
              "Failed loading yaml blob\\. ?(.*?)(?:: \"[^\"]*)?$",
              "cloud-init could not read its seed, and did not use it: {1}",
              "correct 'network-config' of the fleet file: 'seedbed lint' checks it; without that "
              "key, the machine gets one that works"),
    SAYS("user-data-yaml",
         "(?|Failed loading yaml blob\\. ?(.*?)(?:: \"[^\"]*)?$|Failed at (merging in cloud "
         "config).*|(?:yaml\\.)?"
         "((?:scanner|parser)\\.(?:Scanner|Parser)Error.*))",
         "cloud-init could not read the user-data: {1}", NEXT_USER_DATA),
    SAYS("sshd-port-taken",
         "sshd\\[\\d+\\]: (?:error: )?Bind to port (\\d+) .*Address already in use",
         "sshd cannot listen on port {1}, because another program in the guest does",
         "'ss -ltnp' with {console} names it: a second ssh server, or ssh.socket beside "
         "ssh.service, are the usual ones; remove one in your user-data or image"),
    SAYS("account-expired", "pam_\\w+\\(sshd:account\\): account (\\S+) has expired",
         "the account '{1}' has expired",
         "look at 'expiredate' of the user in your user-data, at /etc/shadow of the image, and at "
         "the clock of the guest"),
    SAYS("selinux-sshd",
         "avc: +denied (?!.*permissive=1).*comm=\"sshd[^\"]*\"(?: name=\"([^\"]+)\")?",
         "SELinux in the guest keeps sshd from a file that it needs: '{1}'",
         "give that file its label: 'restorecon -R' on its folder, such as ~/.ssh, in your "
         "user-data or image"),
    SAYS("sshd-pam", "PAM unable to dlopen\\((\\S+?)\\)",
         "a PAM module, which a login in the guest needs, is missing or damaged: {1}",
         "install the package that has it in the image, or take it out of /etc/pam.d"),
    SAYS("sshd-refuses",
         "(?|sshd(?:-session)?\\[\\d+\\]: (Authentication refused: .*|(?:fatal|error): PAM: "
         ".*|fatal: Access denied for user .*|User \\S+ "
         ".*not allowed "
         "because "
         ".*)|sshd\\[\\d+\\]: (?:error: )?(Bind to port .*))",
         "sshd says: {1}",
         "correct sshd's settings, or the owner and mode of that file, in your "
         "user-data or in the image"),
    EXPLAINS("sshd-other-port", (SB_SIGN_AWAITS_SSH_PORT), SB_SHOW_PORT,
             "sshd(?:-session)?\\[\\d+\\]: Server listening on \\S+ port (?!22\\.)(\\d+)",
             "sshd of the guest listens on port {1}, and not on 22",
             "remove 'Port' from the sshd_config of your user-data or image, or 'ListenStream' "
             "from its ssh.socket: machines are reached at port 22"),
    SAYS("sshd-keys-open", "Permissions \\d+ for '([^']+host[^']+)' are too open",
         "sshd does not use its host key {1}, because other users can read it",
         "give it the mode 0600: look for 'write_files' and 'chmod' in your user-data"),
    SAYS("sshd-folder", "Missing privilege separation directory: (\\S+)",
         "sshd does not start, because its folder {1} is missing",
         "'RuntimeDirectory=sshd' in the unit of sshd makes that folder at each boot: install "
         "'openssh-server' in the image anew, or add 'bootcmd: [mkdir -p {1}]' to your user-data"),
    SAYS("sshd-no-keys", "no hostkeys available",
         "sshd does not start, because it has no host keys",
         "look for 'ssh_deletekeys' and 'ssh_genkeytypes' in your user-data"),
    SAYS("sshd-config", "sshd_config\\S*:? line \\d+: (.*)", "sshd does not start: {1}",
         "correct /etc/ssh/sshd_config.d in your user-data or image"),
    SAYS("sshd-user", "Privilege separation user (\\S+) does not exist",
         "sshd does not start, because its user '{1}' is missing", NEXT_SYSTEM_USER),
    REASON(
        "unit-library",
        "(?|(error while loading shared libraries: .*)|(\\S+: version `[^']+' not found.*)|symbol "
        "lookup error: (.*))",
        "a library that its program needs is missing, or does not fit: {1}",
        "install the packages of the program and of that library in the image again, of one "
        "release: an upgrade that was cut off is a usual cause"),
    REASON(
        "unit-crash",
        "[Mm]ain process exited, code=(?:dumped|killed), status=\\d+/(ABRT|SEGV|ILL|BUS|SYS|TRAP)",
        "its program crashed ({1})",
        "update that program's package in the image; ILL means that it needs a newer 'cpu' model "
        "in the fleet file; {log} has what it said before"),
    REASON("unit-user",
           "(?|user credentials: (.*)|status=217/(USER)|Failed to resolve (?:user|group) (.*))",
           "its user is missing in the guest ({1})", NEXT_SYSTEM_USER),
    REASON(
        "unit-other-cpu",
        "(?|Failed at step EXEC spawning (\\S+): Exec format error|Failed to execute (\\S+): Exec "
        "format error)",
        "its program {1} is for another CPU, or damaged",
        "install that program's package for {arch} in the image: 'file {1}' there shows what it "
        "is"),
    REASON("unit-program",
           "Failed (?:at step EXEC spawning|to (?:locate executable|execute)) (\\S+: .*)",
           "its program cannot be run: {1}",
           "install that program's package in the image; if it is there, look at its mode and at "
           "'noexec' of its file system"),
    REASON(
        "unit-not-run", "\\.service: (Failed (?:at step|to (?:set up|spawn|run)) .*)",
        "systemd could not run it: {1}",
        "read with {console} what that unit asks for ('systemctl cat'), and what the guest lacks "
        "of it: an older kernel, or a container's settings, are usual causes"),
    FAILED("sshd-failed", 0, "Failed to start .*" SSHD "|ERROR: sshd failed to start",
           "sshd failed in the guest",
           "look with {console} why: 'systemctl status ssh', 'journalctl -u ssh'"),
    SAYS(
        "other-nic-name",
        "(?|Cannot find device \"?([\\w.-]+)|Error getting hardware address for \"([^\"]+)|Device "
        "\"?([\\w.-]+)\"? (?:does not exist|not found)|Bringing up interface (\\w+): .*No suitable "
        "device)",
        "the network settings of the guest name the network card '{1}', which it does not have",
        "name the card that {console} shows with 'ip link', or match by 'driver: virtio_net': an "
        "image, or a network-config, that says 'eth0' or another machine's name is a usual cause"),
    SAYS("no-nic", "network: no virtio NIC", NO_NIC, NEXT_NIC),
    {.name = "no-nic",
     .line = "ci-info: \\| +lo +\\| +True",
     .without = "ci-info: \\| +(?!lo )\\w+ +\\| +(?:True|False)",
     .cause = NO_NIC,
     .next = NEXT_NIC,
     .signs = {SB_SIGN_AWAITS_ADDRESS},
     .shows = SB_SHOW_NETWORK},
    EXPLAINS(
        "no-lease-bridge", (SB_SIGN_AWAITS, SB_SIGN_BRIDGED), SB_SHOW_NETWORK, SAYS_NO_LEASE,
        "the guest asked for an address by DHCP on the host's bridge, where libvirt gives none, "
        "and no other server answered",
        "'bridge link' on the libvirt host shows whether a network card is in that bridge, "
        "behind which a DHCP server must be; or give the machine a 'network-config' with a "
        "fixed address"),
    EXPLAINS("no-lease", (SB_SIGN_AWAITS), SB_SHOW_NETWORK, SAYS_NO_LEASE,
             "the guest asked for an address by DHCP and got none",
             "check the network on the libvirt host: 'virsh net-dhcp-leases {network}', and that "
             "no firewall there drops DHCP (UDP ports 67 and 68)"),
    SAYS_WITH(
        "dbus", DBUS_FAILED,
        "dbus\\S*\\[\\d+\\]: (?:dbus\\S*: )?(Unknown \\w+ .*|Failed to start message bus: .*|Could "
        "not get UID.*)",
        "the guest's D-Bus does not run, and what needs it waits in vain: {1}", NEXT_DBUS),
    FAILED("dbus", 0, DBUS_FAILED,
           "the guest's D-Bus does not run, and what needs it waits in vain", NEXT_DBUS),
    FAILED("sysusers", 0, SB_SYSTEMD_FAILED "start .*(systemd-sysusers|Create System Users)",
           "systemd could not make the users that the guest's services need", NEXT_SYSTEM_USER),
    FAILED("device-setup", 0,
           SB_SYSTEMD_FAILED
           "start ((?:Integrity Protection|\\w*[Vv]erity|Cryptography) Setup.*?)\\.?$",
           "the setup of a disk failed in the guest: '{1}'", NEXT_DEVICE_SETUP),
    FAILED("network-unit", SB_SHOW_NETWORK, "ERROR: (networking|dhcpcd|net\\.\\w+) failed to start",
           "the guest's network was not set up: '{1}' failed", NEXT_NETWORK),
    FAILED("network-late", SB_SHOW_NETWORK,
           SB_SYSTEMD_FAILED "start .*([Ww]ait[- ][Oo]nline|Wait for Network)",
           "the guest's network was not set up in time: a network card got no address",
           "give each card that gets no address 'optional: true' in the network-config; 'ip "
           "address' and 'networkctl' (or 'nmcli') with {console} show which one it is"),
    FAILED("network-unit", SB_SHOW_NETWORK,
           SB_SYSTEMD_FAILED "start .*(networking\\.service|LSB: Bring up/down networking|Raise "
                             "network interfaces|networkd"
                             "\\.service|Network Configuration|NetworkManager\\.service|Network "
                             "Manager\\b|wicked|dhcpcd)",
           "the guest's network was not set up: '{1}' failed", NEXT_NETWORK),
    EXPLAINS("nic-without-address", (SB_SIGN_AWAITS, SB_SIGN_NO_LEASE), SB_SHOW_NETWORK,
             "ci-info: \\| +((?:e|w)[a-z0-9]+) +\\| +(?:False|True) +\\| +\\. ",
             "the guest's network card {1} has no IPv4 address", NEXT_NETWORK),
};

const SbRule *sb_guest_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
