/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/hints.h"

#include "test.h"

#include <string.h>

/* Messages of libvirt 8 to 10 and QEMU 6 to 9, and a part of what can be done about them. */
static const struct {
    const char *message, *part;
} rows[] = {
    {"internal error: process exited while connecting to monitor: Could not access KVM kernel "
     "module: Permission denied",
     "seedbed doctor"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: -blockdev "
     "{...}: Could not open '/home/u/p/x.qcow2': Permission denied",
     "chmod o+x"},
    {"Cannot access storage file '/home/u/p/x.qcow2' (as uid:64055, gid:64055): Permission denied",
     "chmod o+x"},
    {"operation failed: Unable to find 'efi' firmware that is compatible with the current "
     "configuration",
     "qemu-efi-aarch64"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: Could not "
     "open '/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd': No such file or directory",
     "--reinstall"},
    {"Unable to open /dev/net/tun, is tun module loaded?: No such file or directory",
     "modprobe tun"},
    {"Failed to connect socket to '/run/libvirt/virtlogd-sock': No such file or directory",
     "virtlogd.socket"},
    {"internal error: Child process (/usr/sbin/dnsmasq "
     "--conf-file=/var/lib/libvirt/dnsmasq/d.conf) "
     "unexpected exit status 2: dnsmasq: failed to create listening socket for 10.83.1.1: Address "
     "already in use",
     "bind-interfaces"},
    {"internal error: cannot parse /usr/bin/dnsmasq version number in 'Dnsmasq version "
     "pi-hole-2.81'",
     "Pi-hole"},
    {"Cannot find 'nft' in path: No such file or directory", "'nftables'"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: -device "
     "virtio-gpu-pci: 'virtio-gpu-pci' is not a valid device model name",
     "modules"},
    {"Timed out during operation: cannot acquire state change lock (held by "
     "monitor=remoteDispatchDomainCreateWithFlags)",
     "virsh domjobinfo"},
    {"Failed to create controller cpu for group: No such file or directory", "cgroup_controllers"},
    {"internal error: firewalld is set to use the nftables backend, but the required firewalld "
     "'libvirt' zone is missing.",
     "zone 'libvirt'"},
    {"Cannot check dnsmasq binary /usr/sbin/dnsmasq: No such file or directory", "dnsmasq-base"},
    {"internal error: Network is already in use by interface tun0", "ip route"},
    {"internal error: Failed to apply firewall rules /usr/sbin/iptables -w --table filter "
     "--list-rules: iptables v1.8.9 (nf_tables): Could not fetch rule set generation id",
     "restart libvirtd"},
    {"Requested operation is not valid: cannot migrate domain: non-migratable device: "
     "0000:00:01.0:00.0/vhost-user-fs",
     "'shares'"},
    {"Requested operation is not valid: migration with virtiofs device is not supported",
     "'shares'"},
    {"operation failed: job 'save' failed: Migration is disabled when VirtFS export path '/srv' is "
     "mounted in the guest using mount_tag 'share-1'",
     "'shares'"},
    {"Unable to find a satisfying virtiofsd", "install virtiofsd"},
    {"internal error: bridge name 'virbr0' already in use.", "ip link"},
    {"error creating bridge interface virbr0: File exists", "ip link delete"},
    {"Unable to create bridge device: Operation not permitted", "network: user"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: unsupported "
     "machine type\nUse -machine help to list supported machines",
     "restart libvirtd"},
    {"internal error: Failed to initialize a valid firewall backend", "iptables"},
    {"Unable to create tap device vnet0: Inappropriate ioctl for device", "modprobe tun"},
    {"internal error: failed to write master key file for domain", "df"},
    {"internal error: something that nobody knows", "seedbed doctor"},
    {"Requested operation is not valid: network 'lab' is not active", "'virsh net-start lab'"},
    {"Cannot get interface MTU on 'br7': No such device", "has no bridge 'br7'"},
    {"Cannot access storage file '/var/lib/seedbed/f-m-1.qcow2' (as uid:1, gid:1): No such file or "
     "directory",
     "'seedbed down f-m-1'"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: cannot set "
     "up guest memory 'mach-virt.ram': Cannot allocate memory",
     "'memory'"},
    {"cannot fill file '/var/lib/libvirt/seedbed/x.qcow2': No space left on device", "image rm"},
    {"internal error: Failed to get \"write\" lock\nIs another process using the image "
     "[/var/lib/x.qcow2]?",
     "fuser"},
    {"internal error: cannot load AppArmor profile 'libvirt-1-2-3'", "dmesg"},
    {"cannot open directory '/var/lib/libvirt/seedbed': No such file or directory", "pool-start"},
    {"Timed out during operation: cannot acquire state change lock (held by monitor="
     "remoteDispatchDomainCreateWithFlags)",
     "restart libvirtd"},
    {"invalid argument: could not find capabilities for arch=x86_64 domaintype=kvm", "/dev/kvm"},
    {"unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support virt type "
     "'kvm'",
     "/dev/kvm"},
    {"unsupported configuration: Domain requires KVM, but it is not available. Check that "
     "virtualization is enabled in the host BIOS",
     "/dev/kvm"},
    {"internal error: qemu unexpectedly closed the monitor: qemu: could not load PC BIOS "
     "'/usr/share/OVMF/OVMF_CODE_4M.fd'",
     "--reinstall"},
    {"internal error: process exited while connecting to monitor: Could not open "
     "'/usr/share/OVMF/OVMF_CODE_4M.fd': No such file or directory",
     "--reinstall ovmf"},
    {"internal error: process exited while connecting to monitor: Could not open backing file: "
     "Could not open '/var/lib/seedbed/i.qcow2': No such file or directory",
     "image list"},
    {"End of file while reading data: Input/output error", "journalctl -u libvirtd"},
    {"internal error: process exited while connecting to monitor: qemu-system-x86_64: Failed to "
     "lock byte 100",
     "local disk"},
    /* Messages of public reports. */
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: "
     "kvm_init_vcpu: kvm_arch_init_vcpu failed (0): Invalid argument",
     "leave 'cpu' out"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: Failed to "
     "put registers after init: Invalid argument",
     "CPUAffinity="},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: write: "
     "KVM_SET_ONE_REG failed: Operation not permitted",
     "CPUAffinity="},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: "
     "Initialization of device arm_gic failed: KVM with user space irqchip only works when the "
     "host kernel supports KVM_CAP_ARM_USER_IRQ",
     "GIC"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: "
     "KVM_SET_DEVICE_ATTR failed: Group 4 attr 0x0000000000000000: No such device",
     "GIC"},
    {"internal error: qemu unexpectedly closed the monitor: qemu-system-x86_64: "
     "get_pci_config_device: Bad config data: i=0x10 read: 21 device: 1\nqemu-system-x86_64: load "
     "of "
     "migration failed: Invalid argument",
     "managedsave-remove"},
    {"unsupported configuration: Target CPU check full does not match source none",
     "managedsave-remove"},
    {"operation failed: guest CPU doesn't match specification: missing features: erms,vaes",
     "domcapabilities"},
    {"the CPU is incompatible with host CPU: Host CPU does not provide required features: avx2",
     "domcapabilities"},
    {"unsupported configuration: ACPI requires UEFI on this architecture", "qemu-efi-aarch64"},
    {"/usr/lib/qemu/qemu-bridge-helper --use-vnet --br=br0 --fd=31: failed to communicate with "
     "bridge helper: stderr=access denied by acl file: Transport endpoint is not connected",
     "bridge.conf"},
    {"operation failed: Storage source conflict with pool: 'default'", "pool-list --all"},
    {"operation failed: pool 'default' already exists with uuid 0cfe7e6f", "pool-start"},
    {"internal error: Child process (VIR_BRIDGE_NAME=virbr0 /usr/local/bin/dnsmasq "
     "--conf-file=/var/lib/libvirt/dnsmasq/default.conf) unexpected exit status 1: Error: PATH "
     "environment variable not set",
     "wrapper"},
    {"internal error: Failed to apply firewall rules /usr/bin/iptables -w --table filter "
     "--list-rules: iptables v1.8.7 (nf_tables): Could not fetch rule set generation id: Invalid "
     "argument",
     "modprobe nf_tables"},
    {"internal error: process exited while connecting to monitor: qemu-system-x86_64: symbol "
     "lookup "
     "error: /usr/lib/libspice-server.so.1: undefined symbol",
     "--reinstall"},
    {"internal error: qemu unexpectedly closed the monitor: qemu-system-aarch64: -netdev user: "
     "Could "
     "not set up host forwarding rule 'tcp:127.0.0.1:2222-:22'",
     "ss -ltnp"},
    {"internal error: creation of non-raw file images is not supported without qemu-img.",
     "install --reinstall qemu-utils"},
    {"internal error: Child process (/usr/bin/qemu-img create -f qcow2 /p/m.qcow2 262144K) "
     "unexpected exit status 1: qemu-img: /p/m.qcow2: Could not create '/p/m.qcow2': Operation not "
     "permitted",
     "lsattr"},
    {"internal error: Child process (/usr/sbin/dnsmasq --conf-file=/d.conf) unexpected exit status "
     "11: dnsmasq: lease-init script returned exit code 1",
     "libvirt_leaseshelper"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: -blockdev "
     "{...}: Could not open '/usr/share/AAVMF/AAVMF_CODE.fd': Permission denied",
     "chmod o+r"},
    {"Property 'virt-7.2-machine.acpi' not found", "restart libvirtd"},
    {"unsupported configuration: Emulator '/usr/bin/qemu-system-aarch64' does not support machine "
     "type 'virt-9.0'",
     "'seedbed down f-m-1'"},
    {"internal error: qemu unexpectedly closed the monitor: Failed to load virtio-balloon:virtio",
     "managedsave-remove f-m-1"},
    {"internal error: cannot execute binary /usr/bin/qemu-system-aarch64: Permission denied",
     "--reinstall"},
    {"Cannot find suitable emulator for aarch64", "qemu-system-arm"},
    {"Storage volume not found: no storage vol with matching path '/p/x.qcow2'", "make it anew"},
    {"Could not open backing file: Could not open '/p/x.qcow2': Image is not in qcow2 format",
     "image verify"},
    {"-blockdev {...}: Image is corrupt; cannot be opened read/write", "two QEMUs"},
    {"Unable to find 'swtpm_setup' binary in $PATH: No such file or directory", "swtpm-tools"},
    {"unsupported configuration: TPM version '2.0' is not supported", "swtpm-tools"},
    {"internal error: Could not run '/usr/bin/swtpm_setup'. exitstatus: 1", "f-m-1-swtpm.log"},
    {"vfio 0000:01:00.0: group 1 is not viable", "iommu_group"},
    {"unsupported configuration: host doesn't support passthrough of host PCI devices",
     "intel_iommu"},
    {"internal error: Unable to reset PCI device 0000:01:00.0: no FLR", "all of its functions"},
    {"Hook script execution failed: internal error: Child process (/etc/libvirt/hooks/qemu f-m-1 "
     "prepare begin -) unexpected exit status 1",
     "/etc/libvirt/hooks"},
    {"error from service: CreateMachine: Machine 'qemu-1-f' already exists", "machinectl"},
    {"internal error: Unable to get session bus connection: Cannot autolaunch D-Bus",
     "enable-linger"},
    {"Unable to add bridge br0 port vnet3: No such device", "net-start"},
    {"Unable to add bridge br0 port vnet3: Operation not supported", "modprobe bridge"},
    {"error creating macvtap interface macvtap0@eth0: Operation not supported", "modprobe macvtap"},
    {"Network not found: no network with matching name 'lan'", "net-list"},
    {"Storage pool not found: no storage pool with matching name 'x'", "pool-list"},
    {"internal error: End of file from qemu monitor", "/var/log/libvirt/qemu"},
    {"internal error: process exited while connecting to monitor: qemu-system-aarch64: unknown",
     "/var/log/libvirt/qemu"},
};

static void test_rows(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *hint = sb_libvirt_hint("cannot start the domain 'f-m-1'", rows[i].message);
        if (!hint || !strstr(hint, rows[i].part))
            g_error("'%s': looked for '%s' in '%s'", rows[i].message, rows[i].part,
                    hint ? hint : "(none)");
    }
}

static void test_none(void)
{
    g_assert_null(sb_libvirt_hint(NULL, "Domain not found: no domain with matching name 'x'"));
    g_assert_null(
        sb_libvirt_hint(NULL, "Failed to connect socket to '/run/libvirt/libvirt-sock': No such "
                              "file or directory"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/hints/rows", test_rows);
    g_test_add_func("/hints/none", test_none);
    return g_test_run();
}
