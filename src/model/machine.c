/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/machine.h"

#include "base/array.h"
#include "base/xml.h"
#include "model/channel-names.h"

#include <string.h>

/* Each virtio device takes one PCIe root port; all machines have five (scsi, serial, disk, NIC,
 * rng). Root ports cannot be plugged into a running machine, so devices that are hot-plugged later
 * need spare ports from the start. */
#define USED_ROOT_PORTS 5
#define SPARE_ROOT_PORTS 4

void sb_machine_free(SbMachine *machine)
{
    if (!machine)
        return;
    g_free(machine->name);
    g_free(machine->uuid);
    sb_machine_spec_clear(&machine->spec);
    g_free(machine->overlay_path);
    g_free(machine->layer_path);
    g_free(machine->image_path);
    g_free(machine->image_format);
    g_free(machine->seed_path);
    g_free(machine->kernel_path);
    g_free(machine->initrd_path);
    g_free(machine->console_log_path);
    sb_metadata_free(machine->metadata);
    g_free(machine);
}

/* ---- the machine itself ---- */

static gboolean is_aarch64(const SbMachine *machine)
{
    return strcmp(machine->platform->arch, "aarch64") == 0;
}

static void add_identity(xmlNode *domain, const SbMachine *machine)
{
    sb_xml_add_text(domain, "name", machine->name);
    sb_xml_add_text(domain, "uuid", machine->uuid);
    if (!machine->metadata)
        return;
    g_autofree char *title = g_strdup_printf("seedbed fleet %s", machine->metadata->fleet);
    /* For `virsh list --title`. */
    sb_xml_add_text(domain, "title", title);
    sb_metadata_add(sb_xml_add(domain, "metadata", NULL), machine->metadata);
}

/* Stateless: without this, each machine has a 64 MiB file of variables. That file would stay after
 * the machine, block `undefine`, and be used by the next machine of that name. */
static void add_stateless_loader(xmlNode *os, const SbPlatform *platform)
{
    xmlNode *loader = sb_xml_add_text(os, "loader", platform->firmware_path);
    xmlNewProp(loader, BAD_CAST "readonly", BAD_CAST "yes");
    xmlNewProp(loader, BAD_CAST "type", BAD_CAST "pflash");
    xmlNewProp(loader, BAD_CAST "stateless", BAD_CAST "yes");
    /* libvirt before 9.1 refuses the attribute, and only has raw firmware. */
    if (g_strcmp0(platform->firmware_format, "qcow2") == 0)
        xmlNewProp(loader, BAD_CAST "format", BAD_CAST "qcow2");
}

/* The keys are in a store of variables, which libvirt makes from its template, and deletes when it
 * undefines the machine. Only libvirt knows which firmware has such a template. */
static void ask_for_secure_boot(xmlNode *os)
{
    static const char *const features[] = {"enrolled-keys", "secure-boot"};
    xmlNewProp(os, BAD_CAST "firmware", BAD_CAST "efi");
    xmlNode *firmware = sb_xml_add(os, "firmware", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++)
        sb_xml_add(firmware, "feature", "enabled", "yes", "name", features[i], NULL);
}

/* The firmware starts it. QEMU alone could, too, but then the machine would have no ACPI. */
static void add_kernel(xmlNode *os, const SbMachine *machine)
{
    sb_xml_add_text(os, "kernel", machine->kernel_path);
    if (machine->initrd_path)
        sb_xml_add_text(os, "initrd", machine->initrd_path);
    if (machine->spec.kernel.cmdline)
        sb_xml_add_text(os, "cmdline", machine->spec.kernel.cmdline);
}

static void add_os(xmlNode *domain, const SbMachine *machine)
{
    const SbPlatform *platform = machine->platform;
    xmlNode *os = sb_xml_add(domain, "os", NULL);
    xmlNode *type = sb_xml_add_text(os, "type", "hvm");
    xmlNewProp(type, BAD_CAST "arch", BAD_CAST platform->arch);
    xmlNewProp(type, BAD_CAST "machine", BAD_CAST platform->machine);
    if (machine->spec.has_secure_boot)
        ask_for_secure_boot(os);
    else
        add_stateless_loader(os, platform);
    if (machine->kernel_path)
        add_kernel(os, machine);
    /* By default, AAVMF waits three seconds for a key. QEMU rounds the value to whole seconds, so
     * that one millisecond means: do not wait. The kernel's first line then comes after 2.7 instead
     * of 7 s. */
    sb_xml_add(os, "bootmenu", "enable", "yes", "timeout", "1", NULL);
}

