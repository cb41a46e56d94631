/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnosis.h"

/* clang-format off */
FACTS(gone, f->exists = SB_NO;)
FACTS(pool_full, PAUSED(IOERROR) f->pool_free_bytes = 4096;)
FACTS(no_space, PAUSED(IOERROR) f->disk_errors = "vda: no space left";)
FACTS(disk_failed, PAUSED(IOERROR) f->pool_free_bytes = G_GUINT64_CONSTANT(1) << 40;
      f->disk_errors = "vda: input/output error";)
FACTS(paused, PAUSED(USER))
FACTS(paused_stays, PAUSED(USER) f->stays = TRUE;)
FACTS(paused_crashed, PAUSED(CRASHED))
FACTS(watchdog, PAUSED(WATCHDOG))
FACTS(sleeps, f->has_state = TRUE; f->state = VIR_DOMAIN_PMSUSPENDED;)
FACTS(off_guest, OFF(SHUTDOWN))
FACTS(off_destroyed, OFF(DESTROYED))
FACTS(off_crashed, OFF(CRASHED) f->qemu_log = "2026-01-01: shutting down, reason=crashed\n";)
FACTS(off_failed, OFF(FAILED) f->qemu_log = "qemu-system-aarch64: terminating on signal 15\n";)
FACTS(off_saved, OFF(SAVED))
FACTS(off_unknown, OFF(UNKNOWN))
FACTS(disk_gone, OFF(FAILED) f->disk_is_gone = TRUE;)
FACTS(crashed, f->has_state = TRUE; f->state = VIR_DOMAIN_CRASHED;)
FACTS(reboots, f->reboots = 4;)
FACTS(network_gone, f->network_exists = SB_NO;)
FACTS(network_off, f->network_exists = SB_YES; f->network_is_active = SB_NO;)
FACTS(link_down, NETWORK f->link_is_up = SB_NO;)
FACTS(path_broken, NETWORK PORT(SILENT) f->path_problem = "its bridge 'virbr1' is down";
      f->path_mend = "'ip link set virbr1 up'"; f->awaited = SB_STAGE_SSH_PORT;)
FACTS(qemu_stopped, f->qemu_is_stopped = TRUE; f->has_state = TRUE; f->state = VIR_DOMAIN_RUNNING;)
FACTS(stopped_stays, qemu_stopped(f); f->stays = TRUE;)
FACTS(link_down_stays, link_down(f); f->stays = TRUE;)
FACTS(network_off_stays, network_off(f); f->stays = TRUE;)
FACTS(no_dnsmasq, NETWORK f->dnsmasq_runs = SB_NO; f->has_lease = SB_NO;)
FACTS(dhcp_firewall, NETWORK f->dhcp_firewall_rule = "-P INPUT DROP"; f->has_lease = SB_NO;)
FACTS(no_dhcp, NETWORK f->has_dhcp = SB_NO; f->has_lease = SB_NO;)
FACTS(other_address, PORT(SILENT) NETWORK WORK(0.3, 30) f->awaited = SB_STAGE_SSH_PORT;)
FACTS(not_reserved, NETWORK f->is_reserved = SB_NO;)
FACTS(host_key, NETWORK LOGIN(HOST_KEY, "Host key verification failed.\n"))
FACTS(host_key_shown, host_key(f); f->pinned_key = "SHA256:a"; f->offered_key = "SHA256:b";)
FACTS(host_key_other, NETWORK f->other_mac = "52:54:00:00:00:99";
      LOGIN(HOST_KEY, "Host key verification failed.\n"))
FACTS(host_key_seed, f->seed_problem = "its volume 'x' is missing";
      LOGIN(HOST_KEY, "Host key verification failed.\n"))
