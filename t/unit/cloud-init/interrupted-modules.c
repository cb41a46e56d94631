/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/interrupted-modules.h"

#include "test.h"

#include <string.h>

#define AT "2026-11-25 17:58:40,677 - "
#define BOOT AT "util.py[DEBUG]: Cloud-init v. 22.4.2 running 'init-local' at Wed. Up 1 seconds.\n"
#define START(module) AT "handlers.py[DEBUG]: start: modules-final/config-" module ": running it\n"
#define RAN(module)                                                                                \
    AT "handlers.py[DEBUG]: finish: modules-final/config-" module ": SUCCESS: config-" module      \
       " ran successfully\n"
#define SKIPPED(module)                                                                            \
    AT "handlers.py[DEBUG]: finish: modules-final/config-" module ": SUCCESS: config-" module      \
       " previously ran\n"
#define FAILED(module)                                                                             \
    AT "handlers.py[DEBUG]: finish: modules-final/config-" module ": FAIL: running it\n"
#define END AT "handlers.py[DEBUG]: finish: modules-final: SUCCESS: running modules for final\n"
#define SIGNAL AT "util.py[DEBUG]: Cloud-init 22.4.2 received SIGTERM, exiting...\n"
#define OF(id) AT "util.py[DEBUG]: Writing to /var/lib/cloud/instances/" id "/sem/x\n"

/* The modules that LOG says were interrupted are EXPECTED: "stage/module", separated by blanks. */
static void check(const char *log, const char *expected)
{
    g_autoptr(GPtrArray) modules = sb_interrupted_modules(log, strlen(log));
    g_autoptr(GString) found = g_string_new(NULL);
    for (guint i = 0; i < modules->len; i++) {
        const SbCloudInitEvent *module = g_ptr_array_index(modules, i);
        g_string_append_printf(found, "%s%s/%s", i ? " " : "", module->stage, module->module);
    }
    g_assert_cmpstr(found->str, ==, expected);
}

static void test_one_boot(void)
{
    check("", "");
    check(BOOT START("runcmd") RAN("runcmd") END, "");
    /* It is still at work, or has failed, which the status says. */
    check(BOOT START("runcmd"), "");
    check(BOOT START("runcmd") FAILED("runcmd") END, "");
}

static void test_reboot(void)
{
    /* Power was cut, or systemd ended cloud-init: then its module "fails". */
    check(BOOT START("scripts-user") BOOT START("scripts-user") SKIPPED("scripts-user") END,
          "modules-final/scripts-user");
    check(BOOT START("a") RAN("a") START("scripts-user") SIGNAL FAILED("scripts-user")
              BOOT START("scripts-user") SKIPPED("scripts-user") END,
          "modules-final/scripts-user");
    /* Its command was ended first. */
    check(BOOT START("scripts-user") FAILED("scripts-user") SIGNAL BOOT START("scripts-user")
              SKIPPED("scripts-user") END,
          "modules-final/scripts-user");
    /* A failure in a boot that had its end was told then. */
    check(BOOT START("x") FAILED("x") END BOOT START("x") SKIPPED("x") END, "");
    /* Later boots do not change that. */
    check(BOOT START("x") BOOT START("x") SKIPPED("x") END BOOT START("x") SKIPPED("x") END,
          "modules-final/x");
    /* The end of the log, which may begin in the middle of a boot. */
    check(START("x") BOOT START("x") SKIPPED("x") END, "modules-final/x");
}

/* What did not end and runs in each boot, such as bootcmd, has run in the end; what did not begin
 * in the first boot runs in the second. */
static void test_runs_again(void)
{
    check(BOOT START("bootcmd") BOOT START("bootcmd") RAN("bootcmd") START("y") RAN("y") END, "");
    check(BOOT START("x") RAN("x") END BOOT START("x") SKIPPED("x") END, "");
    /* Up to 23.1 the names have '-', later '_'. */
    check(BOOT START("scripts-user") BOOT START("scripts_user") RAN("scripts_user") END, "");
}

/* cloud-init itself reboots after it has upgraded packages. */
static void test_upgrade(void)
{
    check(BOOT START("package-update-upgrade-install") AT
          "cc_package_update_upgrade_install.py[WARNING]: Rebooting after upgrade or install "
          "per /var/run/reboot-required\n" SIGNAL FAILED("package-update-upgrade-install")
              BOOT START("package-update-upgrade-install") SKIPPED("package-update-upgrade-install")
                  END,
          "");
}

/* The image has the log of another machine. */
static void test_other_instance(void)
{
    check(BOOT OF("iid-1") START("x") BOOT OF("iid-2") START("x") RAN("x") END, "");
    check(BOOT OF("iid-1") START("y") BOOT OF("iid-2") START("x") RAN("x") END, "");
    check(BOOT OF("iid-2") START("y") BOOT OF("iid-2") START("x") RAN("x") END, "modules-final/y");
    check(BOOT OF("iid-2") START("y") BOOT START("y") SKIPPED("y") END, "modules-final/y");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/interrupted-modules/one-boot", test_one_boot);
    g_test_add_func("/interrupted-modules/reboot", test_reboot);
    g_test_add_func("/interrupted-modules/runs-again", test_runs_again);
    g_test_add_func("/interrupted-modules/upgrade", test_upgrade);
    g_test_add_func("/interrupted-modules/other-instance", test_other_instance);
    return g_test_run();
}
