/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-kernel.h"

#include "fleet-files.h"
#include "test.h"

#define HEAD "fleet: f\nimage: i\nmachines: {g: {kernel: "

static void test_read(void)
{
    g_autoptr(SbFleetFile) file = parse(HEAD "{image: k, initrd: ../i, cmdline: 'a=1 b'}}}\n");
    const SbMachineKernel *kernel = &group(file, 0)->spec.kernel;
    g_assert_cmpstr(kernel->image.path, ==, "k");
    g_assert_cmpuint(kernel->image.mark.line, ==, 3);
    g_assert_cmpstr(kernel->initrd.path, ==, "../i");
    g_assert_cmpstr(kernel->cmdline, ==, "a=1 b");
    g_autoptr(SbFleetFile) one = parse(HEAD "{image: k}}}\n");
    g_assert_null(group(one, 0)->spec.kernel.initrd.path);
    g_assert_null(group(one, 0)->spec.kernel.cmdline);
}

static void test_wrong(void)
{
    refuse(HEAD "k}}\n", "3:24");
    refuse(HEAD "{}}}\n", "3:24");
    refuse(HEAD "{initrd: i}}}\n", "3:24");
    refuse(HEAD "{image: ''}}}\n", "3:32");
    refuse(HEAD "{image: k, dtb: d}}}\n", "3:35");
    refuse(HEAD "{image: k, cmdline: \"a\\nb\"}}}\n", "3:44");
    g_autofree char *line = g_strnfill(2001, 'a');
    g_autofree char *text = g_strdup_printf(HEAD "{image: k, cmdline: %s}}}\n", line);
    refuse(text, "3:44");
}

/* A file of 1 KiB with the parts of a kernel. (transfer full) */
static GBytes *kernel_with(const char *dos, guint pe_at, guint machine, guint magic_at,
                           const char *magic)
{
    guint8 *data = g_malloc0(1024);
    memcpy(data, dos, strlen(dos));
    memcpy(data + magic_at, magic, strlen(magic));
    data[0x3c] = (guint8)pe_at;
    data[0x3d] = (guint8)(pe_at >> 8);
    if (machine) {
        memcpy(data + pe_at, "PE", 2);
        data[pe_at + 4] = (guint8)machine;
        data[pe_at + 5] = (guint8)(machine >> 8);
    }
    return g_bytes_new_take(data, 1024);
}

/* IMAGE (transfer full) is refused in words that have PART; NULL: it is not refused. */
static void check(GBytes *image, const char *arch, const char *part)
{
    g_autoptr(GBytes) owned = image;
    g_autofree char *refusal = sb_machine_kernel_refusal(image, arch);
    if (part)
        g_assert_nonnull(strstr(refusal, part));
    else
        g_assert_cmpstr(refusal, ==, NULL);
}

static void test_file(void)
{
    enum { ARM64 = 0xaa64, AMD64 = 0x8664, RISCV64 = 0x5064 };
    check(kernel_with("MZ", 0x40, ARM64, 0x38, "ARMd"), "aarch64", NULL);
    check(kernel_with("MZ", 0x40, ARM64, 4, "zimg"), "aarch64", NULL);
    check(kernel_with("MZ", 0x80, AMD64, 0x202, "HdrS"), "x86_64", NULL);
    check(kernel_with("MZ", 0x80, AMD64, 0x202, "HdrS"), "aarch64", "is a kernel for x86_64");
    check(kernel_with("MZ", 0x40, ARM64, 0x38, "ARMd"), "x86_64", "is a kernel for aarch64");
    check(kernel_with("MZ", 0x40, RISCV64, 4, "zimg"), "x86_64", "another architecture");
    check(kernel_with("", 0, 0, 0x38, "ARMd"), "aarch64", "CONFIG_EFI_STUB");
    check(kernel_with("MZ", 0x3ff, 0, 0x38, "ARMd"), "aarch64", "CONFIG_EFI_STUB");
    check(kernel_with("MZ", 0xffff, 0, 0x202, "HdrS"), "x86_64", "CONFIG_EFI_STUB");
    check(kernel_with("MZ", 0x40, ARM64, 0x100, "x"), "aarch64", "is not a Linux kernel");
    check(kernel_with("\x1f\x8b", 0, 0, 0x100, "x"), "aarch64", "gunzip");
    check(kernel_with("\x7f"
                      "ELF",
                      0, 0, 0x100, "x"),
          "aarch64", "'Image'");
    check(g_bytes_new_static("", 0), "aarch64", "is not a Linux kernel");
    check(g_bytes_new_static("MZ", 2), "aarch64", "is not a Linux kernel");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/machine-kernel/read", test_read);
    g_test_add_func("/machine-kernel/wrong", test_wrong);
    g_test_add_func("/machine-kernel/file", test_file);
    return g_test_run();
}
