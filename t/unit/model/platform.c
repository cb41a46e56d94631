/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/platform.h"

#include "golden.h"

#include <string.h>

static SbPlatform *parse_file(const char *name)
{
    g_autofree char *xml = test_data(name, NULL);
    g_autoptr(GError) error = NULL;
    SbPlatform *platform = sb_platform_from_domain_capabilities(xml, &error);
    g_assert_no_error(error);
    return platform;
}

/* The captured capabilities NAME with OLD replaced by NEW. */
static SbPlatform *parse_changed(const char *name, const char *old, const char *new, GError **error)
{
    g_autofree char *xml = test_data(name, NULL);
    g_autofree char *changed = replaced(xml, old, new);
    return sb_platform_from_domain_capabilities(changed, error);
}

static void assert_refused(const char *old, const char *new, SbPlatformError code)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SbPlatform) platform = parse_changed("domcaps-aarch64-qemu.xml", old, new, &error);
    g_assert_null(platform);
    g_assert_error(error, SB_PLATFORM_ERROR, (gint)code);
}

static void test_aarch64_qemu(void)
{
    g_autoptr(SbPlatform) platform = parse_file("domcaps-aarch64-qemu.xml");
    g_assert_cmpstr(platform->arch, ==, "aarch64");
    g_assert_cmpstr(platform->machine, ==, "virt-7.2");
    g_assert_cmpstr(platform->virt_type, ==, "qemu");
    g_assert_true(sb_platform_is_emulated(platform));
    g_assert_cmpstr(platform->emulator, ==, "/usr/bin/qemu-system-aarch64");
    g_assert_cmpstr(platform->firmware_path, ==, "/usr/share/AAVMF/AAVMF_CODE.fd");
    g_assert_cmpstr(platform->firmware_format, ==, "raw");
    g_assert_cmpuint(platform->gic_version, ==, 3);
    g_assert_cmpstr(platform->cpu_mode, ==, "custom");
    g_assert_cmpstr(platform->cpu_model, ==, "cortex-a57");
    g_assert_cmpuint(platform->vcpus_max, ==, 512);
}

static void test_aarch64_kvm(void)
{
    g_autoptr(SbPlatform) platform = parse_file("domcaps-aarch64-kvm.xml");
    g_assert_false(sb_platform_is_emulated(platform));
    g_assert_cmpstr(platform->firmware_path, ==, "/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw");
    g_assert_cmpuint(platform->gic_version, ==, 3);
    g_assert_cmpstr(platform->cpu_mode, ==, "host-passthrough");
    g_assert_null(platform->cpu_model);
}

static void test_x86_64_qemu(void)
{
    g_autoptr(SbPlatform) platform = parse_file("domcaps-x86_64-qemu.xml");
    g_assert_cmpstr(platform->machine, ==, "pc-q35-7.2");
    g_assert_cmpstr(platform->firmware_path, ==, "/usr/share/OVMF/OVMF_CODE_4M.fd");
    g_assert_cmpuint(platform->gic_version, ==, 0);
    g_assert_cmpstr(platform->cpu_mode, ==, "maximum");
    g_assert_null(platform->cpu_model);
    g_assert_cmpuint(platform->vcpus_max, ==, 288);
}

static void test_x86_64_kvm(void)
{
    g_autoptr(SbPlatform) platform = parse_file("domcaps-x86_64-kvm.xml");
    g_assert_cmpstr(platform->virt_type, ==, "kvm");
    g_assert_cmpstr(platform->firmware_path, ==, "/usr/share/edk2/ovmf/OVMF_CODE.fd");
    g_assert_cmpstr(platform->cpu_mode, ==, "host-passthrough");
}

