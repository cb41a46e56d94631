/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/machine.h"
#include "model/mac.h"

#include "fleet-files.h"
#include "golden.h"

#include <string.h>

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"

static SbPlatform *platform_from(const char *name)
{
    g_autofree char *xml = test_data(name, NULL);
    g_autoptr(GError) error = NULL;
    SbPlatform *platform = sb_platform_from_domain_capabilities(xml, &error);
    g_assert_no_error(error);
    return platform;
}

static SbMetadata *example_metadata(SbNetworkKind network)
{
    SbMetadata *metadata = g_new0(SbMetadata, 1);
    metadata->fleet = g_strdup("faas");
    metadata->group = g_strdup("runner");
    metadata->index = 1;
    metadata->image = g_strdup("debian-12-arm64");
    metadata->image_volume = g_strdup("debian-12-arm64.0123456789abcdef.qcow2");
    metadata->pool = g_strdup("default");
    metadata->owner_uid = 1000;
    metadata->created = g_strdup("2024-01-31T12:00:00Z");
    metadata->spec_hash = g_strdup("5e884898da28047151d0e56f8dc62927");
    metadata->network = network;
    if (network == SB_NETWORK_NAT)
        metadata->address = g_strdup("10.83.7.10");
    metadata->login = g_strdup("seedbed");
    metadata->host_key = g_strdup(KEY);
    metadata->client_key = g_strdup(KEY);
    metadata->creator = g_strdup("3f9c-41/pid:[4026531836]/123/4567");
    return metadata;
}

static SbMachine *example(const SbPlatform *platform, SbNetworkKind network, const char *source)
{
    SbMachine *machine = g_new0(SbMachine, 1);
    machine->metadata = example_metadata(network);
    machine->name = sb_metadata_machine_name(machine->metadata);
    machine->uuid = g_strdup("6f1a3c1e-8f0f-4a2b-9d6e-1c2d3e4f5a6b");
    sb_machine_spec_init(&machine->spec);
    machine->spec.memory_bytes = 2 * G_GUINT64_CONSTANT(1024) * 1024 * 1024;
    machine->spec.networks.items[0] = (SbMachineNetwork){
        .kind = network, .source = g_strdup(source), .mac = sb_mac_derive(machine->uuid, "")};
    machine->overlay_path = g_strdup("/pool/faas-runner-1.qcow2");
    machine->image_path = g_strdup("/pool/debian-12-arm64.0123456789abcdef.qcow2");
    machine->image_format = g_strdup("qcow2");
    machine->seed_path = g_strdup("/pool/faas-runner-1.seed.iso");
    machine->console_log_path = g_strdup("/pool/faas-runner-1.console.log");
    machine->platform = platform;
    return machine;
}

static void check_golden(const char *golden, const char *capabilities, SbNetworkKind network,
                         const char *source)
{
    g_autoptr(SbPlatform) platform = platform_from(capabilities);
    g_autoptr(SbMachine) machine = example(platform, network, source);
    assert_golden(golden, sb_machine_domain_xml(machine));
}

static void test_aarch64_nat(void)
{
    check_golden("domain-aarch64-nat.xml", "domcaps-aarch64-qemu.xml", SB_NETWORK_NAT,
                 "seedbed-faas");
}

static void test_aarch64_user(void)
{
    check_golden("domain-aarch64-user.xml", "domcaps-aarch64-qemu.xml", SB_NETWORK_USER, NULL);
}

static void test_aarch64_kvm_isolated(void)
{
    check_golden("domain-aarch64-kvm-isolated.xml", "domcaps-aarch64-kvm.xml", SB_NETWORK_ISOLATED,
                 "seedbed-faas.isolated");
}

static void test_x86_64_existing(void)
{
    check_golden("domain-x86_64-existing.xml", "domcaps-x86_64-qemu.xml", SB_NETWORK_EXISTING,
                 "default");
}

static void test_x86_64_kvm_bridge(void)
{
    check_golden("domain-x86_64-kvm-bridge.xml", "domcaps-x86_64-kvm.xml", SB_NETWORK_BRIDGE,
                 "br0");
}