static void add_features(xmlNode *domain, const SbMachine *machine)
{
    xmlNode *features = sb_xml_add(domain, "features", NULL);
    sb_xml_add(features, "acpi", NULL);
    if (!is_aarch64(machine)) {
        sb_xml_add(features, "apic", NULL);
    } else if (machine->platform->gic_version > 0) {
        g_autofree char *version = g_strdup_printf("%u", machine->platform->gic_version);
        sb_xml_add(features, "gic", "version", version, NULL);
    }
}

/* What the fleet file names, or what the platform chose. */
static void choose_cpu(const SbMachine *machine, const char **mode_out, const char **model_out)
{
    const char *cpu = machine->spec.cpu;
    gboolean is_max = g_strcmp0(cpu, SB_CPU_MAX) == 0;
    gboolean is_host = g_strcmp0(cpu, SB_CPU_HOST) == 0;
    *mode_out = !cpu      ? machine->platform->cpu_mode
                : is_max  ? "maximum"
                : is_host ? "host-passthrough"
                          : "custom";
    *model_out = cpu ? cpu : machine->platform->cpu_model;
}

/* The model is one of the capabilities of this host. So libvirt does not need to check it again,
 * and must not fall back to another model. */
static void add_cpu(xmlNode *domain, const SbMachine *machine)
{
    const char *mode, *name;
    choose_cpu(machine, &mode, &name);
    gboolean is_custom = strcmp(mode, "custom") == 0;
    xmlNode *cpu = sb_xml_add(domain, "cpu", "mode", mode, NULL);
    if (is_custom)
        xmlNewProp(cpu, BAD_CAST "match", BAD_CAST "exact");
    xmlNewProp(cpu, BAD_CAST "check", BAD_CAST "none");
    if (is_custom) {
        xmlNode *model = sb_xml_add_text(cpu, "model", name);
        xmlNewProp(model, BAD_CAST "fallback", BAD_CAST "forbid");
    }
}

/* A crashed guest is ended and not started again: the tool must see that it crashed. */
static void add_lifecycle(xmlNode *domain)
{
    sb_xml_add(domain, "clock", "offset", "utc", NULL);
    sb_xml_add_text(domain, "on_poweroff", "destroy");
    sb_xml_add_text(domain, "on_reboot", "restart");
    sb_xml_add_text(domain, "on_crash", "destroy");
}

/* ---- devices ---- */

/* The whole chain is written out. Otherwise libvirt would make the QEMU user the owner of the
 * image, and the QEMU of every machine could write to it. It would also believe the headers about
 * further backing files. */
static xmlNode *add_backing_store(xmlNode *above, const char *path, const char *format)
{
    xmlNode *backing_store = sb_xml_add(above, "backingStore", "type", "file", NULL);
    sb_xml_add(backing_store, "format", "type", format, NULL);
    xmlNode *source = sb_xml_add(backing_store, "source", "file", path, NULL);
    sb_xml_add(source, "seclabel", "model", "dac", "relabel", "no", NULL);
    return backing_store;
}

/* Disk NUMBER, from 0, of its BUS: vda, vdb… or sda, sdb… */
static void add_target(xmlNode *disk, SbDiskBus bus, guint number)
{
    char name[] = {bus == SB_DISK_SCSI ? 's' : 'v', 'd', (char)('a' + number), '\0'};
    sb_xml_add(disk, "target", "dev", name, "bus", sb_disk_bus_name(bus), NULL);
}

/* cache='unsafe' ignores the guest's flushes. They protect against a crash of the *host*: when the
 * guest or QEMU dies or powers off, the data is in the host's page cache. A machine that can be
 * made again need not survive its host, and tests that install packages are mostly flushes. `build`
 * syncs a disk that becomes a golden image. */
static xmlNode *add_qcow2(xmlNode *devices, const char *path)
{
    xmlNode *disk = sb_xml_add(devices, "disk", "type", "file", "device", "disk", NULL);
    sb_xml_add(disk, "driver", "name", "qemu", "type", "qcow2", "cache", "unsafe", "discard",
               "unmap", NULL);
    sb_xml_add(disk, "source", "file", path, NULL);
    return disk;
}

