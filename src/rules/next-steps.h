/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What can be done about causes that more than one table of rules has.
 *
 * Room: rules.
 * Threads: any.
 */
#pragma once

#define NEXT_SSHD                                                                                  \
    "look with {console} whether sshd is installed, enabled and without errors ('systemctl "       \
    "status ssh'); your user-data may switch it off or firewall it"
#define NEXT_IMAGE                                                                                 \
    "use a disk image that boots by UEFI on {arch}: a GPT with an EFI system partition that has "  \
    "the boot loader; 'seedbed image info {image}' shows what is recorded about this one"
#define NEXT_PACKAGES                                                                              \
    "does the network of the machine lead outside? 'network: isolated' does not; on 'nat', "       \
    "'seedbed doctor' checks forwarding; a proxy or mirror can be set with 'apt' or 'yum_repos' "  \
    "in the user-data"
#define NEXT_USER_DATA                                                                             \
    "'seedbed lint' checks the user-data of the fleet file; {log} has cloud-init's own words"
#define NEXT_QEMU_LOG                                                                              \
    "on the libvirt host, read the end of /var/log/libvirt/qemu/{machine}.log and the kernel's "   \
    "log ('dmesg': was QEMU killed for memory?)"
#define NEXT_DISK                                                                                  \
    "'seedbed image verify {image}' tells whether the image is damaged; if it is fine, look at "   \
    "the disk and the kernel's log of the libvirt host"
#define NEXT_NETWORK                                                                               \
    "look at the guest's network with {console}: 'ip address', 'networkctl'; a network-config "    \
    "that names another interface than the guest's is a usual cause"
#define NEXT_CHANGED                                                                               \
    "'seedbed image verify {image}' compares it with its digest; import it again, and make the "   \
    "machine anew; then look for what writes to the pool's folder"
#define NEXT_ANEW                                                                                  \
    "{stays}'seedbed down {fleet}' removes machine and network, and {both}'seedbed up' makes "     \
    "them again"
#define NEXT_SEED NEXT_ANEW ", the seed too; 'seedbed seed --show FILE' shows what is in a seed"
#define NEXT_READ_ONLY                                                                             \
    "look in {log} for what its kernel said of the disk before; an image whose root is "           \
    "read-only needs 'rw' on the kernel's command line, or in its /etc/fstab"
#define NEXT_MEMORY "give the machine more 'memory' in the fleet file, then 'seedbed up' again"
#define NEXT_OWN_KERNEL                                                                            \
    "give the machine more 'memory' (the firmware needs room for the kernel and several times "    \
    "its "                                                                                         \
    "initrd), or make the initrd smaller"
#define NEXT_CONSOLE                                                                               \
    "add 'console=ttyAMA0' (x86_64: 'console=ttyS0') to the kernel's command line in the image, "  \
    "and try again"
#define NEXT_ROOT                                                                                  \
    "check 'root=' on the kernel's command line and /etc/fstab of the image, and that its "        \
    "initramfs has virtio_blk and the file system's driver; the distribution's own cloud image "   \
    "shows whether it is this image: {log} has the whole boot"
#define NEXT_MOUNT                                                                                 \
    "correct /etc/fstab, or the 'mounts' of your user-data ('nofail' lets the guest boot without " \
    "that mount), and start the machine anew; {log} has all units that failed"
#define NEXT_FSCK                                                                                  \
    "'seedbed image verify {image}' tells whether the image itself is damaged; if it is fine, "    \
    "only this machine is: make it anew"
#define NEXT_DEVICE_SETUP                                                                          \
    "look at that error; the modules for it (dm_verity, dm_crypt) must be in the initramfs of "    \
    "the "                                                                                         \
    "image, and 'roothash=' or the key must fit the partition: {log} has the whole boot"
#define NETWORK_PROBLEM                                                                            \
    "the guest does not answer at {address}: it says through its agent that {network-problem}"
#define NEXT_NETWORK_PROBLEM                                                                       \
    "correct that in your user-data ('runcmd', 'bootcmd', 'write_files') or 'network-config', "    \
    "where 'match: {driver: virtio_net}' fits any name of a card, or in the image"
#define SAYS_PASSPHRASE                                                                            \
    "(?|(?:[Ee]nter p|^P)assphrase for (?:disk )?(.*?):? *$|Please unlock disk (.*?):?$|Enter "    \
    "(?:LUKS )?"                                                                                   \
    "passphrase)"
#define PASSPHRASE "the guest waits for the passphrase of an encrypted disk: {1}"
#define NEXT_PASSPHRASE "use an image whose disk is not encrypted, or whose key is in its initramfs"
/* What a guest says that has asked for an address by DHCP and got none. */
#define SAYS_NO_LEASE                                                                              \
    "No DHCPOFFERS received|No working leases|no lease, (?:failing|forking)|IP-Config: no "        \
    "response|dhcp4 \\(\\w+\\): request timed out|DHCPv4 timed out|timed out waiting for DHCP|no " \
    "DHCP (?:offers|response)|DHCP timed out|requestLease\\(\\) failed|unable to confirm lease|"   \
    "setup-in-progress|dhcpcd\\[\\d+\\]: timed out|ip-config-unavailable|"                         \
    "Auto-configuration of network failed"
#define DHCP_STOPPED                                                                               \
    "the firewall of this host stops the DHCP requests of the guest: '{dhcp-firewall}'"
#define NEXT_DHCP_STOPPED                                                                          \
    "accept DHCP from the network's bridge before that rule (UDP port 67); a firewall that was "   \
    "started anew has lost libvirt's rules: restart libvirtd, which sets them again"
#define NO_DHCP "the network '{network}' gives no addresses: its definition has no <dhcp>"
#define NEXT_NO_DHCP                                                                               \
    "add <dhcp> with a <range> by 'virsh net-edit {network}' and start the network again, or "     \
    "give "                                                                                        \
    "the machine a 'network-config' with an address of that network"
