/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-disks.h"
#include "fleet-files.h"
#include "test.h"

static const GPtrArray *disks(const SbFleetFile *file)
{
    return group(file, 0)->spec.disks;
}

static SbFleetFile *parse_disks(const char *list)
{
    g_autofree char *text = g_strdup_printf(
        "fleet: f\nimage: i\ndefaults: {disks: [{name: all, size: 1 GiB}]}\nmachines: {g: %s}\n",
        list);
    return parse(text);
}

static void test_read(void)
{
    g_autoptr(SbFleetFile) file = parse_disks("{disks: [{name: data, size: 20 GiB},\n"
                                              "{name: log, bus: scsi, image: other}]}");
    g_assert_cmpuint(disks(file)->len, ==, 2);
    const SbMachineDisk *data = g_ptr_array_index(disks(file), 0);
    const SbMachineDisk *log = g_ptr_array_index(disks(file), 1);
    g_assert_cmpstr(data->name, ==, "data");
    g_assert_cmpuint(data->bus, ==, SB_DISK_VIRTIO);
    g_assert_cmpuint(data->size_bytes, ==, 20 * G_GUINT64_CONSTANT(1024) * 1024 * 1024);
    g_assert_null(data->image.name);
    g_assert_cmpuint(data->mark.line, ==, 4);
    g_assert_cmpuint(log->bus, ==, SB_DISK_SCSI);
    g_assert_cmpuint(log->size_bytes, ==, 0);
    g_assert_cmpstr(log->image.name, ==, "other");
}

/* The list of a group replaces that of the defaults, also by nothing. */
static void test_defaults(void)
{
    g_autoptr(SbFleetFile) without = parse_disks("");
    g_assert_cmpuint(disks(without)->len, ==, 1);
    g_autoptr(SbFleetFile) empty = parse_disks("{disks: []}");
    g_assert_null(disks(empty));
}

static void test_findings(void)
{
    static const struct {
        const char *list, *finding;
    } cases[] = {
        {"5 GiB", "f.yaml:3:23: disks must be a list of disks"},
        {"[5 GiB]", "f.yaml:3:24: a disk must be a mapping of name, size, bus and image"},
        {"[{size: 1 GiB}]", "f.yaml:3:24: a disk needs a name"},
        {"[{name: a}]", "f.yaml:3:24: a disk needs a size or an image"},
        {"[{name: A, size: 1 GiB}]", "f.yaml:3:31: disk name 'A'"},
        {"[{name: a23456789-123456789xy, size: 1 GiB}]",
         "f.yaml:3:31: the name of a disk has at most 20 characters"},
        {"[{name: a, size: 1 KiB}]", "f.yaml:3:40: size must be a size from 1 MiB to 64 TiB"},
        {"[{name: a, size: 1 GiB, bus: ide}]", "f.yaml:3:52: bus must be virtio or scsi"},
        {"[{name: a, size: 1 GiB, bus: nvme}]", "f.yaml:3:52: bus cannot be nvme: libvirt"},
        {"[{name: a, image: A/B}]", "f.yaml:3:41: image name 'A/B'"},
        {"[{name: a, image: i, sizes: 1 GiB}]",
         "f.yaml:3:44: unknown key 'sizes', did you mean 'size'?"},
        {"[{name: a, size: 1 GiB}, {name: a, image: i}]", "f.yaml:3:48: two disks are called 'a'"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SbDiagnostics) diagnostics = sb_diagnostics_new();
        g_autofree char *text =
            g_strdup_printf("fleet: f\nimage: i\nmachines: {g: {disks: %s}}\n", cases[i].list);
        g_assert_null(sb_fleet_file_parse("f.yaml", text, strlen(text), diagnostics));
        g_autofree char *findings = sb_diagnostics_to_string(diagnostics);
        if (!g_str_has_prefix(findings, cases[i].finding))
            g_error("'%s' is not the beginning of '%s'", cases[i].finding, findings);
    }
}

static void test_too_many(void)
{
    g_autoptr(GString) text = g_string_new("fleet: f\nimage: i\nmachines: {g: {disks: [");
    for (guint i = 0; i <= SB_DISKS_MAX; i++)
        g_string_append_printf(text, "{name: d%u, size: 1 GiB},", i);
    g_string_append(text, "]}}\n");
    refuse(text->str, "3:23");
}

/* (transfer full) */
static GPtrArray *copy_of(const GPtrArray *all)
{
    GPtrArray *copy = (GPtrArray *)all;
    sb_machine_disks_type.own(&copy);
    return copy;
}

/* A copy is made anew for each machine: the plan writes into it. */
static void test_copy(void)
{
    g_autoptr(SbFleetFile) file = parse_disks("{disks: [{name: a, image: i, size: 1 GiB}]}");
    g_autoptr(GPtrArray) copy = copy_of(disks(file));
    SbMachineDisk *disk = g_ptr_array_index(copy, 0);
    disk->image_volume = g_strdup("i.0123456789abcdef.qcow2");
    g_autoptr(GPtrArray) again = copy_of(copy);
    const SbMachineDisk *other = g_ptr_array_index(again, 0);
    g_assert_cmpstr(other->image.name, ==, "i");
    g_assert_true(other->image.name != disk->image.name);
    g_assert_true(other->image_volume != disk->image_volume);
    g_assert_null(((SbMachineDisk *)disks(file)->pdata[0])->image_volume);
    g_assert_null(copy_of(NULL));
}

/* Another version of an image is another machine. */
static void test_describe(void)
{
    g_autoptr(SbFleetFile) file = parse_disks("{disks: [{name: a, image: i}, {name: b, "
                                              "size: 1 MiB, bus: scsi}]}");
    g_autoptr(GPtrArray) copy = copy_of(disks(file));
    ((SbMachineDisk *)copy->pdata[0])->image_volume = g_strdup("i.0123456789abcdef.qcow2");
    g_autoptr(GString) text = g_string_new(NULL);
    const GPtrArray *none = NULL;
    sb_machine_disks_type.describe(&copy, text);
    sb_machine_disks_type.describe(&none, text);
    g_assert_cmpstr(text->str, ==, "a virtio 0 i.0123456789abcdef.qcow2, b scsi 1048576 -");
}

static void test_volumes(void)
{
    g_autofree char *volume = sb_disk_name("f-m-1", "data");
    g_assert_cmpstr(volume, ==, "f-m-1.data.disk.qcow2");
    g_autofree char *disk = sb_disk_of_volume("f-m-1", volume);
    g_assert_cmpstr(disk, ==, "data");
    static const char *const others[] = {"f-m-11.data.disk.qcow2", "f-m-1.disk.qcow2",
                                         "f-m-1.a.b.disk.qcow2", "f-m-1.data.qcow2"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(sb_disk_of_volume("f-m-1", others[i]));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/machine-disks/read", test_read);
    g_test_add_func("/machine-disks/defaults", test_defaults);
    g_test_add_func("/machine-disks/findings", test_findings);
    g_test_add_func("/machine-disks/too-many", test_too_many);
    g_test_add_func("/machine-disks/copy", test_copy);
    g_test_add_func("/machine-disks/describe", test_describe);
    g_test_add_func("/machine-disks/volumes", test_volumes);
    return g_test_run();
}