static void add_disk(xmlNode *devices, const SbMachine *machine)
{
    xmlNode *disk = add_qcow2(devices, machine->overlay_path), *base = disk;
    if (machine->layer_path)
        base = add_backing_store(base, machine->layer_path, "qcow2");
    base = add_backing_store(base, machine->image_path, machine->image_format);
    sb_xml_add(base, "backingStore", NULL);
    add_target(disk, SB_DISK_VIRTIO, 0);
    /* On the one device that can boot, so that the firmware does not try the network. */
    sb_xml_add(disk, "boot", "order", "1", NULL);
}

/* On scsi, because the cloud kernels of some distributions have no AHCI. */
static void add_seed(xmlNode *devices, const SbMachine *machine)
{
    xmlNode *disk = sb_xml_add(devices, "disk", "type", "file", "device", "cdrom", NULL);
    sb_xml_add(disk, "driver", "name", "qemu", "type", "raw", NULL);
    sb_xml_add(disk, "source", "file", machine->seed_path, NULL);
    add_target(disk, SB_DISK_SCSI, 0);
    sb_xml_add(disk, "readonly", NULL);
}

/* The first virtio disk is the one to boot from, and the first on scsi is the seed. */
static void add_more_disks(xmlNode *devices, const SbMachine *machine)
{
    guint numbers[] = {[SB_DISK_VIRTIO] = 1, [SB_DISK_SCSI] = 1};
    SB_EACH(const SbMachineDisk, more, machine->spec.disks) {
        xmlNode *disk = add_qcow2(devices, more->path), *base = disk;
        if (more->image_path)
            base = add_backing_store(base, more->image_path, more->image_format);
        sb_xml_add(base, "backingStore", NULL);
        add_target(disk, more->bus, numbers[more->bus]++);
        sb_xml_add_text(disk, "serial", more->name);
    }
}

/* The root ports that the machine needs beside those of all machines. */
static guint count_more_ports(const SbMachine *machine)
{
    guint count = machine->spec.networks.count - 1;
    count += machine->spec.shares ? machine->spec.shares->len : 0;
    for (guint i = 0; machine->spec.disks && i < machine->spec.disks->len; i++)
        count += ((const SbMachineDisk *)machine->spec.disks->pdata[i])->bus == SB_DISK_VIRTIO;
    return count;
}

static void add_controllers(xmlNode *devices, const SbMachine *machine)
{
    guint ports = USED_ROOT_PORTS + count_more_ports(machine) + SPARE_ROOT_PORTS;
    sb_xml_add(devices, "controller", "type", "pci", "index", "0", "model", "pcie-root", NULL);
    for (guint i = 1; i <= ports; i++) {
        g_autofree char *index = g_strdup_printf("%u", i);
        sb_xml_add(devices, "controller", "type", "pci", "index", index, "model", "pcie-root-port",
                   NULL);
    }
    sb_xml_add(devices, "controller", "type", "scsi", "index", "0", "model", "virtio-scsi", NULL);
    sb_xml_add(devices, "controller", "type", "virtio-serial", "index", "0", NULL);
    sb_xml_add(devices, "controller", "type", "usb", "model", "none", NULL);
}

static void add_interface(xmlNode *devices, const SbMachineNetwork *network)
{
    const char *type = network->kind == SB_NETWORK_USER     ? "user"
                       : network->kind == SB_NETWORK_BRIDGE ? "bridge"
                                                            : "network";
    xmlNode *interface = sb_xml_add(devices, "interface", "type", type, NULL);
    sb_xml_add(interface, "mac", "address", network->mac, NULL);
    if (network->kind != SB_NETWORK_USER)
        sb_xml_add(interface, "source", type, network->source, NULL);
    sb_xml_add(interface, "model", "type", "virtio", NULL);
    /* Without PXE code: machines do not boot from the network. */
    sb_xml_add(interface, "rom", "enabled", "no", NULL);
}

static void add_console(xmlNode *devices, const SbMachine *machine)
{
    xmlNode *serial = sb_xml_add(devices, "serial", "type", "pty", NULL);
    if (machine->console_log_path)
        sb_xml_add(serial, "log", "file", machine->console_log_path, "append", "off", NULL);
    const char *target_type = is_aarch64(machine) ? "system-serial" : "isa-serial";
    const char *model = is_aarch64(machine) ? "pl011" : "isa-serial";
    xmlNode *target = sb_xml_add(serial, "target", "type", target_type, "port", "0", NULL);
    sb_xml_add(target, "model", "name", model, NULL);
    xmlNode *console = sb_xml_add(devices, "console", "type", "pty", NULL);
    sb_xml_add(console, "target", "type", "serial", "port", "0", NULL);
}