FACTS(no_forward, f->network_kind = SB_NETWORK_USER; f->awaited = SB_STAGE_SSH_PORT; PORT(REFUSED))
FACTS(proxy, LOGIN(PROXY, "Permission denied (publickey).\n"))
FACTS(silent, PORT(SILENT) NETWORK f->has_lease = SB_YES; f->awaited = SB_STAGE_SSH_PORT;)
FACTS(no_lease, PORT(SILENT) NETWORK f->has_lease = SB_NO; f->awaited = SB_STAGE_ADDRESS;)
FACTS(idle, WORK(0.01, 90) f->awaited = SB_STAGE_ADDRESS;)
FACTS(busy, WORK(0.99, 90) f->awaited = SB_STAGE_ADDRESS;)
FACTS(kernel_busy, WORK(0.99, 90) f->awaited = SB_STAGE_KERNEL;)
FACTS(kernel_idle, WORK(0.02, 90) f->awaited = SB_STAGE_KERNEL;)
FACTS(port_lost, PORT(SILENT) NETWORK WORK(0.02, 40) f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(port_lost_late, port_lost(f); f->awaited = SB_STAGE_READY;)
FACTS(port_lost_why, port_lost(f); f->network_problem = "its network cards (eth0) have 10.99.0.7";)
FACTS(address_of_host, path_broken(f); PORT(READY) LOGIN(HOST_KEY, "Host key verification failed.\n"))
FACTS(loaded_waiting, f->awaited = SB_STAGE_READY; f->load = 13.1; f->host_cpus = 2; WORK(0.07, 136)
      f->doing = "cloud-init runs its module 'scripts-user'";)
FACTS(loaded, f->awaited = SB_STAGE_SSH_PORT; f->load = 31.5; f->host_cpus = 2; WORK(0.4, 3))
FACTS(loaded_idle, PORT(SILENT) loaded(f); WORK(0.01, 3))
FACTS(loaded_mute, loaded(f); f->cpu_ns = G_GUINT64_CONSTANT(25000000000);)
FACTS(short_of_memory, f->awaited = SB_STAGE_SSH_PORT; f->host_free_kib = 1000; f->memory_kib = 1048576;)
FACTS(pool_off, f->pool_is_active = SB_NO; f->awaited = SB_STAGE_FIRMWARE;)
FACTS(waits, f->awaited = SB_STAGE_SSH_PORT;)
FACTS(waits_for_firmware, f->awaited = SB_STAGE_FIRMWARE;)
FACTS(waits_for_address, f->awaited = SB_STAGE_ADDRESS;)
FACTS(waits_for_user, f->awaited = SB_STAGE_ADDRESS; f->network_kind = SB_NETWORK_USER;)
FACTS(waits_for_login, f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(waits_for_ready, f->awaited = SB_STAGE_READY;)
FACTS(read_only, waits_for_ready(f); f->vain = SB_GUEST_READ_ONLY;
      f->doing = "the guest's file system at /var/lib/cloud is read-only";)
FACTS(no_unit, waits_for_ready(f); f->vain = SB_GUEST_NO_UNIT;
      f->doing = "its unit cloud-final.service is 'failed', and systemd starts nothing more";)
FACTS(starved, WORK(0.03, 90) f->awaited = SB_STAGE_KERNEL; f->starved = 0.95; f->load = 50;
      f->host_cpus = 2;)
FACTS(command_runs, loaded(f); waits_for_ready(f); f->starved = 0.96;
      f->doing = "cloud-init runs its module 'scripts-user', and in it 'sh -c until x; do :; done'";)
FACTS(waits_for_start, f->awaited = SB_STAGE_STARTED;)
FACTS(has_loader, f->image_has_loader = SB_YES; f->image_arch = f->arch;)
FACTS(has_loader_changed, f->image_has_loader = SB_YES; f->image_arch = f->arch;
      f->image_problem = "its volume was written to";)
FACTS(own_kernel, f->has_kernel = TRUE;)
FACTS(no_loader, f->image_has_loader = SB_NO;)
FACTS(incomplete, f->image_has_loader = SB_NO; f->image_missing = "it has no partitions"; f->image_mend = "use a whole disk";)
FACTS(other_arch, f->image_arch = "x86_64";)
FACTS(breaks, LOGIN(BROKEN, "Connection reset by 192.168.130.10 port 22") f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(closed, PORT(CLOSED) f->awaited = SB_STAGE_SSH_PORT;)
FACTS(account_bad, LOGIN(DENIED, "Permission denied (publickey).") f->awaited = SB_STAGE_SSH_LOGIN;
      f->account = "debian"; f->account_problem = "its shell '/bin/x' does not exist";)
FACTS(sshd_bad, PORT(REFUSED) f->awaited = SB_STAGE_SSH_PORT;
      f->sshd_problem = "sshd refuses its settings: line 1: Bad configuration option: X";)
FACTS(network_bad, port_lost(f); f->network_problem = "it has taken the address of its gateway";)
FACTS(denied, LOGIN(DENIED, "debian@192.168.130.10: Permission denied (publickey).\n")
      f->awaited = SB_STAGE_SSH_LOGIN;)
FACTS(foreign, PORT(CLOSED) f->said = "HTTP/1.1 400 Bad Request"; f->awaited = SB_STAGE_SSH_PORT;)
FACTS(ready, f->awaited = SB_STAGE_READY;)
FACTS(refused, PORT(REFUSED) f->awaited = SB_STAGE_SSH_PORT;)
FACTS(refused_done, PORT(REFUSED) WORK(0.01, 60) f->awaited = SB_STAGE_SSH_PORT;)
FACTS(glance, PORT(SILENT) NETWORK WORK(0.4, 0) f->awaited = SB_STAGE_ADDRESS; f->stays = TRUE;
      f->is_glance = TRUE; f->cpu_ns = G_GUINT64_CONSTANT(9000000000); f->is_emulated = TRUE;)
FACTS(glance_refused, glance(f); PORT(REFUSED) f->has_lease = SB_YES; f->awaited = SB_STAGE_SSH_PORT;)
FACTS(glance_idle, glance_refused(f); f->cpu = 0.01;)
FACTS(glance_late, glance(f); f->cpu_ns *= 40;)
FACTS(glance_kvm, glance_late(f); f->cpu_ns = G_GUINT64_CONSTANT(61000000000); f->is_emulated = FALSE;)
FACTS(off_stays, OFF(SHUTDOWN) f->stays = TRUE;)
FACTS(off_waited, OFF(SHUTDOWN) f->awaited = SB_STAGE_SSH_PORT;)
FACTS(refused_stays, PORT(REFUSED) f->awaited = SB_STAGE_SSH_PORT; f->stays = TRUE;)
FACTS(waits_silent, WORK(0.3, 90) f->awaited = SB_STAGE_SSH_PORT;)
/* clang-format on */

#define NO_LEASE "udhcpc: no lease, forking to background\n"
#define NOTHING "BdsDxe: No bootable option or device was found.\n"
#define DONE                                                                                       \
    "Cloud-init v. 22.4.2 finished at Thu. Datasource DataSourceNoCloud.  Up 9.31 seconds\n"
#define PROMPT "Debian GNU/Linux 12 m ttyAMA0\n\nm login: "

static const Row rows[] = {
    {gone, NULL, {"gone", "removed its domain", NULL, "'seedbed up'"}},
    {qemu_stopped,
     NULL,
     {"qemu-stopped", "stopped its QEMU process", "(state T)", "'seedbed up' again"}},
    {path_broken,
     NULL,
     {"path-broken", "does not reach its address 192.168.130.10: its bridge 'virbr1' is down",
      "no answer", "'ip link set virbr1 up'"}},
    {loaded_mute, "", {"mute-busy", "printed nothing", "0.40 CPUs", "firmware"}},
    {loaded_idle,
     NULL,
     {"late-silent", "nothing answers at its address", "no answer", "guest's network"}},
    {loaded_waiting,
     "x\n",
     {"late-cloud-init", "its module 'scripts-user'", "0.07 CPUs", "cloud-init status"}},
    {port_lost,
     "m login: \n",
     {"port-lost", "answered at 192.168.130.10, and now nothing does", "no answer", "netplan"}},
    {port_lost_late,
     "m login: \n",
     {"port-lost", "answered at 192.168.130.10, and now nothing does", "no answer", "netplan"}},
    {port_lost_why,
     "m login: \n",
     {"network-problem",
      "and now nothing does: the guest says through its agent that its network "
      "cards (eth0) have 10.99.0.7",
      "no answer", "'runcmd'"}},
    {address_of_host, NULL, {"path-broken", "does not reach its address", NULL, "mend the way"}},
    {network_bad,
     DONE,
     {"network-problem", "says through its agent that it has taken the address of its gateway",
      "the guest says: it has taken", "'runcmd'"}},
    {dhcp_firewall,
     NO_LEASE,
     {"host-firewall-dhcp", "stops the DHCP requests of the guest: '-P INPUT DROP'", "no lease",
      "restart libvirtd"}},
    {no_dhcp,
     NO_LEASE,
     {"network-no-dhcp", "gives no addresses", "without <dhcp>", "virsh net-edit seedbed-f"}},
    {other_address,
     "udhcpc: lease of 10.9.9.7 obtained from 10.9.9.1, lease time 3600\n",
     {"other-address", "has the address 10.9.9.7, and not 192.168.130.10", "from 10.9.9.1",
      "stop that"}},
    {other_address,
     "[   30.1] cloud-init[512]: ci-info: | enp1s0 | True |  192.168.1.50   | 255.255.255.0 | "
     "global |\n",
     {"other-address", "192.168.1.50", "ci-info", "network-config"}},
    {other_address,
     "udhcpc: lease of 192.168.130.10 obtained from 192.168.130.1, lease time 3600\n"
     "[   30.1] systemd-networkd[512]: enp2s0: DHCPv4 address 10.1.1.3/24 via 10.1.1.1\n",
     {"late-silent", "nothing answers", "no answer", "networkctl"}},
    {pool_full, NULL, {"pool-full", "pool 'seedbed' is full", "4 KiB free", "make room"}},
    {no_space, NULL, {"pool-full", "is full", "vda: no space left", "make room"}},
    {disk_failed,
     NULL,
     {"disk-failed", "its disk failed on the host", "vda: input/output error", "image verify"}},
    {paused, NULL, {"paused-user", "somebody paused it", "paused (on request)", "makes it again"}},
    {stopped_stays, NULL, {"qemu-stopped", "by a signal", "(state T)", "qemu/f-m-1.pid)'"}},
    {link_down_stays, NULL, {"link-down", "link", "down", "f-m-1 52:54:00:00:00:01 up'"}},
    {network_off_stays, NULL, {"network-off", "not active", "not active", "'seedbed down f'"}},
    {paused_stays, NULL, {"paused-user", "somebody paused", "f-m-1", "'virsh resume f-m-1'"}},
    {paused_crashed,
     "x\n",
     {"paused-crashed", "the guest crashed", "crashed", "read the panic in"}},
    {watchdog, "x\n", {"paused-watchdog", "watchdog fired", "watchdog", "console.txt"}},
    {sleeps, NULL, {"sleeps", "put itself to sleep", "pmsuspended", "look for 'suspend'"}},
    {off_guest,
     "[   61.2] reboot: Power down\n",
     {"off-stopped", "it is powered off", "the guest powered off", "'seedbed up' makes it again"}},
    {off_stays,
     NULL,
     {"off-stopped", "it is powered off", "the guest powered off", "'seedbed start f-m-1'"}},
    {off_waited,
     "[   61.2] reboot: Power down\n",
     {"off-guest", "the guest powered off", "Power down", "power_state"}},
    {off_guest,
     "[   12.3] I/O error, dev vda, sector 2050 op 0x1:(WRITE)\n[   61.2] reboot: Power down\n",
     {"off-guest-disk", "after its disk 'vda' had I/O errors", "sector 2050", "image verify"}},
    {off_guest,
     "[   12.3] Buffer I/O error on dev vda2, logical block 3, lost async page write\n",
     {"off-guest-disk", "'vda2'", "logical block 3", "image verify"}},
    {off_unknown,
     "[   12.3] I/O error, dev vda, sector 2050 op 0x1:(WRITE)\n",
     {"off-disk", "it is shut off, after its disk 'vda' had I/O errors", "sector", "image verify"}},
    {off_waited,
     "[    1.2] I/O error, dev sr0, sector 0 op 0x0:(READ)\n",
     {"off-guest", "the guest powered off", "sr0", "power_state"}},
    {glance,
     "Run /init as init process\n",
     {"boots", "it still boots", "Run /init", "'seedbed start f-m-1' waits"}},
    {glance_refused, "Run /init as init\n", {"boots", "it still boots", "0.40 CPUs", "start"}},
    {glance_refused, DONE PROMPT, {"prompt-refused", "nothing listens", "refused", "sshd"}},
    {glance_idle, "x\n", {"port-refused", "nothing listens on port 22", "refused", "sshd"}},
    {glance_late, "x\n", {"late-silent", "nothing answers", "no answer", "network"}},
    {glance_kvm, "x\n", {"late-silent", "nothing answers", "no answer", "network"}},
    {off_destroyed, NULL, {"off-destroyed", "somebody destroyed it", "destroyed", "seedbed up"}},
    {off_crashed, NULL, {"off-crashed", "QEMU process died", "reason=crashed", "dmesg"}},
    {disk_gone,
     NULL,
     {"off-disk-gone", "the file of its disk in the storage pool 'seedbed' is gone",
      "disk: does not exist", "'seedbed up' makes"}},
    {off_failed, NULL, {"off-failed", "QEMU process died", "signal 15", "f-m-1.log"}},
    {off_saved, NULL, {"off-saved", "saved it to a file", "saved", "starts it again"}},
    {off_unknown, NULL, {"off", "shut off", "shut off", "seedbed up"}},
    {crashed, NULL, {"off-crashed", "crashed", "crashed", "dmesg"}},
    {reboots, "x\n", {"reboots", "4 times", "reboots since the start: 4", "power_state"}},
    {network_gone, NULL, {"network-gone", "'seedbed-f'", "does not exist", "'seedbed up' makes"}},
    {network_off, NULL, {"network-off", "not active", "not active", "'seedbed up' makes"}},
    {link_down, NULL, {"link-down", "link", "down", "'seedbed up' makes it again"}},
    {no_dnsmasq, NULL, {"no-dnsmasq", "dnsmasq", "does not run", "journalctl -t dnsmasq"}},
    {not_reserved, NULL, {"not-reserved", "no reservation", "missing", "'seedbed up' makes"}},
    {host_key,
     NULL,
     {"login-host-key", "another ssh host key", "network 'seedbed-f': active", "ssh_keys"}},
    {host_key_shown,
     NULL,
     {"login-host-key", "another ssh host key",
      "for it: SHA256:a\n  | the host key that it shows: SHA256:b", "ssh_keys"}},
    {host_key_other,
     NULL,
     {"login-other-machine", "with the MAC 52:54:00:00:00:99", "answers: 52:54", "its MAC"}},
    {host_key,
     "EFI stub: Booting Linux Kernel...\nCloud-init v. 22.4.2 running 'init-local' at Mon.\nm "
     "login: \n",
     {"login-no-cloud-init", "shows no run of cloud-init", "init-local", "cloud-init.disabled"}},
    {host_key,
     "EFI stub: Booting Linux Kernel...\nCloud-init v. 22.4.2 running 'init' at Mon.\n",
     {"login-host-key", "another ssh host key", NULL, "ssh_keys"}},
    {has_loader_changed,
     NOTHING,
     {"firmware-nothing", "its image is not as it was imported: its volume was written to",
      "No bootable option", "image verify"}},
    {own_kernel,
     "UEFI firmware (version 2022.11)\nBdsDxe: loading Boot0001 \"UEFI Misc Device\" from Pci\n"
     "BdsDxe: starting Boot0001 \"UEFI Misc Device\" from Pci\n[    0.0] Booting Linux on physical "
     "CPU\n",
     {"kernel-not-started",
      "could not start the kernel of the fleet file's 'kernel', and went on to "
      "Boot0001",
      "BdsDxe: starting", "more 'memory'"}},
    {host_key_seed,
     NULL,
     {"login-seed", "cannot use its seed: its volume", "seed: its volume", "'seedbed up' makes"}},
    {no_forward,
     NULL,
     {"no-forward", "does not forward", "refused", "makes machine and forward again"}},
    {proxy, NULL, {"login-proxy", "libvirt host", "Permission denied", "plain ssh"}},
    {silent, NULL, {"late-silent", "nothing answers", "no answer", "networkctl"}},
    {no_lease,
     "[  133.2] dracut-initqueue[434]: Warning: dracut-initqueue: timeout, still waiting for "
     "following "
     "initqueue hooks:\n"
     "[  133.2] dracut-initqueue[434]: Warning: /lib/dracut/hooks/initqueue/finished/"
     "devexists-\\x2fdev\\x2fdisk\\x2fby-uuid\\x2f9523-59.sh: \"if ! grep -q After=x\n",
     {"root-waits", "/dev/disk/by-uuid/9523-59 is not there", "devexists", "'root='"}},
    {no_lease,
     "<<< NixOS Stage 1 >>>\nwaiting for device /dev/disk/by-label/nixos to appear.....\n",
     {"root-waits", "/dev/disk/by-label/nixos is not there", "to appear", "'root='"}},
    {no_lease,
     "Waiting for device /dev/vda1 to appear: .....................\n",
     {"root-waits", "/dev/vda1 is not there", "to appear", "'root='"}},
    {no_lease,
     "[  129.0] dracut-initqueue[395]: Warning: dracut-initqueue timeout - starting timeout "
     "scripts\n",
     {"root-waits", "does not appear", "timeout scripts", "'root='"}},
    {no_lease,
     "[  129.0] dracut-initqueue[395]: Warning: dracut-initqueue timeout - starting timeout "
     "scripts\n"
     "[  131.0] systemd[1]: Switching root.\n",
     {"late-address", "did not ask", "Switching root", "console.txt"}},
    {no_lease,
     "[   37.3] systemd[1]: Failed to mount NFSD configuration filesystem.\n",
     {"late-address", "NFSD", "Failed to mount", "console.txt"}},
    {no_lease,
     "[   15.1] systemd-networkd[401]: enp1s0: Lost carrier\n",
     {"no-carrier", "card enp1s0 is down", "Lost carrier", "ip link"}},
    {no_lease,
     "[   15.1] systemd-networkd[401]: enp1s0: Lost carrier\n"
     "[   16.1] systemd-networkd[401]: enp1s0: Gained carrier\n",
     {"late-address", "did not ask", "DHCP lease: none", "console.txt"}},
    {no_lease,
     "Begin: Waiting for suspend/resume device ... Begin: Running /scripts/local-block ... done.\n",
     {"resume-waits", "suspended system", "resume device", "RESUME=none"}},
    {kernel_busy,
     "error: ../../grub-core/fs/fshelp.c:257:file `/boot/initrd.img-6.1' not found.\n",
     {"grub-file", "/boot/initrd.img-6.1", "fshelp", "update-grub"}},
    {no_lease,
     "error: file `/boot/grub/custom.cfg' not found.\n",
     {"late-address", "did not ask", "DHCP lease: none", "console.txt"}},
    {no_lease,
     "BdsDxe: starting Boot0001 \"Windows Boot Manager\" from HD(1,GPT)\n",
     {"windows", "has Windows", "Boot Manager", "has cloud-init"}},
    {no_lease, "x\n", {"late-address", "did not ask", "DHCP lease: none", "console.txt"}},
    {idle, "x\n", {"idle", "does nothing", "0.01 CPUs", "bootcmd"}},
    {idle, "", {"mute-idle", "printed nothing since its start", "0.01 CPUs", "seedbed doctor"}},
    {busy, "", {"mute-busy", "computes, but printed nothing", "0.99 CPUs", "'cpu'"}},
    {busy, "x\n", {"late-address-other", "does not answer", "0.99 CPUs", "console.txt"}},
    {kernel_busy, "x\n", {"kernel-mute-busy", "no kernel prints", "0.99 CPUs", "console=ttyAMA0"}},
    {kernel_idle, "x\n", {"kernel-mute", "boot loader waits", "0.02 CPUs", "console=ttyAMA0"}},
    {loaded, "x\n", {"host-loaded", "not given enough time", "31.5 on 2 CPUs", "less busy"}},
    {short_of_memory, NULL, {"host-short", "too little memory", "free memory", "'memory'"}},
    {pool_off, NULL, {"pool-off", "'seedbed' is not active", "not active", "virsh pool-start"}},
    {waits_for_firmware, NULL, {"late-firmware", "printed nothing", NULL, "seedbed doctor"}},
    {waits_for_address, NULL, {"late-address-other", "not known", NULL, "last lines"}},
    {waits_for_user, "x\n", {"late-address-user", "still boots", "x", "last lines"}},
    {waits, NULL, {"late-ssh", "no ssh server", NULL, "sshd"}},
    {waits_for_login, NULL, {"late-login", "login does not work", NULL, "sshd"}},
    {read_only,
     "EXT4-fs (vda1): Remounting filesystem read-only\nx: Read-only file system\n",
     {"guest-read-only",
      "because the guest's file system at /var/lib/cloud is read-only; the reason: the file system "
      "on "
      "the guest's vda1 is damaged",
      "read-only", "image verify"}},
    {read_only,
     "touch: /var/lib/x: Read-only file system\n",
     {"guest-read-only", "because the guest's file system at /var/lib/cloud is read-only", "touch",
      "'rw'"}},
    {no_unit,
     "x\n",
     {"cloud-init-over", "its unit cloud-final.service is 'failed'", "x",
      "systemctl status cloud-final"}},
    {waits_for_ready, "x\n", {"late-cloud-init", "still runs", "x", "cloud-init status --long"}},
    {waits_for_start, NULL, {"late", "libvirt", NULL, "seedbed doctor"}},
    {incomplete,
     NOTHING,
     {"image-incomplete", "'debian-12': it has no partitions", "the disk of the",
      "use a whole disk"}},
    {has_loader,
     NOTHING,
     {"disk-lost-loader", "overwritten it on its own disk", "a boot loader for UEFI",
      "'seedbed up' makes its disk anew"}},
    {has_loader,
     "BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from PciRoot(0x0): "
     "Unsupported\n" NOTHING,
     {"loader-damaged", "although it is for aarch64 (Unsupported)", "Unsupported", "df"}},
    {no_loader,
     NOTHING,
     {"image-no-loader", "no boot loader for UEFI", "the record of", "--removable"}},
    {other_arch, NOTHING, {"image-other-arch", "is for x86_64", "x86_64", "'arch: x86_64'"}},
    {sshd_bad,
     "x\n",
     {"sshd-problem", "says that sshd refuses its settings: line 1", "the guest says: sshd",
      "'write_files'"}},
    {starved,
     "UEFI firmware (version 2022.11-6)\n",
     {"host-loaded", "not given enough time", "waits for 0.95 CPUs that", "less busy"}},
    {command_runs,
     "x\n",
     {"command-runs", "and in it 'sh -c until x; do :; done'", "load of the", "never comes"}},
    {account_bad,
     "m login: \n",
     {"account-refused", "'debian': the guest says that its shell '/bin/x' does not exist",
      "publickey", "- default"}},
    {denied, NULL, {"account-missing", "cloud-init read the seed", "publickey", "- default"}},
    {refused, NULL, {"port-refused", "nothing listens", "refused", "--keep"}},
    {refused_stays, NULL, {"port-refused", "port 22", "refused", "'seedbed console f-m-1'"}},
    {refused, PROMPT, {"prompt-refused", "has booted", "m login:", "sshd"}},
    {foreign, NULL, {"port-foreign", "HTTP/1.1 400", "HTTP/1.1 400", "ss -ltnp"}},
    {closed, NULL, {"port-closed", "says nothing of ssh", "no greeting", "sshd"}},
    {silent, PROMPT, {"prompt-firewall", "does not answer at 192.168.130.10", "no answer", "ip"}},
    {no_lease, PROMPT, {"prompt-silent", "never asked", "DHCP lease: none", "network-config"}},
    {waits,
     "[ ***  ] A start job is running for Wait for Network to be Configured (2min 3s / no limit)\n",
     {"network-waits", "for its network", "2min 3s", "networkctl"}},
    {waits,
     "[  241.1] INFO: task jbd2/vda1-8:151 blocked for more than 120 seconds.\n",
     {"task-hangs", "it is stuck", "jbd2", "fewer machines"}},
    {waits,
     "[   30.1] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [udevadm:94]\n"
     "[   30.1] pc : d_alloc_parallel+0x1a0/0x5a0\n",
     {"cpu-hangs", "CPU#1 stuck for 26s", "d_alloc", "load of the libvirt host"}},
    {waits_for_ready,
     "\x1b[0;1mone\x1b[0m [0mtwo[K\n",
     {"late-cloud-init", "still runs", "| one two", "cloud-init status"}},
    {kernel_idle,
     "                             GNU GRUB  version 2.06\n"
     "\n"
     " *Debian GNU/Linux\n"
     "  Advanced options for Debian GNU/Linux\n"
     "\n"
     "      Use the ^ and v keys to select which entry is highlighted.\n"
     "      Press enter to boot the selected OS, `e' to edit the commands\n"
     "      before booting or `c' for a command-line.\n",
     {"grub-menu", "GRUB waits in its menu", "highlighted", "GRUB_TIMEOUT"}},
    {idle,
     "EFI stub: Booting Linux Kernel...\n"
     "EFI stub: Using DTB from configuration table\n"
     "EFI stub: Exiting boot services...\n",
     {"stub-mute", "printed nothing", "Exiting boot services", "console=ttyAMA0"}},
    {waits,
     "[  OK  ] Started Network Manager.\n"
     "[ ***  ] A start job is running for Wait for Network to be Configured (1min 3s / 2min)\n",
     {"network-waits", "network to be configured", "1min 3s", "networkctl"}},
    {waits,
     "[***   ] (1 of 2) A start job is running for /dev/disk/by-uuid/abc (45s / 1min 30s)\n",
     {"device-waits", "disk/by-uuid/abc", "45s", "nofail"}},
    {waits,
     "cloud-init-nonet[12.34]: waiting 120 seconds for network device\n",
     {"network-waits", "network", "waiting 120", "network"}},
    {ready,
     "[  OK  ] Reached target Network is Online.\n"
     "[ ***  ] A start job is running for Execute cloud user/final scripts (5min 3s / no limit)\n",
     {"script-runs", "script or package", "5min", "</dev/null"}},
    {kernel_idle,
     "U-Boot 2023.01+dfsg-2 (Jan 01 2023)\n"
     "Hit any key to stop autoboot:  0 \n"
     "** No partition table - virtio 0 **\n"
     "SCRIPT FAILED: continuing...\n"
     "=> \n",
     {"u-boot", "instead of a UEFI firmware", "U-Boot", "AAVMF"}},
    {kernel_busy,
     "UEFI firmware (version 2025.11-2 built at 10:42:49 on Jan  3 2026)\n",
     {"firmware-hangs", "the firmware began", "2025.11-2", "doctor --deep"}},
    {idle,
     "Do you want to continue? [Y/n]",
     {"asks", "waits for input on its console: 'Do you want", "0.01 CPUs", "user-data"}},
    {idle,
     "[   31.1] PM: suspend entry (deep)\n",
     {"sleeps", "to sleep", "suspend entry", "look for 'suspend'"}},
    {kernel_idle,
     "Failed to open \\EFI\\BOOT\\mmaa64.efi - Not Found\nFailed to load image ??: Not Found\n"
     "Failed to start MokManager: Not Found\n",
     {"shim-no-mok-manager", "did not find the program", "mmaa64.efi", "mokutil"}},
    {kernel_idle,
     "Failed to open \\EFI\\BOOT\\grubaa64.efi - Not Found\n"
     "Failed to load image \\EFI\\BOOT\\grubaa64.efi: Not Found\n"
     "start_image() returned Not Found\n",
     {"shim-no-loader", "grubaa64.efi", "start_image", "grub-install"}},
    {idle,
     "EFI stub: Booting Linux Kernel...\n"
     "EFI stub: ERROR: Failed to open file: \\initrd.img\n",
     {"stub-error", "initrd.img", "Failed to open", "system partition"}},
    {waits_silent,
     "[***   ] A start job is running for Load AppArmor profiles (5s / no limit)\n",
     {"job-waits", "Load AppArmor profiles", "5s", "list-jobs"}},
    {breaks, "x\n", {"login-breaks", "breaks off", "Connection reset", "journalctl -u ssh"}},
    {refused_done, DONE, {"done-refused", "cloud-init is done", "refused", "sshd"}},
};

static void test_rows(void)
{
    expect_rows(rows, G_N_ELEMENTS(rows));
}

static void test_all_have_rows(void)
{
    gsize count;
    const SbRule *rules = sb_fact_rules(&count);
    expect_row_for_each(rules, count, rows, G_N_ELEMENTS(rows));
}

/* A machine about which nothing is wrong. */
static void test_nothing(void)
{
    g_autoptr(SbFacts) facts = some_facts(PROMPT);
    facts->has_state = TRUE;
    facts->state = VIR_DOMAIN_RUNNING;
    facts->cpu = 0.01;
    facts->silent_ms = 3600 * 1000;
    g_assert_null(sb_diagnose(facts));
}

/* What only explains does not end a wait. */
static void test_no_early_end(void)
{
    g_autoptr(SbFacts) facts = some_facts("[FAILED] Failed to mount mnt.mount - /mnt.\n");
    facts->awaited = SB_STAGE_SSH_PORT;
    facts->has_port = TRUE;
    facts->port = SB_SSH_PORT_REFUSED;
    g_assert_null(sb_diagnose_end(facts));
    g_autoptr(SbFacts) boots = some_facts("Linux version 6.1\n");
    dhcp_firewall(boots);
    no_dhcp(boots);
    g_assert_null(sb_diagnose_end(boots));
}

/* What a message says of a diagnosis can be found in it again. */
static void test_text(void)
{
    g_autoptr(SbFacts) facts = some_facts("Kernel panic - not syncing: VFS: no root\n");
    g_autoptr(SbDiagnosis) diagnosis = sb_diagnose(facts);
    g_autofree char *text = sb_diagnosis_text(diagnosis, " (last)");
    g_autofree char *message = g_strconcat("'m': ", text, NULL);
    g_autofree char *cause = g_strconcat("'m': ", diagnosis->cause, " (last)", NULL);
    g_autoptr(SbDiagnosis) found = sb_diagnosis_from_text(message);
    g_assert_cmpstr(found->cause, ==, cause);
    g_assert_cmpuint(found->evidence->len, ==, diagnosis->evidence->len);
    g_assert_cmpuint(found->evidence->len, >, 0);
    for (guint i = 0; i < found->evidence->len; i++)
        g_assert_cmpstr(found->evidence->pdata[i], ==, diagnosis->evidence->pdata[i]);
    g_assert_cmpstr(found->next, ==, diagnosis->next);
    g_autoptr(SbDiagnosis) without_evidence = sb_diagnosis_from_text("a\ntry: b");
    g_assert_cmpstr(without_evidence->cause, ==, "a");
    g_assert_cmpuint(without_evidence->evidence->len, ==, 0);
    g_assert_null(sb_diagnosis_from_text("no finding"));
}

/* A machine that has said why it does nothing is not waited for as long as one that may go on. */
static void test_patience(void)
{
    static const struct {
        const char *console;
        gint64 idle_ms, patience_ms;
    } limits[] = {
        {"x\n", 120000, 120000},
        {"[    8.1] ignition[512]: reading system config file\n", 120000, 15000},
        {"[    8.1] ignition[512]: reading system config file\n", 0, 0},
        {"m login: \n", 120000, 120000},
        {"[ ***  ] A start job is running for /dev/vdb (11s / 1min 30s)\n", 120000, 120000},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
        g_autoptr(SbFacts) facts = some_facts(limits[i].console);
        refused(facts);
        facts->idle_ms = limits[i].idle_ms;
        g_assert_cmpint(sb_facts_patience_ms(facts), ==, limits[i].patience_ms);
    }
}

static void test_progress(void)
{
    g_autoptr(SbFacts) runs = some_facts("Cloud-init v. 22.4.2 running 'modules:final' at Thu.\n");
    g_autofree char *stage = sb_facts_progress(runs);
    g_assert_cmpstr(stage, ==, "cloud-init has begun its stage 'modules:final'");
    runs->doing = "cloud-init runs its module 'runcmd'";
    g_autofree char *module = sb_facts_progress(runs);
    g_assert_cmpstr(module, ==, runs->doing);
    g_autoptr(SbFacts) job =
        some_facts("[ ***  ] A start job is running for /dev/vdb (11s / 1min 30s)\n");
    g_autofree char *waits = sb_facts_progress(job);
    g_assert_cmpstr(waits, ==, "systemd waits for '/dev/vdb'");
    g_autoptr(SbFacts) nothing = some_facts("x\n");
    g_assert_null(sb_facts_progress(nothing));
    g_autoptr(SbFacts) command = some_facts("x\n");
    command_runs(command);
    g_autoptr(SbDiagnosis) once = sb_diagnose(command);
    g_assert_true(strstr(once->cause, "scripts-user") == g_strrstr(once->cause, "scripts-user"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/fact-rules/rows", test_rows);
    g_test_add_func("/fact-rules/all-have-rows", test_all_have_rows);
    g_test_add_func("/fact-rules/nothing", test_nothing);
    g_test_add_func("/fact-rules/no-early-end", test_no_early_end);
    g_test_add_func("/fact-rules/text", test_text);
    g_test_add_func("/fact-rules/patience", test_patience);
    g_test_add_func("/fact-rules/progress", test_progress);
    return g_test_run();
}