static void test_no_firmware(void)
{
    g_autofree char *xml = test_data("domcaps-aarch64-no-firmware.xml", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_null(sb_platform_from_domain_capabilities(xml, &error));
    g_assert_error(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_NO_FIRMWARE);
    /* The message says what to install. */
    g_assert_nonnull(strstr(error->message, "qemu-efi-aarch64"));
    g_assert_nonnull(strstr(error->message, "edk2-aarch64"));
}

static void test_no_pflash(void)
{
    assert_refused("<value>pflash</value>", "", SB_PLATFORM_ERROR_NO_FIRMWARE);
    assert_refused("<loader supported='yes'>", "<loader supported='no'>",
                   SB_PLATFORM_ERROR_NO_FIRMWARE);
}

/* Names as distributions have them, in the order in which libvirt might list them. */
static void test_firmware_choice(void)
{
    static const struct {
        const char *file;
        const char *listed;
        const char *chosen;
        const char *format;
    } cases[] = {
        {"domcaps-aarch64-qemu.xml", "/a/AAVMF_CODE.secboot.fd /a/AAVMF_CODE.no-secboot.fd",
         "/a/AAVMF_CODE.no-secboot.fd", "raw"},
        {"domcaps-aarch64-qemu.xml", "/a/AAVMF_CODE.ms.fd /a/AAVMF_CODE.snakeoil.fd", NULL, NULL},
        {"domcaps-aarch64-qemu.xml", "/a/QEMU_EFI-silent-pflash.raw /a/QEMU_EFI-pflash.qcow2",
         "/a/QEMU_EFI-pflash.qcow2", "qcow2"},
        {"domcaps-aarch64-qemu.xml", "/a/QEMU_EFI-silent-pflash.raw",
         "/a/QEMU_EFI-silent-pflash.raw", "raw"},
        {"domcaps-aarch64-qemu.xml", "/a/aavmf-aarch64-code.bin /a/AAVMF_CODE.fd",
         "/a/aavmf-aarch64-code.bin", "raw"},
        {"domcaps-aarch64-qemu.xml", "relative/AAVMF_CODE.fd", NULL, NULL},
        {"domcaps-aarch64-qemu.xml",
         "/o/OVMF_CODE.fd /a/AAVMF32_CODE.fd /q/edk2-x86_64-code.fd /a/edk2-arm-code.fd", NULL,
         NULL},
        {"domcaps-x86_64-qemu.xml", "/a/AAVMF_CODE.fd /o/OVMF_CODE.fd", "/o/OVMF_CODE.fd", "raw"},
        {"domcaps-x86_64-qemu.xml", "/o/OVMF_CODE.fd /o/OVMF_CODE.4m.fd", "/o/OVMF_CODE.4m.fd",
         "raw"},
        {"domcaps-x86_64-qemu.xml", "/o/OVMF_CODE_4M.qcow2 /o/OVMF_CODE.fd", "/o/OVMF_CODE.fd",
         "raw"},
        {"domcaps-x86_64-qemu.xml", "/o/ovmf-x86_64-smm-ms-code.bin /o/ovmf-x86_64-4m-code.bin",
         "/o/ovmf-x86_64-4m-code.bin", "raw"},
        {"domcaps-x86_64-qemu.xml", "/o/edk2-x86_64-secure-code.fd /o/edk2-x86_64-code.fd",
         "/o/edk2-x86_64-code.fd", "raw"},
        {"domcaps-x86_64-qemu.xml", "/o/OVMF.amdsev.fd /o/OVMF.inteltdx.fd /s/bios-256k.bin", NULL,
         NULL},
        /* The words count in the file's name only. */
        {"domcaps-x86_64-qemu.xml", "/secure/ms/OVMF_CODE_4M.fd", "/secure/ms/OVMF_CODE_4M.fd",
         "raw"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(GStrv) listed = g_strsplit(cases[i].listed, " ", -1);
        g_autofree char *joined = g_strjoinv("</value><value>", listed);
        g_autofree char *loader =
            g_strdup_printf("<loader supported='yes'><value>%s</value>", joined);
        g_autofree char *xml = test_data(cases[i].file, NULL);
        /* Away with the real ones. */
        g_autoptr(GRegex) real =
            g_regex_new("<value>/usr/share/(AAVMF|OVMF)[^<]*</value>", 0, 0, NULL);
        g_autofree char *bare = g_regex_replace_literal(real, xml, -1, 0, "", 0, NULL);
        g_autofree char *changed = replaced(bare, "<loader supported='yes'>", loader);
        g_autoptr(GError) error = NULL;
        g_autoptr(SbPlatform) platform = sb_platform_from_domain_capabilities(changed, &error);
        g_test_message("%s", cases[i].listed);
        if (cases[i].chosen) {
            g_assert_no_error(error);
            g_assert_cmpstr(platform->firmware_path, ==, cases[i].chosen);
            g_assert_cmpstr(platform->firmware_format, ==, cases[i].format);
        } else {
            g_assert_error(error, SB_PLATFORM_ERROR, SB_PLATFORM_ERROR_NO_FIRMWARE);
        }
    }
}

static void test_cpu_choice(void)
{
    static const struct {
        const char *file;
        const char *old;
        const char *new;
        const char *mode;
        const char *model;
    } cases[] = {
        {"domcaps-aarch64-qemu.xml", ">cortex-a57<", ">other<", "custom", "cortex-a72"},
        {"domcaps-aarch64-qemu.xml", "'unknown' vendor='unknown'>cortex-a57<",
         "'no' vendor='unknown'>cortex-a57<", "custom", "cortex-a72"},
        {"domcaps-aarch64-qemu.xml", "name='custom' supported='yes'",
         "name='custom' supported='no'", "maximum", NULL},
        {"domcaps-x86_64-qemu.xml", "name='maximum' supported='yes'",
         "name='maximum' supported='no'", "custom", "qemu64"},
        {"domcaps-x86_64-kvm.xml", "name='host-passthrough' supported='yes'",
         "name='host-passthrough' supported='no'", "host-model", NULL},
        {"domcaps-aarch64-kvm.xml", "name='host-passthrough' supported='yes'",
         "name='host-passthrough' supported='no'", "maximum", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(SbPlatform) platform =
            parse_changed(cases[i].file, cases[i].old, cases[i].new, &error);
        g_test_message("%s: %s", cases[i].file, cases[i].new);
        g_assert_no_error(error);
        g_assert_cmpstr(platform->cpu_mode, ==, cases[i].mode);
        g_assert_cmpstr(platform->cpu_model, ==, cases[i].model);
    }
}

static void test_gic(void)
{
    g_autoptr(SbPlatform) old =
        parse_changed("domcaps-aarch64-qemu.xml", "<value>3</value>", "", NULL);
    g_assert_cmpuint(old->gic_version, ==, 2);
    /* which cannot do more */
    g_assert_cmpuint(old->vcpus_max, ==, 8);
    g_autoptr(SbPlatform) none = parse_changed("domcaps-aarch64-qemu.xml", "<gic supported='yes'>",
                                               "<gic supported='no'>", NULL);
    g_assert_cmpuint(none->gic_version, ==, 0);
    g_assert_cmpuint(none->vcpus_max, ==, 512);
}

static void test_unsupported(void)
{
    assert_refused("<arch>aarch64</arch>", "<arch>riscv64</arch>", SB_PLATFORM_ERROR_UNSUPPORTED);
    assert_refused("<domain>qemu</domain>", "<domain>xen</domain>", SB_PLATFORM_ERROR_UNSUPPORTED);
    assert_refused("<value>scsi</value>", "", SB_PLATFORM_ERROR_UNSUPPORTED);
    assert_refused("<cpu>", "<cpu/><cpu>", SB_PLATFORM_ERROR_UNSUPPORTED);
}

static void test_not_capabilities(void)
{
    assert_refused("domainCapabilities", "capabilities", SB_PLATFORM_ERROR_PARSE);
    assert_refused("</domainCapabilities>", "", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<machine>virt-7.2</machine>", "", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<machine>virt-7.2", "<machine>virt 7.2", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<path>/usr", "<path>usr", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<path>/usr", "<path>/usr\n", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<vcpu max='512'/>", "", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<vcpu max='512'/>", "<vcpu max='-1'/>", SB_PLATFORM_ERROR_PARSE);
    assert_refused("<vcpu max='512'/>", "<vcpu max='99999999999999'/>", SB_PLATFORM_ERROR_PARSE);
    g_autofree char *long_path = g_strnfill(5000, 'x');
    assert_refused("bin/qemu", long_path, SB_PLATFORM_ERROR_PARSE);
    assert_refused("virt-7.2", long_path, SB_PLATFORM_ERROR_PARSE);
}

static void test_too_long(void)
{
    g_autofree char *padding = g_strnfill(5 * 1024 * 1024, ' ');
    g_autofree char *end = g_strconcat(padding, "</domainCapabilities>", NULL);
    assert_refused("</domainCapabilities>", end, SB_PLATFORM_ERROR_PARSE);
}

static void test_machine(void)
{
    g_assert_cmpstr(sb_platform_machine("aarch64"), ==, "virt");
    g_assert_cmpstr(sb_platform_machine("x86_64"), ==, "q35");
    g_assert_null(sb_platform_machine("riscv64"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/platform/aarch64-qemu", test_aarch64_qemu);
    g_test_add_func("/platform/aarch64-kvm", test_aarch64_kvm);
    g_test_add_func("/platform/x86_64-qemu", test_x86_64_qemu);
    g_test_add_func("/platform/x86_64-kvm", test_x86_64_kvm);
    g_test_add_func("/platform/no-firmware", test_no_firmware);
    g_test_add_func("/platform/no-pflash", test_no_pflash);
    g_test_add_func("/platform/firmware-choice", test_firmware_choice);
    g_test_add_func("/platform/cpu-choice", test_cpu_choice);
    g_test_add_func("/platform/gic", test_gic);
    g_test_add_func("/platform/unsupported", test_unsupported);
    g_test_add_func("/platform/not-capabilities", test_not_capabilities);
    g_test_add_func("/platform/too-long", test_too_long);
    g_test_add_func("/platform/machine", test_machine);
    return g_test_run();
}
