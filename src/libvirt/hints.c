/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/hints.h"

#include <glib.h>
#include <string.h>

#define HINT_FIREWALL                                                                              \
    "libvirt could not set its firewall rules: install 'iptables' (and 'nft') on the libvirt "     \
    "host, and restart libvirtd, also after each restart of the firewall"
#define HINT_FIREWALL_MODULES                                                                      \
    "the kernel that runs on the libvirt host has no modules for its firewall, as after an "       \
    "upgrade: restart the host ('modprobe nf_tables' shows whether that is it)"
#define HINT_SHARES                                                                                \
    "a machine with 'shares' cannot be saved with its memory: stop it without '--save', or "       \
    "remove "                                                                                      \
    "'shares' for a snapshot"
#define HINT_KVM "/dev/kvm cannot be used: 'seedbed doctor' says why"
#define HINT_QEMU                                                                                  \
    "QEMU on the libvirt host does not run: call the program to see why, or 'apt-get install "     \
    "--reinstall' its package"
#define HINT_QEMU_IMG                                                                              \
    "'qemu-img' does not run on the libvirt host: 'apt-get install --reinstall qemu-utils'"
#define HINT_POOL_FOLDER                                                                           \
    "libvirtd may not make files in the folder of the pool: 'ls -ld' and 'lsattr -d' of it show "  \
    "its owner and whether it is immutable, and 'dmesg' what AppArmor or SELinux denied"
#define HINT_REPLACED "QEMU on the libvirt host was replaced: restart libvirtd, which asks it anew"
#define HINT_TPM "install 'swtpm' and 'swtpm-tools' on the libvirt host"
#define HINT_ANEW "'seedbed down {tried}' and 'seedbed up' make the machine anew"
#define HINT_SAVED                                                                                 \
    "the memory that was saved does not fit this QEMU or this host, or is damaged: 'virsh "        \
    "managedsave-remove {tried}' lets the machine boot instead; make warm images and snapshots "   \
    "anew"
#define HINT_ARM_CPU                                                                               \
    "KVM on arm64 runs guests only with the CPU of the host: leave 'cpu' out of the fleet file, "  \
    "or set it to 'host'; if that fails too, update the host's kernel, or emulate (without "       \
    "/dev/kvm for libvirtd)"
#define HINT_ARM_CORES                                                                             \
    "a host whose cores are of several kinds (big.LITTLE) starts guests only on one kind: let "    \
    "libvirtd run on those ('systemctl edit libvirtd', CPUAffinity=), and restart it; else "       \
    "update the host's kernel"
#define HINT_GIC                                                                                   \
    "the host's KVM does not have this interrupt controller (GIC): restart libvirtd, which asks "  \
    "for it again ('virsh domcapabilities --arch aarch64' names it), and use a host kernel whose " \
    "KVM has a virtual GIC"
#define HINT_BRIDGE_HELPER                                                                         \
    "QEMU's bridge helper needs 'allow BRIDGE' in /etc/qemu/bridge.conf on the libvirt host "      \
    "(owner root, mode 0644) and its setuid bit; on qemu:///session, 'network: user' needs none "  \
    "of it"
#define HINT_LOG                                                                                   \
    "read the end of the machine's log in /var/log/libvirt/qemu on the libvirt host, and its "     \
    "kernel's log ('dmesg')"

/* Both parts are in the message; the first row that fits counts. In a hint, {tried} is the name
 * that the text of what was tried has in quotes, and {name} the one that the message has, from
 * `part` on.
 */
