/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnosis.h"

/* clang-format off */
FACTS(shell, LOGIN(BROKEN, "This account is currently not available.") f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(login_shell, f->login_shell = TRUE; f->awaited = SB_STAGE_SSH_LOGIN; f->account = "debian";
      f->login_words = "'f-m-1': the login works, but … with exit status 1; it says: not available";)
FACTS(nonsense, f->login_nonsense = TRUE; f->login_words = "no JSON"; f->awaited = SB_STAGE_READY;)
FACTS(no_way_out, f->awaited = SB_STAGE_READY; f->outside_problem = "this host has no default route";
      f->outside_mend = "connect this host first";)
FACTS(closed, PORT(CLOSED) f->awaited = SB_STAGE_SSH_PORT;)
FACTS(denied, LOGIN(DENIED, "debian@192.168.130.10: Permission denied (publickey).\n")
      f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(firewall, PORT(REFUSED) NETWORK f->firewall_rule = "-A OUTPUT -j DROP"; f->awaited = SB_STAGE_SSH_PORT;)
FACTS(dhcp_firewall, NETWORK f->dhcp_firewall_rule = "-P INPUT DROP"; f->has_lease = SB_NO;
      f->awaited = SB_STAGE_ADDRESS;)
FACTS(bridged, f->network_kind = SB_NETWORK_BRIDGE; f->network = NULL; f->awaited = SB_STAGE_ADDRESS;)
FACTS(no_dhcp, NETWORK f->has_dhcp = SB_NO; f->has_lease = SB_NO; f->awaited = SB_STAGE_ADDRESS;)
FACTS(other, NETWORK f->other_mac = "52:54:00:00:00:99";)
FACTS(no_lease, PORT(SILENT) NETWORK f->has_lease = SB_NO; f->awaited = SB_STAGE_ADDRESS;)
FACTS(kex, f->login_step = "expecting SSH2_MSG_KEX_ECDH_REPLY"; f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(shell_hangs, f->login_step = "Sending command: true"; f->awaited = SB_STAGE_SSH_LOGIN;
      f->account = "debian";)
FACTS(hangs, f->login_step = "Next authentication method: publickey"; f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(network_bad, PORT(SILENT) NETWORK f->awaited = SB_STAGE_SSH_PORT;
      f->network_problem = "its network cards (eth0) have no address";)
FACTS(waits, f->awaited = SB_STAGE_SSH_PORT;)
FACTS(silent_port, PORT(SILENT) NETWORK f->awaited = SB_STAGE_SSH_PORT;)
FACTS(quiet, WORK(0.01, 90) f->awaited = SB_STAGE_READY;)
FACTS(ready, f->awaited = SB_STAGE_READY;)
FACTS(failed, f->has_verdict = TRUE; f->cloud_init = SB_CLOUD_INIT_ERROR; f->awaited = SB_STAGE_READY;
      f->stays = TRUE;)
FACTS(degraded, f->has_verdict = TRUE; f->cloud_init = SB_CLOUD_INIT_DEGRADED;)
FACTS(unused, f->has_verdict = TRUE; f->cloud_init = SB_CLOUD_INIT_DISABLED;)
FACTS(changed, f->image_problem = "its volume was written to"; f->awaited = SB_STAGE_ADDRESS;)
FACTS(no_seed, f->seed_problem = "its volume is missing"; f->awaited = SB_STAGE_ADDRESS;)
FACTS(idle, WORK(0.01, 90) f->awaited = SB_STAGE_ADDRESS;)
FACTS(expired, LOGIN(BROKEN, "WARNING: Your password has expired.") f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(booting, LOGIN(BROKEN, "\"System is booting up. Unprivileged users are not permitted to log in\"")
      f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(algorithms, LOGIN(BROKEN, "Unable to negotiate: no matching key exchange method found")
      f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(no_sudo, f->login_nonsense = TRUE; f->login_words = "sudo: a password is required";
      f->awaited = SB_STAGE_READY;)
FACTS(garbage, LOGIN(BROKEN, "Bad packet length 1349676916.\nConnection corrupted") f->awaited = SB_STAGE_SSH_LOGIN;)
/* clang-format on */

#define PROMPT "Debian GNU/Linux 12 m ttyAMA0\n\nm login: "
#define DONE                                                                                       \
    "Cloud-init v. 22.4.2 finished at Thu. Datasource DataSourceNoCloud.  Up 9.31 seconds\n"

static const Row rows[] = {
    {ready,
     "WARNING: Failed partitioning operation: Device /dev/vdb did not exist and was not created\n"
     "Failed to run module scripts-user (scripts in /var/lib/cloud/instance/scripts)\n",
     {"disk-missing", "names is not there: /dev/vdb", "partitioning", "'disks' in the fleet file"}},
    {kex,
     "x\n",
     {"login-packets", "large packets get lost on the way", "SSH2_MSG_KEX_ECDH_REPLY", "'mtu'"}},
    {shell_hangs,
     "x\n",
     {"login-shell-hangs", "the shell of the account 'debian' does not", "Sending command", "PAM"}},
    {hangs,
     "x\n",
     {"login-hangs", "ssh stays at 'Next authentication method: publickey'", "stays at", "UseDNS"}},
    {network_bad,
     "[FAILED] Failed to start systemd-networkd-wait-online.service - Wait for Network.\n",
     {"network-problem", "(eth0) have no address", "no answer", "driver: virtio_net"}},
    {other, NULL, {"other-at-address", "another machine", "52:54:00:00:00:99", "MAC"}},
    {firewall,
     NULL,
     {"host-firewall", "stops ssh to its address 192.168.130.10: '-A OUTPUT -j DROP'", "refused",
      "iptables -S"}},
    {bridged,
     "udhcpc: no lease, failing\n",
     {"no-lease-bridge", "on the host's bridge, where libvirt gives none", "no lease",
      "bridge link"}},
    {no_dhcp,
     "x\n",
     {"network-no-dhcp", "gives no addresses", "without <dhcp>", "virsh net-edit seedbed-f"}},
    {dhcp_firewall,
     "x\n",
     {"host-firewall-dhcp", "stops the DHCP requests of the guest: '-P INPUT DROP'", "none",
      "restart libvirtd"}},
    {login_shell,
     NULL,
     {"login-shell",
      "of the account 'debian' ends instead of running a command; it "
      "says: 'not available'",
      "exit status 1", "'shell' of the user"}},
    {nonsense, NULL, {"login-nonsense", "makes no sense", "no JSON", "22.4 or newer"}},
    {shell, NULL, {"shell-refuses", "shell of the account", "not available", "'shell'"}},
    {no_lease,
     "udhcpc: sending discover\nudhcpc: no lease, failing\n",
     {"no-lease", "got none", "no lease, failing", "net-dhcp-leases seedbed-f"}},
    {no_lease, "No DHCPOFFERS received.\n", {"no-lease", "got none", "DHCPOFFERS", "firewall"}},
    {no_lease,
     "ci-info: | enp1s0 | False |     .     |     .     |   .   | 52:54:00:00:00:01 |\n",
     {"nic-without-address", "enp1s0", "ci-info", "ip address"}},
    {waits,
     "pocket: [4.1] network: no virtio NIC\n",
     {"no-nic", "no network card", "no virtio NIC", "virtio_net"}},
    {waits,
     "[   31.4] blk_update_request: I/O error, dev vda, sector 2048 op 0x0:(READ)\n",
     {"disk-failed-in-guest", "disk has errors", "dev vda", "image verify"}},
    {waits,
     "[   31.4] EXT4-fs error (device vda1): ext4_find_entry:1463: inode #2: comm systemd\n",
     {"file-system-damaged", "on the guest's vda1 is damaged", "ext4_find_entry", "image verify"}},
    {waits,
     "cp: write error: No space left on device\n",
     {"disk-full", "disk is full", "No space left", "'disk'"}},
    {waits,
     "[   44.1] Out of memory: Killed process 412 (apt-get) total-vm:1234kB\n",
     {"oom", "killed 'apt-get'", "total-vm", "'memory'"}},
    {waits,
     "Cloud-init v. 22.4.2 finished at Thu. Datasource DataSourceNone.  Up 9.31 seconds\n",
     {"no-datasource", "did not find its seed", "DataSourceNone", "datasource_list"}},
    {waits,
     "cloud-init-generator[211]: cloud-init is disabled\n",
     {"cloud-init-off", "disabled in the image", "generator", "cloud-init.disabled"}},
    {waits,
     "cannot import 'rpool': pool was previously in use from another system.\n",
     {"zfs-pool", "in use from another system", "rpool", "zpool export"}},
    {ready,
     "[   12.1] cloud-init[500]: Failed to partition device /dev/vdb\n"
     "[   12.3] cloud-init[500]: Stderr: sfdisk: unsupported unit 'M'\n",
     {"disk-setup", "sfdisk: unsupported unit 'M'", "/dev/vdb", "'disk_setup'"}},
    {waits,
     "[    4.1] device-mapper: verity: 8:3: metadata block 111718 is corrupted\n",
     {"verity-damaged", "metadata block 111718 is corrupted", "verity", "image verify"}},
    {waits,
     "mount: /data: unknown filesystem type 'crypto_LUKS'.\n",
     {"file-system-inside", "but crypto_LUKS", "crypto_LUKS", "/dev/mapper"}},
    {waits,
     "mount: /boot/efi: unknown filesystem type 'vfat'.\n",
     {"file-system-driver", "no driver for the file system vfat", "vfat", "same version"}},
    {waits,
     "mount: /mnt: unknown filesystem type 'iso9660'.\n",
     {"no-datasource", "did not find its seed", "iso9660", "isofs"}},
    {waits,
     "[    3.1] systemd[1]: Failed to load SELinux policy, freezing.\n",
     {"selinux-policy", "SELinux policy is missing", "Failed to load", "selinux-policy-targeted"}},
    {waits,
     "2026-01-01 - util.py[WARNING]: Failed loading yaml blob. Invalid format at line 3\n",
     {"user-data-yaml", "could not read the user-data", "line 3", "seedbed lint"}},
    {waits,
     "2026-01-01 - util.py[WARNING]: Running module users-groups (<module 'x'>) failed\n",
     {"module-failed", "users-groups", "users-groups", "seedbed lint"}},
    {waits,
     "[FAILED] Failed to start cloud-init.service - Initial cloud-init job.\n",
     {"cloud-init-unit", "cloud-init.service", "FAILED", "seedbed lint"}},
    {waits,
     "[   20.1] cloud-init[512]: Traceback (most recent call last):\n",
     {"traceback", "cloud-init crashed", "Traceback", "console.txt"}},
    {waits,
     "[FAILED] Failed to start ssh.service - OpenBSD Secure Shell server.\n",
     {"sshd-failed", "sshd failed", "FAILED", "journalctl -u ssh"}},
    {waits,
     "sshd[612]: sshd: no hostkeys available -- exiting.\n",
     {"sshd-no-keys", "no host keys", "exiting", "ssh_deletekeys"}},
    {waits,
     "/etc/ssh/sshd_config.d/x.conf line 1: Bad configuration option: Foo\n",
     {"sshd-config", "Bad configuration option: Foo", "x.conf", "sshd_config.d"}},
    {waits,
     "[FAILED] Failed to mount mnt.mount - /mnt.\n",
     {"mount-failed", "mnt.mount - /mnt", "FAILED", "fstab"}},
    {idle,
     "*** Warning -- SELinux targeted policy relabel is required.\n"
     "*** Relabeling could take a very long time, depending on file\n"
     "*** system size and speed of hard drives.\n",
     {"relabels", "SELinux labels", "Relabeling", "--timeout"}},
    {waits,
     "[   31.2] blk_update_request: I/O error, dev vda, sector 2099232 op 0x1:(WRITE)\n"
     "[   31.3] EXT4-fs error (device vda1): ext4_journal_check_start:83: comm systemd-journal: "
     "Detected aborted journal\n"
     "[   31.4] EXT4-fs (vda1): Remounting filesystem read-only\n",
     {"disk-failed-in-guest", "disk has errors", "sector 2099232", "image verify"}},
    {waits,
     "[    5.1] XFS (vda3): Metadata CRC error detected at xfs_agf_read_verify+0xd8/0x1a0\n"
     "[    5.2] XFS (vda3): Unmount and run xfs_repair\n",
     {"file-system-damaged", "the guest's vda3", "CRC error", "image verify"}},
    {waits,
     "[    5.1] XFS (vda3): Superblock has unknown incompatible features (0x20) enabled.\n"
     "[    5.2] XFS (vda3): Filesystem cannot be safely mounted by this kernel.\n",
     {"kernel-too-old", "unknown incompatible features", "cannot be safely", "newer kernel"}},
    {waits,
     "[    5.1] BTRFS error (device vda2): superblock checksum mismatch\n"
     "[    5.2] BTRFS error (device vda2): open_ctree failed\n",
     {"file-system-damaged", "vda2", "open_ctree", "image verify"}},
    {waits,
     "[   12.2] Unable to handle kernel NULL pointer dereference at virtual address "
     "0000000000000010\n"
     "[   12.3] Internal error: Oops: 96000004 [#1] SMP\n",
     {"kernel-oops", "NULL pointer", "Oops", "own kernel"}},
    {ready,
     "[   22.2] cloud-init[500]: 2024-01-01 00:00:00,000 - __init__.py[WARNING]: Unhandled "
     "non-multipart (text/x-not-multipart) userdata: 'b'users:'...'\n",
     {"user-data-type", "type of the user-data", "non-multipart", "'#cloud-config'"}},
    {ready,
     "[   99.1] cloud-init[800]: E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by "
     "process 1234 (unattended-upgr)\n"
     "[   99.2] cloud-init[800]: 2024-01-01 00:00:00,000 - "
     "cc_package_update_upgrade_install.py[WARNING]: Failed to install packages: ['git']\n",
     {"package-lock", "holds the lock", "unattended-upgr", "unattended"}},
    {ready,
     "[   99.1] cloud-init[800]: E: Unable to locate package gitt\n"
     "[   99.2] cloud-init[800]: 2024-01-01 00:00:00,000 - "
     "cc_package_update_upgrade_install.py[WARNING]: Failed to install packages: ['gitt']\n",
     {"package-unknown", "'gitt'", "Unable to locate", "'packages'"}},
    {ready,
     "[   99.1] cloud-init[800]: Err:1 http://deb.debian.org/debian bookworm InRelease\n"
     "[   99.1] cloud-init[800]:   Temporary failure resolving 'deb.debian.org'\n",
     {"names-not-resolved", "deb.debian.org", "Temporary failure", "network: isolated"}},
    {no_way_out,
     "[   99.1] cloud-init[800]:   Temporary failure resolving 'deb.debian.org'\n",
     {"no-way-out", "not reach the outside: this host has no default route",
      "the way outside: this host has no", "connect this host"}},
    {no_way_out, "x\n", {"late-cloud-init", "still runs", NULL, "cloud-init status"}},
    {ready,
     "[   99.1] cloud-init[800]: E: Release file for "
     "http://deb.debian.org/debian/dists/bookworm/InRelease is not valid yet (invalid for another "
     "5h 3min 2s). Updates for this repository will not be applied.\n",
     {"clock-wrong", "clock", "not valid yet", "date -u"}},
    {ready,
     "[   99.1] cloud-init[800]: E: Failed to fetch http://deb.debian.org/pool/x.deb  Hash Sum "
     "mismatch\n",
     {"download-failed", "http://deb.debian.org/pool/x.deb", "Hash Sum", "mirror"}},
    {ready,
     "[   99.1] cloud-init[800]: W: GPG error: https://example.org stable InRelease: The following "
     "signatures couldn't be verified because the public key is not available: NO_PUBKEY "
     "7EA0A9C3F273FCD8\n",
     {"repository-key", "7EA0A9C3F273FCD8", "NO_PUBKEY", "key"}},
    {ready,
     "[   99.1] cloud-init[800]: Error: Failed to download metadata for repo 'baseos': Cannot "
     "prepare internal mirrorlist: Curl error (6): Couldn't resolve host name for "
     "https://mirrors.rockylinux.org/mirrorlist [Could not resolve host: mirrors.rockylinux.org]\n",
     {"names-not-resolved", "mirrors.rockylinux.org", "metadata", "network"}},
    {ready,
     "[   99.1] cloud-init[800]: No match for argument: gitt\n"
     "[   99.1] cloud-init[800]: Error: Unable to find a match: gitt\n",
     {"package-unknown", "'gitt'", "No match", "'packages'"}},
    {ready,
     "[   99.1] cloud-init[800]: Package 'gitt' not found.\n"
     "[   99.1] cloud-init[800]: No provider of 'gitt' found.\n",
     {"package-unknown", "'gitt'", "No provider", "'packages'"}},
    {ready,
     "[   99.1] cloud-init[800]: /var/lib/cloud/instance/scripts/runcmd: 3: make: not found\n"
     "[   99.2] cloud-init[800]: 2024-01-01 00:00:00,000 - cc_scripts_user.py[WARNING]: Failed to "
     "run module scripts-user (scripts in /var/lib/cloud/instance/scripts)\n",
     {"command-missing", "make", "not found", "'packages'"}},
    {ready,
     "/var/lib/cloud/instance/scripts/runcmd: cd: line 3: can't cd to /srv/app: No such file or "
     "directory\n"
     "/var/lib/cloud/instance/scripts/runcmd: line 4: ./install.sh: not found\n",
     {"file-missing",
      "does not have: ./install.sh; the error before it: "
      "'/var/lib/cloud/instance/scripts/runcmd: cd: line 3: can't cd to /srv/app: No such file",
      "install.sh", "has failed"}},
    {ready,
     "[   99.1] cloud-init[800]: /var/lib/cloud/instance/scripts/runcmd: 3: /opt/x: not found\n",
     {"file-missing", "does not have: /opt/x", "not found", "write_files"}},
    {ready,
     "[   12.3] cloud-init[400]: OSError: Unknown user or group: \"getpwnam(): name not found: "
     "'app'\"\n",
     {"owner-unknown", "does not exist yet: \"getpwnam(): name not found: 'app", "OSError",
      "'defer: true'"}},
    {failed,
     "OSError: Unknown user or group: app:app\n",
     {"owner-unknown", "does not exist yet: app:app", "OSError", "'defer: true'"}},
    {ready,
     "[   12.1] cloud-init[400]: Traceback (most recent call last):\n"
     "[   12.1] cloud-init[400]:   File \"/usr/bin/cloud-init\", line 33, in <module>\n"
     "[   12.1] cloud-init[400]: ModuleNotFoundError: No module named 'jinja2'\n",
     {"cloud-init-broken", "No module named 'jinja2'", "bin/cloud-init", "install cloud-init"}},
    {ready,
     "[   12.1] cloud-init[400]: RuntimeError: Not all expected physical devices present: "
     "{'52:54:00:12:34:56'}\n",
     {"network-config-card", "52:54:00:12:34:56", "expected physical", "52:54:00:00:00:01"}},
    {idle,
     "Please enter passphrase for disk vda3 (luks-abc): \n",
     {"passphrase", "vda3", "passphrase", "not encrypted"}},
    {idle,
     "Please unlock disk vda3_crypt: \n",
     {"passphrase", "vda3_crypt", "unlock", "not encrypted"}},
    {idle,
     "[  OK  ] Started JeOS First Boot Wizard.\n"
     " Select system locale\n",
     {"first-boot-wizard", "asks a person", "JeOS", "cloud image"}},
    {idle,
     " [!!] Select a language\n"
     "Choose the language to be used for the installation process.\n",
     {"installer", "installer", "language", "cloud image"}},
    {waits,
     "[   33.3] sshd[412]: /etc/ssh/sshd_config: line 12: Bad configuration option: Foo\n"
     "[FAILED] Failed to start ssh.service - OpenBSD Secure Shell server.\n",
     {"sshd-config", "Bad configuration option", "line 12", "sshd_config.d"}},
    {ready,
     "[   20.1] cloud-init[500]: 2024-01-01 - cc_growpart.py[WARNING]: '/' FAILED: failed to "
     "resize: disk=/dev/vda, ptnum=1: Unexpected error while running command.\n",
     {"module-complains", "growpart", "FAILED", "lint"}},
    {changed, "x\n", {"image-changed", "was written to", "image 'debian-12'", "image verify"}},
    {no_seed, NULL, {"seed", "cannot use its seed", "seed: its volume", "--show"}},
    {failed, NULL, {"cloud-init-failed", "failed", NULL, "'seedbed status f-m-1'"}},
    {failed,
     "RuntimeError('Runparts: 1 failures (runcmd) in 1 attempted commands')\n",
     {"script-failed", "failed: runcmd", "Runparts", "set -x"}},
    {degraded, NULL, {"cloud-init-degraded", "degraded", NULL, "--strict"}},
    {unused, NULL, {"cloud-init-unused", "does not run", NULL, "disables it"}},
    {waits,
     "[    9.1] netplan[300]: /etc/netplan/50-cloud-init.yaml:5:7: Error in network definition\n",
     {"network-config", "refuses its network-config", "50-cloud-init", "'network-config'"}},
    {ready,
     "schema.py[WARNING]: Invalid cloud-config provided: Please run 'sudo cloud-init schema'\n",
     {"user-data-schema", "does not fit its schema", "schema.py", "seedbed lint"}},
    {waits,
     "[    8.1] ignition[512]: reading system config file\n",
     {"ignition", "not by cloud-init", "ignition[512]", "has cloud-init"}},
    {no_lease,
     "[   60.1] wickedd-nanny[500]: device eth0: call to "
     "org.opensuse.Network.Addrconf.ipv4:dhcp.requestLease() failed: DHCP timed out\n",
     {"no-lease", "got none", "DHCP timed out", "firewall"}},
    {waits,
     "[FAILED] Failed to start NetworkManager-wait-online.service - Network Manager Wait Online.\n",
     {"network-late", "not set up in time", "FAILED", "optional: true"}},
    {silent_port,
     "[   20.1] [UFW BLOCK] IN=enp1s0 OUT= MAC=52:54:00 SRC=192.168.130.1 DST=192.168.130.10 "
     "LEN=60 "
     "PROTO=TCP SPT=51000 DPT=22\n",
     {"guest-firewall", "own firewall", "UFW BLOCK", "ufw allow ssh"}},
    {waits,
     "[   14.1] sshd[610]: error: Bind to port 22 on 0.0.0.0 failed: Address already in use.\n",
     {"sshd-port-taken", "cannot listen on port 22", "Bind to port", "ss -ltnp"}},
    {denied,
     "[   22.1] sshd[701]: PAM unable to dlopen(pam_x.so): /usr/lib/security/pam_x.so: cannot open "
     "shared object file\n",
     {"sshd-pam", "PAM module", "pam_x.so", "/etc/pam.d"}},
    {quiet,
     "[   41.1] cloud-init[801]: *** grub (Y/I/N/O/D/Z) [default=N] ? \n",
     {"question", "nobody answers: *** grub", "[default=N]", "noninteractive"}},
    {ready,
     "[   61.1] cloud-init[901]: error: cannot install \"lxd\": dial tcp: lookup api.example.io: "
     "Temporary failure in name resolution\n",
     {"names-not-resolved", "names: api.example.io", "lookup", "network: isolated"}},
    {ready,
     "[   31.1] cloud-init[701]: util.py[WARNING]: Running module ca-certs (<module "
     "'cloudinit.config.cc_ca_certs'>) failed\n"
     "[   31.2] cloud-init[701]: FileNotFoundError: [Errno 2] No such file or directory: "
     "b'update-ca-certificates'\n",
     {"module-failed", "ca-certs failed", "update-ca-certificates", "package that has it"}},
    {waits,
     "[FAILED] Failed to start Slices.\n[FAILED] Failed to mount Huge Pages File System.\n",
     {"systemd-basics", "own first units", "Slices", "'cpu'"}},
    {ready,
     "[   41.1] cloud-init[801]: OSError: [Errno 8] Exec format error: "
     "b'/var/lib/cloud/instance/scripts/runcmd'\n",
     {"script-empty", "scripts/runcmd", "Exec format", "#!/bin/sh"}},
    {ready,
     "[  291.1] cloud-init[901]: waiting for k3s...\n",
     {"script-waits", "waits: 'waiting for k3s...'", "k3s", "timeout 300"}},
    {ready,
     "[   51.1] cloud-init[901]: url_helper.py[ERROR]: Timed out, no response from urls: "
     "['http://10.0.0.9/ok']\n"
     "[   51.2] cloud-init[901]: cc_phone_home.py[WARNING]: Failed to post phone home data to "
     "http://10.0.0.9/ok in 10 tries\n",
     {"module-complains", "phone_home", "10.0.0.9", "'phone_home'"}},
    {silent_port,
     "[   22.1] systemd-networkd[401]: eth0: Dropping address 192.168.130.10, as an address "
     "conflict "
     "was detected.\n",
     {"address-conflict", "eth0: Dropping address", "conflict", "its own"}},
    {waits,
     "[talos] machine is running in maintenance mode\n",
     {"other-system", "not set up by cloud-init", "maintenance", "has cloud-init"}},
    {waits,
     "[    3.1] Loading of unsigned module is rejected\n",
     {"module-signature", "does not trust its signature", "unsigned", "secure-boot"}},
    {denied,
     "[   31.1] sshd[701]: pam_unix(sshd:account): account debian has expired (account expired)\n",
     {"account-expired", "'debian' has expired", "pam_unix", "expiredate"}},
    {denied,
     "[   31.1] audit: type=1400 audit(1700000000.1:4): avc:  denied  { read } for  pid=701 "
     "comm=\"sshd\" name=\"authorized_keys\" dev=\"vda4\"\n",
     {"selinux-sshd", "'authorized_keys'", "avc:", "restorecon"}},
    {denied,
     "[   31.1] audit: type=1400 audit(1700000000.1:4): avc:  denied  { read } for  pid=701 "
     "comm=\"sshd\" name=\"authorized_keys\" dev=\"vda4\" permissive=1\n",
     {"account-missing", "refuses the login", "Permission denied", "users"}},
    {waits,
     "[FAILED] Failed to start networking.service - Raise network interfaces.\n",
     {"network-unit", "Raise network interfaces", "FAILED", "networkctl"}},
    {waits,
     "[    3.1] EXT4-fs (vda1): bad geometry: block count 524288 exceeds size of device (262144 "
     "blocks)\n"
     "[    3.2] mount: mounting /dev/vda1 on /root failed: Invalid argument\n",
     {"disk-too-small", "vda1", "exceeds", "image info debian-12"}},
    {ready,
     "[   40.1] cloud-init[500]: 2024 - util.py[WARNING]: Failed to create user debian\n"
     "[   40.1] cloud-init[500]: useradd: group 'docker' does not exist\n",
     {"account-not-made", "group 'docker'", "useradd", "'users'"}},
    {ready,
     "[   40.1] cloud-init[500]: sudo: parse error in /etc/sudoers.d/90-cloud-init-users near line "
     "3\n",
     {"account-not-made", "parse error in /etc/sudoers", "line 3", "sudoers"}},
    {waits,
     "[    4.1] modprobe: FATAL: Module virtio_net not found in directory /lib/modules/6.1.0\n"
     "[   40.1] cloud-init[400]: ci-info: no network devices\n",
     {"driver-missing", "virtio_net", "FATAL", "cloud"}},
    {waits,
     "modprobe: can't load module virtio_blk (kernel/drivers/block/virtio_blk.ko): Invalid "
     "argument\n",
     {"driver-missing", "virtio_blk", "can't load", "initramfs"}},
    {waits,
     "modprobe: module virtio_pci not found in modules.dep\n",
     {"driver-missing", "virtio_pci", "modules.dep", "initramfs"}},
    {denied,
     "No ds found [mode=search, notfound=disabled]. Disabled cloud-init [1]\n",
     {"no-datasource", "did not find its seed", "Disabled", "datasource_list"}},
    {denied,
     "no results found for mode=net. up 232.5. searched: nocloud configdrive ec2\n"
     "failed to get instance-id of datasource\n",
     {"no-datasource", "did not find its seed", "instance-id", "datasource_list"}},
    {ready,
     "[   11.2] cloud-init[633]: 2024 - schema.py[WARNING]: Invalid network-config provided: "
     "Please\n",
     {"network-config", "refuses its network-config", "schema.py", "'network-config'"}},
    {waits,
     "[    4.4] cloud-init[462]: Traceback (most recent call last):\n"
     "[    4.4] cloud-init[462]:   File \"/x/stages.py\", line 939, in apply_network_config\n"
     "[    4.4] cloud-init[462]: ValueError: Unable to find a system nic\n",
     {"network-config", "read the network-config: ValueError", "system nic", "seedbed lint"}},
    {denied,
     "[   12.5] cloud-init[942]: 2019 - util.py[WARNING]: Failed loading yaml blob. Invalid format "
     "at "
     "line 3 column 12: \"mapping values\n"
     "[   12.5] cloud-init[942]: 2019 - util.py[WARNING]: Getting data from <class "
     "'cloudinit.sources.DataSourceNoCloud.DataSourceNoCloudNet'> failed\n",
     {"seed-yaml", "did not use it: Invalid format at line 3", "Getting data", "'network-config'"}},
    {waits,
     "[   41.3] systemd[1]: ssh.service: Failed to run 'start' task: Cannot allocate memory\n",
     {"memory-out", "too little memory", "ssh.service", "'memory'"}},
    {ready,
     "[   43.1] cloud-init[900]: dpkg: error: dpkg status database is locked by another process\n",
     {"package-lock", "holds the lock", "database is locked", "unattended"}},
    {ready,
     "[   60.1] cloud-init[900]: Cloud-init 22.1-6.el8_7.2 received SIGTERM, exiting...\n",
     {"cloud-init-ended", "SIGTERM", "exiting", "power_state"}},
    {ready,
     "[   13.1] cloud-init[700]: 2017 - util.py[WARNING]: Failed to shellify [['ls'], None] into "
     "file "
     "/var/lib/cloud/instances/m/scripts/runcmd\n",
     {"runcmd-form", "one of its items is no command", "shellify", "seedbed lint"}},
    {ready,
     "[   22.1] cloud-init[400]: mount: /run/cloud-init/tmp/tmpx: unknown filesystem type "
     "'iso9660'.\n",
     {"no-datasource", "seed", "iso9660", "isofs"}},
    {waits,
     "DataSourceEc2.py[CRITICAL]: Giving up on md from ['http://169.254.169.254/'] after 120 s\n",
     {"other-datasource", "metadata server of a cloud", "Giving up", "NoCloud"}},
    {waits,
     "mount: /srv: wrong fs type, bad option, bad superblock on /dev/vdb1, missing codepage.\n",
     {"no-file-system", "vdb1 has no file system", "wrong fs type", "fs_setup"}},
    {waits,
     " * Starting sshd ... [ !! ]\n"
     " * ERROR: sshd failed to start\n"
     "alpine login: \n",
     {"sshd-failed", "sshd", "ERROR: sshd", "journalctl"}},
    {ready,
     "E: Release file for http://m/debian/dists/bookworm/InRelease is expired (since 2d)\n",
     {"repository-expired", "InRelease", "expired", "Check-Valid-Until"}},
    {ready,
     "dpkg: error processing package postfix (--configure):\n",
     {"package-fails", "postfix", "dpkg", "console.txt"}},
    {ready,
     "curl: (7) Failed to connect to 10.0.0.1 port 80: Connection refused\n",
     {"download-failed", "Failed to connect to 10.0.0.1", "curl", "proxy"}},
    {ready,
     "[  300.1] cloud-init[700]: Traceback (most recent call last):\n",
     {"traceback", "cloud-init crashed", "Traceback", "console.txt"}},
    {expired, NULL, {"login-expired", "has expired", "has expired", "expiredate"}},
    {booting, NULL, {"login-booting", "does not let users in", "booting up", "list-jobs"}},
    {algorithms, NULL, {"login-algorithms", "no key exchange method", "no matching", "ssh -Q"}},
    {no_sudo, NULL, {"login-sudo", "sudo refuses", "a password is required", "NOPASSWD"}},
    {garbage, NULL, {"login-protocol", "does not speak ssh", "Bad packet length", "ss -ltnp"}},
};

static void test_rows(void)
{
    expect_rows(rows, G_N_ELEMENTS(rows));
}

static void test_all_have_rows(void)
{
    gsize count;
    const SbRule *rules = sb_reach_rules(&count);
    expect_row_for_each(rules, count, rows, G_N_ELEMENTS(rows));
    rules = sb_guest_rules(&count);
    expect_row_for_each(rules, count, rows, G_N_ELEMENTS(rows));
    rules = sb_user_data_rules(&count);
    expect_row_for_each(rules, count, rows, G_N_ELEMENTS(rows));
}

/* Signs that need not mean the end. */
static void test_no_early_end(void)
{
    g_autoptr(SbFacts) busy = some_facts(DONE);
    denied(busy);
    g_assert_null(sb_diagnose_end(busy));
    g_autoptr(SbFacts) crowded = some_facts(NULL);
    closed(crowded);
    crowded->said = "Exceeded MaxStartups";
    g_assert_null(sb_diagnose_end(crowded));
    denied(crowded);
    crowded->silent_ms = 60 * 1000;
    g_assert_null(sb_diagnose_end(crowded));
}

/* A guest that failed on an image that was written to. */
static void test_changed_image(void)
{
    g_autoptr(SbFacts) facts =
        some_facts("[    9.5] Kernel panic - not syncing: Fatal exception in interrupt\n");
    changed(facts);
    const Expected expected = {
        "panic", "Fatal exception in interrupt; its image is not as it was imported: its volume",
        "not syncing", "'seedbed image verify debian-12'"};
    expect_finding(facts, &expected);
}

/* Nobody knows the cause, but the guest complained. */
static void test_last_error(void)
{
    g_autoptr(SbFacts) facts =
        some_facts("error: no suitable video mode found.\n[    0.000000] Linux version 6.1.0\n"
                   "[   12.5] frobd: cannot find its frob\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    idle(facts);
    const Expected expected = {"idle", "its console says: '[   12.5] frobd: cannot",
                               "  | [   12.5] frobd: cannot find its frob\n  | …\n  | 2\n",
                               "that error first"};
    expect_finding(facts, &expected);
    g_autoptr(SbFacts) quiet = some_facts("error: no suitable video mode found.\nhello\n");
    idle(quiet);
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(quiet);
    g_assert_cmpstr(diagnosis->cause, ==,
                    "the machine does nothing: its CPU is idle, and it prints nothing");
}

/* A rule that knows what it is about quotes the error, and does not send there first. */
static void test_own_step(void)
{
    g_autoptr(SbFacts) facts = some_facts("[   12.5] mount[612]: cannot find its server\n"
                                          "[FAILED] Failed to mount srv.mount - /srv.\n");
    idle(facts);
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
    g_assert_nonnull(strstr(diagnosis->cause, "cannot find its server"));
    g_assert_true(g_str_has_prefix(diagnosis->next, "correct /etc/fstab"));
}

/* A boot of Debian that went well explains nothing, wherever it is cut. */
static void test_good_boot(void)
{
    enum { LINES = 200 };
    g_autofree char *text = test_data("console-debian-12.txt", NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint count = g_strv_length(lines);
    for (guint i = 0; i + 1 < count; i += LINES) {
        g_autoptr(GString) part = g_string_new(NULL);
        for (guint j = i; j < MIN(i + LINES, count); j++)
            g_string_append_printf(part, "%s\n", lines[j]);
        g_autoptr(SbFacts) facts = some_facts(part->str);
        ready(facts);
        g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
        g_assert_true(g_str_has_prefix(diagnosis->cause, "cloud-init still runs"));
        g_assert_null(strstr(diagnosis->cause, "console"));
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/guest-rules/rows", test_rows);
    g_test_add_func("/guest-rules/all-have-rows", test_all_have_rows);
    g_test_add_func("/guest-rules/no-early-end", test_no_early_end);
    g_test_add_func("/guest-rules/changed-image", test_changed_image);
    g_test_add_func("/guest-rules/good-boot", test_good_boot);
    g_test_add_func("/guest-rules/last-error", test_last_error);
    g_test_add_func("/guest-rules/own-step", test_own_step);
    return g_test_run();
}