static void add_channel(xmlNode *devices, const char *name)
{
    xmlNode *channel = sb_xml_add(devices, "channel", "type", "unix", NULL);
    sb_xml_add(channel, "target", "type", "virtio", "name", name, NULL);
}

/* For virtiofs, libvirt starts a program, which reads the memory of the guest. 9p is QEMU itself:
 * "squash", because it cannot change the owners of files. */
static void add_shares(xmlNode *devices, const SbMachine *machine)
{
    for (guint i = 0; machine->spec.shares && i < machine->spec.shares->len; i++) {
        const SbMachineShare *share = g_ptr_array_index(machine->spec.shares, i);
        g_autofree char *tag = sb_machine_share_tag(i);
        xmlNode *node = sb_xml_add(devices, "filesystem", "type", "mount", "accessmode",
                                   share->is_9p ? "squash" : "passthrough", NULL);
        sb_xml_add(node, "driver", "type", share->is_9p ? "path" : "virtiofs", NULL);
        sb_xml_add(node, "source", "dir", share->path, NULL);
        sb_xml_add(node, "target", "dir", tag, NULL);
        if (share->is_read_only)
            sb_xml_add(node, "readonly", NULL);
    }
}

static void add_shared_memory(xmlNode *domain)
{
    xmlNode *backing = sb_xml_add(domain, "memoryBacking", NULL);
    sb_xml_add(backing, "source", "type", "memfd", NULL);
    sb_xml_add(backing, "access", "mode", "shared", NULL);
}

/* libvirt starts swtpm, and deletes its state when it undefines the machine. */
static void add_tpm(xmlNode *devices, const SbMachine *machine)
{
    xmlNode *tpm = sb_xml_add(devices, "tpm", "model", machine->platform->tpm_model, NULL);
    sb_xml_add(tpm, "backend", "type", "emulator", "version", "2.0", NULL);
}

/* Devices that libvirt would add by itself are turned off: a test machine has only devices that
 * tests need. */
static void add_devices(xmlNode *domain, const SbMachine *machine)
{
    xmlNode *devices = sb_xml_add(domain, "devices", NULL);
    sb_xml_add_text(devices, "emulator", machine->platform->emulator);
    if (machine->overlay_path)
        add_disk(devices, machine);
    if (machine->seed_path)
        add_seed(devices, machine);
    add_more_disks(devices, machine);
    add_controllers(devices, machine);
    add_shares(devices, machine);
    for (guint i = 0; i < machine->spec.networks.count; i++)
        add_interface(devices, &machine->spec.networks.items[i]);
    add_console(devices, machine);
    add_channel(devices, SB_AGENT_CHANNEL);
    add_channel(devices, SB_RESULTS_CHANNEL);
    sb_xml_add(devices, "memballoon", "model", "none", NULL);
    xmlNode *rng = sb_xml_add(devices, "rng", "model", "virtio", NULL);
    xmlNode *backend = sb_xml_add_text(rng, "backend", "/dev/urandom");
    xmlNewProp(backend, BAD_CAST "model", BAD_CAST "random");
    if (machine->spec.has_tpm)
        add_tpm(devices, machine);
    /* Tells libvirt of a kernel panic. On aarch64 it is a PCI device that needs libvirt 9.1. */
    if (!is_aarch64(machine))
        sb_xml_add(devices, "panic", "model", "isa", NULL);
}

xmlDoc *sb_machine_domain_xml(const SbMachine *machine)
{
    xmlDoc *document = sb_xml_new("domain");
    xmlNode *domain = xmlDocGetRootElement(document);
    xmlNewProp(domain, BAD_CAST "type", BAD_CAST machine->platform->virt_type);
    add_identity(domain, machine);
    sb_xml_add_uint(domain, "memory", "KiB", machine->spec.memory_bytes / 1024);
    if (sb_machine_shares_have_virtiofs(machine->spec.shares))
        add_shared_memory(domain);
    sb_xml_add_uint(domain, "vcpu", NULL, machine->spec.vcpus);
    add_os(domain, machine);
    add_features(domain, machine);
    add_cpu(domain, machine);
    add_lifecycle(domain);
    add_devices(domain, machine);
    return document;
}