static void check_secure(const char *golden, const char *capabilities)
{
    g_autofree char *xml = test_data(capabilities, NULL);
    /* As on a host with swtpm. */
    g_auto(GStrv) parts = g_strsplit(xml, "<value>passthrough</value>", 2);
    g_autofree char *with_swtpm = g_strjoinv("<value>emulator</value>", parts);
    g_autoptr(SbPlatform) platform = sb_platform_from_domain_capabilities(with_swtpm, NULL);
    g_assert_true(platform->has_secure_boot);
    g_assert_nonnull(platform->tpm_model);
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_USER, NULL);
    machine->spec.has_secure_boot = machine->spec.has_tpm = TRUE;
    machine->spec.cpu = g_strdup("max");
    assert_golden(golden, sb_machine_domain_xml(machine));
}

static void test_secure(void)
{
    check_secure("domain-aarch64-secure.xml", "domcaps-aarch64-qemu.xml");
    check_secure("domain-x86_64-secure.xml", "domcaps-x86_64-qemu.xml");
}

/* Three disks, completed as a plan does it. */
static void add_disks(SbMachine *machine)
{
    g_autoptr(SbFleetFile) file = parse("fleet: f\nimage: i\nmachines: {g: {disks: [\n"
                                        "{name: data, size: 1 GiB},\n"
                                        "{name: bulk, image: bulk, bus: scsi},\n"
                                        "{name: log, size: 1 GiB}]}}\n");
    machine->spec.disks = group(file, 0)->spec.disks;
    sb_machine_disks_type.own(&machine->spec.disks);
    for (guint i = 0; i < machine->spec.disks->len; i++) {
        SbMachineDisk *disk = g_ptr_array_index(machine->spec.disks, i);
        g_autofree char *volume = sb_disk_name(machine->name, disk->name);
        disk->path = g_strconcat("/pool/", volume, NULL);
        disk->image_path = g_strdup(disk->image.name ? "/pool/bulk.0123456789abcdef.raw" : NULL);
        disk->image_format = g_strdup(disk->image.name ? "raw" : NULL);
    }
}

static void check_disks(const char *golden, const char *capabilities)
{
    g_autoptr(SbPlatform) platform = platform_from(capabilities);
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_NAT, "seedbed-faas");
    add_disks(machine);
    assert_golden(golden, sb_machine_domain_xml(machine));
}

static void test_aarch64_disks(void)
{
    check_disks("domain-aarch64-disks.xml", "domcaps-aarch64-qemu.xml");
}

static void test_x86_64_disks(void)
{
    check_disks("domain-x86_64-disks.xml", "domcaps-x86_64-qemu.xml");
}

static void check_kernel(const char *golden, const char *capabilities)
{
    g_autoptr(SbPlatform) platform = platform_from(capabilities);
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_NAT, "seedbed-faas");
    machine->kernel_path = g_strdup("/pool/faas-runner-1.kernel");
    machine->initrd_path = g_strdup("/pool/faas-runner-1.initrd");
    machine->spec.kernel.cmdline = g_strdup("root=/dev/vda1 a=\"<b>&c\"");
    assert_golden(golden, sb_machine_domain_xml(machine));
}

static void test_kernel(void)
{
    check_kernel("domain-aarch64-kernel.xml", "domcaps-aarch64-qemu.xml");
    check_kernel("domain-x86_64-kernel.xml", "domcaps-x86_64-kvm.xml");
}

