/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/console-boots.h"

#include "test.h"

#include <string.h>

#define ARM_FIRMWARE "UEFI firmware (version 2022.11 built at 13:10:49)\n"
#define OVMF                                                                                       \
    "\033[2J\033[01;01HBdsDxe: loading Boot0001 \"UEFI Misc Device\"\nBdsDxe: starting Boot0001\n"
#define ARM_KERNEL                                                                                 \
    "EFI stub: Booting Linux Kernel...\n[    0.000000] Booting Linux on physical CPU 0x0000\n"     \
    "[    0.000000] Linux version 6.1.0\n[    1.5] systemd[1]: up\n"
#define PC_KERNEL "[    0.000000] Linux version 6.1.0\n[    2.5] up\n"

static void expect(const char *log, const char *const *begins)
{
    g_autoptr(GArray) boots = sb_console_boots(log, strlen(log));
    guint i = 0;
    for (; begins[i]; i++) {
        g_assert_cmpuint(i, <, boots->len);
        g_assert_true(g_str_has_prefix(log + g_array_index(boots, gsize, i), begins[i]));
    }
    g_assert_cmpuint(boots->len, ==, i);
}

static void test_boots(void)
{
    static const char *const firmware[] = {"UEFI firmware", "UEFI firmware", NULL};
    static const char *const ovmf[] = {"\033[2J", "\033[2J", NULL};
    static const char *const kexec[] = {"UEFI firmware", "[    0.000000] Booting", NULL};
    static const char *const pc_kexec[] = {"\033[2J", "[    0.000000] Linux version", NULL};
    static const char *const cut[] = {"login:", "UEFI firmware", NULL};
    static const char *const one[] = {"UEFI", NULL}, *const none[] = {"", NULL};
    expect(ARM_FIRMWARE OVMF ARM_KERNEL, one);
    expect(ARM_FIRMWARE OVMF ARM_KERNEL ARM_FIRMWARE OVMF ARM_KERNEL, firmware);
    /* It found nothing to boot, and was reset. */
    expect(ARM_FIRMWARE OVMF ARM_FIRMWARE OVMF ARM_KERNEL, firmware);
    expect(OVMF PC_KERNEL OVMF PC_KERNEL, ovmf);
    expect(ARM_FIRMWARE ARM_KERNEL ARM_KERNEL, kexec);
    expect(OVMF PC_KERNEL PC_KERNEL, pc_kexec);
    expect("login: \nLinux version 6 says the guest\n" ARM_KERNEL ARM_FIRMWARE, cut);
    expect("", none);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/console-boots/boots", test_boots);
    return g_test_run();
}
