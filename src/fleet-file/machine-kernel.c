/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-kernel.h"

#include <string.h>

/* With less than the 2048 bytes that kernels read: the firmware adds some words. */
#define CMDLINE_MAX 2000

/* ---- the value ---- */

static void own(gpointer field)
{
    SbMachineKernel *kernel = field;
    sb_file_type.own(&kernel->image);
    sb_file_type.own(&kernel->initrd);
    kernel->cmdline = g_strdup(kernel->cmdline);
}

static void clear(gpointer field)
{
    SbMachineKernel *kernel = field;
    sb_file_reference_clear(&kernel->image);
    sb_file_reference_clear(&kernel->initrd);
    g_clear_pointer(&kernel->cmdline, g_free);
}

static void describe(gconstpointer field, GString *text)
{
    const SbMachineKernel *kernel = field;
    if (!kernel->image.path)
        return;
    g_autofree char *image = sb_file_reference_digest(&kernel->image);
    g_autofree char *initrd = sb_file_reference_digest(&kernel->initrd);
    g_string_append_printf(text, "%s %s %s", image, initrd, kernel->cmdline ? kernel->cmdline : "");
}

/* ---- reading ---- */

static void read_cmdline(const SbValueReader *reader, const SbYamlNode *node, char **cmdline_out)
{
    if (sb_value_line(reader, "cmdline", node, "a command line", cmdline_out) &&
        strlen(*cmdline_out) > CMDLINE_MAX)
        sb_value_complain(reader, node,
                          "cmdline has %zu bytes, and %d are allowed: a kernel does not read more",
                          strlen(*cmdline_out), CMDLINE_MAX);
}

static void read_kernel(const SbValueReader *reader, const char *key, const SbYamlNode *node,
                        gpointer field)
{
    static const char *const keys[] = {"image", "initrd", "cmdline", NULL};
    if (!sb_value_is_mapping(reader, key, node, "image, initrd and cmdline"))
        return;
    const SbYamlNode *image = sb_yaml_get(node, "image"), *initrd = sb_yaml_get(node, "initrd");
    const SbYamlNode *cmdline = sb_yaml_get(node, "cmdline");
    guint before = sb_diagnostics_total(reader->diagnostics);
    SbMachineKernel made = {0};
    sb_value_check_keys(reader, node, keys);
    if (!image)
        sb_value_complain(reader, node, "%s needs an image: write 'image: FILE' in it", key);
    else
        sb_file_type.read(reader, "image", image, &made.image);
    if (initrd)
        sb_file_type.read(reader, "initrd", initrd, &made.initrd);
    if (cmdline)
        read_cmdline(reader, cmdline, &made.cmdline);
    if (sb_diagnostics_total(reader->diagnostics) > before) {
        clear(&made);
        return;
    }
    clear(field);
    *(SbMachineKernel *)field = made;
}

const SbFieldType sb_machine_kernel_type = {read_kernel, own, clear, describe};

/* ---- the file ---- */

/* Where the parts of a kernel are that show what it is. */
enum { ZBOOT_AT = 4, ARM64_AT = 0x38, PE_OFFSET_AT = 0x3c, SETUP_AT = 0x202, PE_MACHINE = 4 };

static gboolean has(GBytes *image, gsize at, const char *magic, gsize length)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(image, &size);
    return at <= size && length <= size - at && memcmp(data + at, magic, length) == 0;
}

/* The number of LENGTH bytes at AT; 0: they are not there. */
static guint number_at(GBytes *image, gsize at, gsize length)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(image, &size);
    guint number = 0;
    if (at > size || length > size - at)
        return 0;
    for (gsize i = length; i > 0; i--)
        number = number << 8 | data[at + i - 1];
    return number;
}

/* The architecture that an EFI program is for: libvirt's name, "another architecture", or NULL if
 * IMAGE is not one. */
static const char *efi_arch(GBytes *image)
{
    enum { ARM64 = 0xaa64, AMD64 = 0x8664 };
    gsize pe = number_at(image, PE_OFFSET_AT, 4);
    if (!has(image, 0, "MZ", 2) || !has(image, pe, "PE\0\0", 4))
        return NULL;
    guint machine = number_at(image, pe + PE_MACHINE, 2);
    return machine == ARM64 ? "aarch64" : machine == AMD64 ? "x86_64" : "another architecture";
}

char *sb_machine_kernel_refusal(GBytes *image, const char *arch)
{
    gboolean is_linux = has(image, ARM64_AT, "ARM\x64", 4) || has(image, SETUP_AT, "HdrS", 4) ||
                        has(image, ZBOOT_AT, "zimg", 4);
    const char *is_for = efi_arch(image);
    if (has(image, 0, "\x1f\x8b", 2))
        return g_strdup("is compressed with gzip: give the kernel uncompressed ('gunzip')");
    if (has(image, 0,
            "\x7f"
            "ELF",
            4))
        return g_strdup("is an ELF file, as 'vmlinux' is: give 'Image' (aarch64) or 'bzImage' "
                        "(x86_64)");
    if (!is_linux)
        return g_strdup("is not a Linux kernel: give 'Image' (aarch64) or 'bzImage' (x86_64)");
    if (!is_for)
        return g_strdup("is a kernel that UEFI cannot start: build it with CONFIG_EFI_STUB=y");
    return strcmp(is_for, arch) == 0
               ? NULL
               : g_strdup_printf("is a kernel for %s, and the machines are %s", is_for, arch);
}