/* By both drivers, to read and to write. */
static void check_shares(const char *golden, const char *capabilities)
{
    g_autoptr(SbPlatform) platform = platform_from(capabilities);
    g_assert_true(platform->has_virtiofs);
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_NAT, "seedbed-faas");
    g_autoptr(SbFleetFile) file = parse("fleet: f\nimage: i\nmachines: {g: {shares: [\n"
                                        "{from: a, to: /a}, {from: b, to: /b, read-only: false},\n"
                                        "{from: c, to: /c, driver: 9p}]}}\n");
    machine->spec.shares = g_ptr_array_ref(group(file, 0)->spec.shares);
    for (guint i = 0; i < machine->spec.shares->len; i++) {
        SbMachineShare *share = g_ptr_array_index(machine->spec.shares, i);
        share->path = g_strconcat("/srv/", share->from, NULL);
    }
    assert_golden(golden, sb_machine_domain_xml(machine));
    /* Without virtiofs, the memory is the guest's alone. */
    g_ptr_array_remove_range(machine->spec.shares, 0, 2);
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    g_assert_null(sb_xml_find(xmlDocGetRootElement(document), "memoryBacking"));
}

static void test_shares(void)
{
    check_shares("domain-aarch64-shares.xml", "domcaps-aarch64-qemu.xml");
    check_shares("domain-x86_64-shares.xml", "domcaps-x86_64-qemu.xml");
}

static void check_several_networks(const char *golden, const char *capabilities)
{
    g_autoptr(SbPlatform) platform = platform_from(capabilities);
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_NAT, "seedbed-faas");
    SbMachineNetworks *networks = &machine->spec.networks;
    networks->items[networks->count++] =
        (SbMachineNetwork){.kind = SB_NETWORK_USER, .mac = g_strdup("52:54:00:00:00:02")};
    networks->items[networks->count++] = (SbMachineNetwork){
        .kind = SB_NETWORK_BRIDGE, .source = g_strdup("br0"), .mac = g_strdup("52:54:00:00:00:03")};
    assert_golden(golden, sb_machine_domain_xml(machine));
}

static void test_several_networks(void)
{
    check_several_networks("domain-aarch64-networks.xml", "domcaps-aarch64-qemu.xml");
    check_several_networks("domain-x86_64-networks.xml", "domcaps-x86_64-kvm.xml");
}

/* The metadata in the XML can be read again. */
static void test_metadata(void)
{
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_NAT, "seedbed-faas");
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    g_autofree char *xml = sb_xml_to_string(document);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbMetadata) metadata = sb_metadata_parse(xml, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(metadata->address, ==, "10.83.7.10");
    g_assert_cmpstr(metadata->host_key, ==, KEY);
}

/* Paths come from the host, names of networks from a pull request: neither may become markup. */
static void test_escaping(void)
{
    static const char hostile[] = "/a'/><disk type=\"block\"/>&amp;]]>.qcow2";
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_BRIDGE, hostile);
    g_free(machine->overlay_path);
    machine->overlay_path = g_strdup(hostile);
    g_autoptr(xmlDoc) built = sb_machine_domain_xml(machine);
    g_autofree char *xml = sb_xml_to_string(built);
    g_autoptr(xmlDoc) parsed = sb_xml_parse(xml, NULL);
    xmlNode *domain = xmlDocGetRootElement(parsed);
    g_autofree char *overlay = sb_xml_attribute(domain, "devices/disk/source", "file");
    g_autofree char *bridge = sb_xml_attribute(domain, "devices/interface/source", "bridge");
    g_assert_cmpstr(overlay, ==, hostile);
    g_assert_cmpstr(bridge, ==, hostile);
    guint disks = 0;
    for (xmlNode *disk = sb_xml_find(domain, "devices/disk"); disk;
         disk = sb_xml_next(disk, "disk"))
        disks++;
    g_assert_cmpuint(disks, ==, 2);
}

/* The chain is written out, and none of it is given to the QEMU user. */
static void test_layer(void)
{
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_NAT, "seedbed-faas");
    machine->layer_path = g_strdup("/pool/warm-0123456789abcdef.layer.qcow2");
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    xmlNode *layer = sb_xml_find(xmlDocGetRootElement(document), "devices/disk/backingStore");
    xmlNode *image = sb_xml_first(layer, "backingStore");
    xmlNode *end = sb_xml_first(image, "backingStore");
    g_autofree char *layer_path = sb_xml_attribute(layer, "source", "file");
    g_autofree char *image_path = sb_xml_attribute(image, "source", "file");
    g_autofree char *layer_relabel = sb_xml_attribute(layer, "source/seclabel", "relabel");
    g_autofree char *image_relabel = sb_xml_attribute(image, "source/seclabel", "relabel");
    g_assert_cmpstr(layer_path, ==, machine->layer_path);
    g_assert_cmpstr(image_path, ==, machine->image_path);
    g_assert_cmpstr(layer_relabel, ==, "no");
    g_assert_cmpstr(image_relabel, ==, "no");
    g_assert_null(end->children);
}

