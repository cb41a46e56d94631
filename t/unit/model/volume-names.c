/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/volume-names.h"
#include "fleet-file/machine-disks.h"
#include "test.h"

/* TAKEN (transfer full) is the name of a volume of a-m-1. */
static void is_own(char *taken)
{
    g_autofree char *volume = taken;
    g_autofree char *machine = sb_machine_of_volume(volume);
    g_assert_cmpstr(machine, ==, "a-m-1");
}

static void test_own(void)
{
    is_own(sb_overlay_name("a-m-1"));
    is_own(sb_seed_name("a-m-1"));
    is_own(sb_kernel_name("a-m-1"));
    is_own(sb_initrd_name("a-m-1"));
    is_own(sb_flat_name("a-m-1"));
    is_own(sb_memory_name("a-m-1"));
    is_own(g_strdup("a-m-1.before-x.snapshot.qcow2"));
    is_own(sb_disk_name("a-m-1", "data"));
    is_own(g_strdup("a-m-1.before-x.snapshot.data.disk.qcow2"));
    is_own(sb_console_log_name("a-m-1"));
    for (guint i = 0; i < 3; i++)
        is_own(sb_console_log_backup_name("a-m-1", i));
}

static void test_foreign(void)
{
    static const char *const names[] = {
        "a-m-1",
        "a-m-1.raw",
        "a-m-1.0123456789abcdef.qcow2",
        "A.qcow2",
        ".qcow2",
        "a-m-1.console.log.",
        "a-m-1.qcow2.bak",
        "a-m-1.console.log.x",
        "a-m-1.console.log.10",
        "../a.qcow2",
        "a-m-1.iso",
        "a-m-1..snapshot.qcow2",
        "a-m-1.x.snapshot.iso",
        "a-m-1.disk.qcow2",
        "a-m-1.x.y.disk.qcow2",
        "warm-0123456789abcdef.memory",
        "warm-0123456789abcdef.layer.qcow2",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *machine = sb_machine_of_volume(names[i]);
        g_assert_cmpstr(machine, ==, NULL);
    }
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/volume-names/own", test_own);
    g_test_add_func("/volume-names/foreign", test_foreign);
    return g_test_run();
}