static const struct {
    const char *part, *other; /**< `other` is (nullable) */
    const char *hint;
} hints[] = {
    {"Could not access KVM kernel module", NULL, HINT_KVM},
    {"failed to initialize kvm", NULL, HINT_KVM},
    {"could not find capabilities", "=kvm", HINT_KVM},
    {"does not support virt type 'kvm'", NULL, HINT_KVM},
    {"requires KVM, but it is not available", NULL, HINT_KVM},
    {"kvm_arch_init_vcpu failed", NULL, HINT_ARM_CPU},
    {"kvm_init_vcpu", NULL, HINT_ARM_CPU},
    {"KVM is not supported for this guest CPU type", NULL, HINT_ARM_CPU},
    {"KVM_SET_ONE_REG", NULL, HINT_ARM_CORES},
    {"put registers after init", NULL, HINT_ARM_CORES},
    {"failed to set cpreg", NULL, HINT_ARM_CORES},
    {"arm_gic", NULL, HINT_GIC},
    {" GIC", NULL, HINT_GIC},
    {"vgic", NULL, HINT_GIC},
    {"GICv", NULL, HINT_GIC},
    {"gic-version", NULL, HINT_GIC},
    {"gic version", NULL, HINT_GIC},
    {"KVM_SET_DEVICE_ATTR", NULL, HINT_GIC},
    {"load of migration failed", NULL, HINT_SAVED},
    {"error while loading state", NULL, HINT_SAVED},
    {"does not match source", NULL, HINT_SAVED},
    {"Failed to load virtio", NULL, HINT_SAVED},
    {"Failed to load PCIDevice", NULL, HINT_SAVED},
    {"guest CPU doesn't match", NULL,
     "the CPU of the libvirt host lacks these features: set another 'cpu' in the fleet file "
     "('virsh "
     "domcapabilities' names those that it can run); a machine that was saved goes on only on a "
     "host that has them: 'virsh managedsave-remove {tried}' lets it boot instead"},
    {"incompatible with host CPU", NULL,
     "the CPU of the libvirt host lacks features of this model: set another 'cpu' in the fleet "
     "file ('virsh domcapabilities' names those that it can run), or leave 'cpu' out"},
    {"cannot parse", "dnsmasq",
     "libvirt does not understand this dnsmasq, which may be another program's, such as Pi-hole's: "
     "install 'dnsmasq-base' on the libvirt host, so that libvirtd finds it first in its PATH"},
    {"Cannot find 'nft' in path", NULL,
     "install 'nftables' on the libvirt host, and restart libvirtd"},
    {"is not a valid device model name", NULL,
     "QEMU on the libvirt host lacks that device: restart libvirtd if QEMU was replaced; else "
     "install QEMU's modules, such as 'qemu-system-modules-opengl' and "
     "'qemu-system-modules-spice'"},
    {"acquire state change lock", NULL,
     "libvirt still works at '{tried}' for somebody else: 'virsh domjobinfo {tried}' shows a job; "
     "try again when it is done, or restart libvirtd, which leaves machines alone"},
    {"Failed to create controller", NULL,
     "libvirtd may not make control groups: the libvirt host (or its container) must have cgroups "
     "mounted for writing; 'cgroup_controllers = []' in /etc/libvirt/qemu.conf does without"},
    {"firewalld", "zone is missing",
     "firewalld on the libvirt host has no zone 'libvirt': install the packages 'firewalld' and "
     "'libvirt-daemon-system' again, then restart firewalld and libvirtd"},
    {"Failed to get \"write\" lock", NULL,
     "another QEMU has that disk open: 'fuser FILE' on the libvirt host names it"},
    {"Failed to get shared \"write\" lock", NULL,
     "another QEMU has that disk open: 'fuser FILE' on the libvirt host names it"},
    {"Permission denied", "/dev/kvm", HINT_KVM},
    {"Permission denied", "/usr/share/",
     "QEMU's user must read that file on the libvirt host: 'chmod o+r' for the file, 'chmod o+x' "
     "for its folders, or install its package again"},
    {"Permission denied", "ould not open",
     "QEMU's user must get at that file: each folder on the way needs 'chmod o+x', and AppArmor or "
     "SELinux must allow it ('dmesg' shows what they denied); 'seedbed doctor' checks the pools"},
    {"Permission denied", "annot access",
     "QEMU's user must get at that file: each folder on the way needs 'chmod o+x'; 'seedbed "
     "doctor' checks the pools"},
    {"vhost-user-fs", "migrat", HINT_SHARES},
    {"migration with virtiofs", NULL, HINT_SHARES},
    {"VirtFS export", NULL, HINT_SHARES},
    {"requires UEFI", NULL,
     "install the firmware on the libvirt host: 'apt-get install qemu-efi-aarch64 ovmf'"},
    {"bridge helper", NULL, HINT_BRIDGE_HELPER},
    {"bridge.conf", NULL, HINT_BRIDGE_HELPER},
    {"Storage source conflict", NULL,
     "another pool has this folder already: 'virsh pool-list --all' shows it; take it with '--pool "
     "NAME', or give this pool a folder of its own"},
    {"pool '", "already exists",
     "a pool of this name is defined: 'virsh pool-start {name}' starts it, and '--pool NAME' takes "
     "another"},
    {"Unable to find", "virtiofsd", "install virtiofsd on the libvirt host"},
    {"Unable to find", "firmware",
     "install the firmware on the libvirt host: 'apt-get install qemu-efi-aarch64 ovmf'"},
    {"No such file", "firmware",
     "install the firmware on the libvirt host again: 'apt-get install --reinstall "
     "qemu-efi-aarch64 ovmf'"},
    {"No such file", "AAVMF",
     "install the firmware on the libvirt host again: 'apt-get install --reinstall "
     "qemu-efi-aarch64'"},
    {"could not load PC BIOS", NULL,
     "install the firmware on the libvirt host again: 'apt-get install --reinstall "
     "qemu-efi-aarch64 ovmf'"},
    {"No such file", "OVMF",
     "install the firmware on the libvirt host again: 'apt-get install --reinstall ovmf'"},
    {"No such file", "Could not open backing file",
     "the image below its disk is gone: 'seedbed image list' shows which ones are there; import it "
     "again, then 'seedbed down {tried}' and 'seedbed up' make the machine anew"},
    {"No such file", "annot access storage file",
     "a file of its disks is gone: 'seedbed down {tried}' and 'seedbed up' make the machine anew"},
    {"no storage vol with matching", NULL,
     "a file of the machine's disks is gone: 'seedbed down' and 'seedbed up' make it anew"},
    {"not in qcow2 format", NULL,
     "an image below its disk is damaged, or is not what it was: 'seedbed image list' and 'seedbed "
     "image verify NAME' find it; import it again, and let 'seedbed down' and 'seedbed up' make "
     "the machine anew"},
    {"Image is corrupt", NULL,
     "its disk was damaged, for example by two QEMUs that wrote to it: " HINT_ANEW},
    {"block backend provides", NULL,
     "the firmware file on the libvirt host is damaged: 'apt-get install --reinstall "
     "qemu-efi-aarch64 ovmf'"},
    {"without qemu-img", NULL, HINT_QEMU_IMG},
    {"/qemu-img ", "not permitted", HINT_POOL_FOLDER},
    {"/qemu-img ", "Permission denied", HINT_POOL_FOLDER},
    {"/qemu-img ", "error while loading shared libraries", HINT_QEMU_IMG},
    {"error while loading shared libraries", NULL, HINT_QEMU},
    {"cannot execute binary", NULL, HINT_QEMU},
    {"Cannot find suitable emulator", NULL,
     "install QEMU for that architecture on the libvirt host: 'qemu-system-arm' or "
     "'qemu-system-x86'; then restart libvirtd"},
    {"symbol lookup error", NULL, HINT_QEMU},
    {"Failed to start QEMU binary", NULL, HINT_QEMU},
    {"/dev/net/tun", NULL, "load the module on the libvirt host: 'modprobe tun'"},
    {"tap device", NULL,
     "/dev/net/tun on the libvirt host does not work: 'modprobe tun', and in a container allow it"},
    {"failed to write master key file", NULL,
     "/var/lib/libvirt/qemu on the libvirt host is full or read-only: 'df' and 'dmesg' there"},
    {"Unable to find 'swtpm", NULL, HINT_TPM},
    {"TPM version", "not supported", HINT_TPM},
    {"swtpm_setup", NULL,
     "read /var/log/swtpm/libvirt/qemu/{tried}-swtpm.log on the libvirt host; the user of "
     "libvirt's TPMs ('swtpm' or 'tss') must own /var/lib/swtpm-localca"},
    {"is not viable", NULL,
     "the host uses other devices of that device's IOMMU group: 'ls "
     "/sys/bus/pci/devices/ADDRESS/iommu_group/devices' lists them; all of them must have the "
     "driver vfio-pci, or none"},
    {"passthrough of host PCI devices", NULL,
     "switch the IOMMU of the libvirt host on: VT-d or AMD-Vi in its firmware, and "
     "'intel_iommu=on' on its kernel's command line"},
    {"Unable to reset PCI device", NULL,
     "that device cannot be reset alone: give the machine all of its functions, or another device"},
    {"Hook script execution failed", NULL,
     "a hook in /etc/libvirt/hooks on the libvirt host refused it: the message names the script "
     "and how it was called"},
    {"CreateMachine", "already exists",
     "systemd-machined on the libvirt host still has a machine of that name: 'machinectl list' "
     "shows it, and 'machinectl terminate' removes it"},
    {"session bus", NULL,
     "qemu:///session needs a login session of this user: 'loginctl enable-linger' makes one that "
     "stays, and XDG_RUNTIME_DIR names its folder"},
    {"virtlogd", NULL,
     "start virtlogd on the libvirt host: 'systemctl start virtlogd.socket' (without systemd: "
     "'virtlogd -d')"},
    {"dnsmasq", "Address already in use",
     "another DNS server has the addresses of the network: let it listen on its own addresses only "
     "('bind-interfaces'), or 'virsh net-list --all' shows another network with them"},
    {"dnsmasq", "PATH environment variable",
     "the dnsmasq that libvirt calls is a wrapper (such as firejail's in /usr/local/bin): remove "
     "that link on the libvirt host, and restart libvirtd"},
    {"dnsmasq", "lease-init script",
     "the program that dnsmasq calls, libvirt_leaseshelper, does not run on the libvirt host: "
     "'apt-get install --reinstall libvirt-daemon-driver-network libvirt-daemon'"},
    {"dnsmasq", NULL,
     "install 'dnsmasq-base' on the libvirt host; 'journalctl -t dnsmasq' has its own words"},
    {"Network is already in use by interface", NULL,
     "another network or a VPN has these addresses: 'ip route' and 'virsh net-list --all' show it"},
    {"rule set generation id", "Invalid argument", HINT_FIREWALL_MODULES},
    {"do you need to insmod", NULL, HINT_FIREWALL_MODULES},
    {"iptables", NULL, HINT_FIREWALL},
    {"ip6tables", NULL, HINT_FIREWALL},
    {"firewall", NULL, HINT_FIREWALL},
    {"bridge name", "already in use",
     "a bridge with that name is there: 'ip link' and 'virsh net-list --all' show whose it is"},
    {"reating bridge", "File exists",
     "a bridge with that name is left: 'ip link delete BRIDGE' on the libvirt host, if nothing "
     "uses "
     "it"},
    {"Unable to add bridge", "No such device",
     "the bridge is gone: 'ip link show type bridge' on the libvirt host lists those that there "
     "are; 'virsh net-destroy' and 'virsh net-start' make the bridge of a libvirt network again"},
    {"Unable to add bridge", "not supported",
     "that bridge takes no such card: 'modprobe bridge' on the libvirt host; a bridge of Open "
     "vSwitch needs a libvirt network with a virtualport"},
    {"creating macvtap", NULL, "load the module on the libvirt host: 'modprobe macvtap'"},
    {"no network with matching name", NULL,
     "'virsh net-list --all' shows the networks: correct 'network' in the fleet file, or define "
     "that one"},
    {"no storage pool with matching name", NULL,
     "'virsh pool-list --all' shows the pools: '--pool NAME' takes one of them"},
    {"reate bridge", "not permitted",
     "this libvirtd may not make bridges, as in a container without NET_ADMIN: use 'network: "
     "user'"},
    {"host forwarding rule", NULL,
     "another program has that port of the host: 'ss -ltnp' names it; choose another one in "
     "'ports' "
     "of the fleet file"},
    {"unsupported machine type", NULL, HINT_REPLACED},
    {"Supported machines are", NULL, HINT_REPLACED},
    {"-machine.", "' not found", HINT_REPLACED},
    {"does not support machine type", NULL,
     "the machine was made with a newer QEMU than the libvirt host has: upgrade that; "
     "or " HINT_ANEW},
    {"CPU model", NULL, "another 'cpu' in the fleet file, or a newer QEMU on the libvirt host"},
    {"CPU feature", NULL, "another 'cpu' in the fleet file, or a newer QEMU on the libvirt host"},
    {"network '", "is not active", "'virsh net-start {name}' starts it"},
    {"Cannot get interface MTU", NULL,
     "the libvirt host has no bridge '{name}': 'ip link show type bridge' there lists its bridges; "
     "make it, or name another one in the fleet file; 'virsh net-destroy' and 'virsh net-start' "
     "make the bridge of a libvirt network again"},
    {"cannot set up guest memory", NULL,
     "the libvirt host has too little free memory: stop other machines, or give these less "
     "'memory'"},
    {"Cannot allocate memory", NULL,
     "the libvirt host has too little free memory: stop other machines, or give these less "
     "'memory'"},
    {"No space left on device", NULL,
     "the disk of the libvirt host is full: 'seedbed image list' and 'seedbed image rm NAME' make "
     "room, and 'seedbed doctor' names the pool"},
    {"Disk quota exceeded", NULL, "the owner of the files on the libvirt host has no quota left"},
    {"Read-only file system", NULL,
     "the file system on the libvirt host is read-only, often after an I/O error: 'dmesg' says "
     "why"},
    {"End of file while reading data", NULL,
     "libvirtd ended during the call: 'journalctl -u libvirtd' on the libvirt host says why"},
    {"Failed to lock byte", NULL,
     "the file system of the storage pool does not lock files, as some network file systems: put "
     "the pool on a local disk"},
    {"Input/output error", NULL, "the disk of the libvirt host fails: 'dmesg' there says how"},
    {"apparmor", NULL,
     "AppArmor's profile for the machine could not be made: 'dmesg' on the libvirt host shows what "
     "was denied; pools belong below /var/lib or /srv"},
    {"AppArmor", NULL,
     "AppArmor's profile for the machine could not be made: 'dmesg' on the libvirt host shows what "
     "was denied; pools belong below /var/lib or /srv"},
    {"unable to set security context", NULL,
     "the pool's file system has no SELinux labels: for NFS, 'setsebool -P virt_use_nfs on' on the "
     "libvirt host"},
    {"cgroup", NULL,
     "cgroups on the libvirt host are not as libvirt needs them: restart libvirtd (and "
     "systemd-machined)"},
    {"cannot open directory", NULL,
     "the folder of the storage pool is gone: make it again, and 'virsh pool-start POOL'"},
    {"cannot acquire state change lock", NULL,
     "libvirt still works at that machine, or hangs: try again; if that lasts, restart libvirtd"},
    {"monitor socket did not show up", NULL,
     "QEMU did not start in time: the libvirt host is very busy; try with fewer machines"},
    {"Too many open files", NULL,
     "raise the limit of libvirtd: 'systemctl edit libvirtd', LimitNOFILE=65536"},
    {"Resource temporarily unavailable", NULL,
     "the libvirt host has no process or thread left: 'ulimit -u', TasksMax of libvirtd"},
    {"process exited while connecting to monitor", NULL, HINT_LOG},
    {"QEMU unexpectedly closed the monitor", NULL, HINT_LOG},
    {"End of file from qemu monitor", NULL, HINT_LOG},
    {"internal error", NULL,
     "'seedbed doctor' looks for the usual causes; libvirtd's own log ('journalctl -u libvirtd') "
     "on "
     "the libvirt host may have more"},
};

/* What stands in the first quotes of TEXT; OTHERWISE if nothing does. (transfer full) */
static char *quoted(const char *text, const char *otherwise)
{
    const char *begin = text ? strchr(text, '\'') : NULL;
    const char *end = begin ? strchr(begin + 1, '\'') : NULL;
    return end && end > begin + 1 ? g_strndup(begin + 1, (gsize)(end - begin - 1))
                                  : g_strdup(otherwise);
}

char *sb_libvirt_hint(const char *tried, const char *message)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hints); i++) {
        const char *part = strstr(message, hints[i].part);
        if (!part || (hints[i].other && !strstr(message, hints[i].other)))
            continue;
        g_autofree char *machine = quoted(tried, "MACHINE"), *name = quoted(part, "NAME");
        GString *hint = g_string_new(hints[i].hint);
        g_string_replace(hint, "{tried}", machine, 0);
        g_string_replace(hint, "{name}", name, 0);
        return g_string_free(hint, FALSE);
    }
    return NULL;
}