static void test_no_console_log(void)
{
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_USER, NULL);
    g_clear_pointer(&machine->console_log_path, g_free);
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    xmlNode *domain = xmlDocGetRootElement(document);
    g_assert_nonnull(sb_xml_find(domain, "devices/serial/target"));
    g_assert_null(sb_xml_find(domain, "devices/serial/log"));
}

static void test_no_gic(void)
{
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    platform->gic_version = 0;
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_USER, NULL);
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    xmlNode *domain = xmlDocGetRootElement(document);
    g_assert_nonnull(sb_xml_find(domain, "features/acpi"));
    g_assert_null(sb_xml_find(domain, "features/gic"));
}

/* libvirt 9.0 does not know the attribute, so it must not be there when it need not. */
static void test_firmware_format(void)
{
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_USER, NULL);
    g_autoptr(xmlDoc) raw = sb_machine_domain_xml(machine);
    g_autofree char *none = sb_xml_attribute(xmlDocGetRootElement(raw), "os/loader", "format");
    g_assert_null(none);
    g_free(platform->firmware_format);
    platform->firmware_format = g_strdup("qcow2");
    g_autoptr(xmlDoc) qcow2 = sb_machine_domain_xml(machine);
    g_autofree char *format = sb_xml_attribute(xmlDocGetRootElement(qcow2), "os/loader", "format");
    g_assert_cmpstr(format, ==, "qcow2");
}

static void test_raw_image(void)
{
    g_autoptr(SbPlatform) platform = platform_from("domcaps-aarch64-qemu.xml");
    g_autoptr(SbMachine) machine = example(platform, SB_NETWORK_USER, NULL);
    g_free(machine->image_format);
    machine->image_format = g_strdup("raw");
    g_autoptr(xmlDoc) document = sb_machine_domain_xml(machine);
    xmlNode *domain = xmlDocGetRootElement(document);
    g_autofree char *image = sb_xml_attribute(domain, "devices/disk/backingStore/format", "type");
    g_autofree char *overlay = sb_xml_attribute(domain, "devices/disk/driver", "type");
    g_assert_cmpstr(image, ==, "raw");
    g_assert_cmpstr(overlay, ==, "qcow2");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/machine/secure", test_secure);
    g_test_add_func("/machine/aarch64-nat", test_aarch64_nat);
    g_test_add_func("/machine/aarch64-user", test_aarch64_user);
    g_test_add_func("/machine/aarch64-kvm-isolated", test_aarch64_kvm_isolated);
    g_test_add_func("/machine/x86_64-existing", test_x86_64_existing);
    g_test_add_func("/machine/x86_64-kvm-bridge", test_x86_64_kvm_bridge);
    g_test_add_func("/machine/aarch64-disks", test_aarch64_disks);
    g_test_add_func("/machine/x86_64-disks", test_x86_64_disks);
    g_test_add_func("/machine/kernel", test_kernel);
    g_test_add_func("/machine/shares", test_shares);
    g_test_add_func("/machine/several-networks", test_several_networks);
    g_test_add_func("/machine/metadata", test_metadata);
    g_test_add_func("/machine/escaping", test_escaping);
    g_test_add_func("/machine/layer", test_layer);
    g_test_add_func("/machine/no-console-log", test_no_console_log);
    g_test_add_func("/machine/no-gic", test_no_gic);
    g_test_add_func("/machine/firmware-format", test_firmware_format);
    g_test_add_func("/machine/raw-image", test_raw_image);
    return g_test_run();
}
