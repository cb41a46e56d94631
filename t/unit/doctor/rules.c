/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/rules.h"
#include "diagnosis.h"

#include <glib/gstdio.h>

#define MINUTES(n) (G_GUINT64_CONSTANT(60000000000) * (n))

static gboolean spins(guint64 cpu_ns, const char *console)
{
    g_autoptr(SbFacts) facts = some_facts(console);
    facts->cpu_ns = cpu_ns;
    return sb_doctor_is_spinning(facts);
}

static void test_spinning(void)
{
    g_assert_true(spins(MINUTES(5), ""));
    g_assert_true(spins(MINUTES(5), "UEFI firmware (version 2022.11)\n"));
    g_assert_false(spins(MINUTES(1), ""));
    g_assert_false(spins(MINUTES(5), "[    0.000000] Linux version 6.1.0\n"));
    /* Nobody could read it. */
    g_assert_false(spins(MINUTES(5), NULL));
}

static void test_restricted(void)
{
    g_assert_true(sb_doctor_is_restricted("/usr/share/pool"));
    g_assert_true(sb_doctor_is_restricted("/etc"));
    g_assert_true(sb_doctor_is_restricted("/lib64/pool"));
    g_assert_false(sb_doctor_is_restricted("/var/lib/libvirt/images"));
    g_assert_false(sb_doctor_is_restricted("/srv/pool"));
    g_assert_false(sb_doctor_is_restricted("/usr/share-of-mine"));
}

/* The daemons whose sockets are missing if those of the words of SOCKETS are there. */
static void expect_missing(const char *sockets, const char *expected)
{
    g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
    g_auto(GStrv) each = g_strsplit(sockets, " ", 0);
    for (gsize i = 0; each[i]; i++) {
        g_autofree char *path = g_strdup_printf("%s/%s-sock", folder, each[i]);
        g_assert_true(g_file_set_contents(path, "", 0, NULL));
    }
    g_autoptr(GPtrArray) missing = sb_doctor_missing_daemons(folder);
    g_ptr_array_add(missing, NULL);
    g_autofree char *names = g_strjoinv(" ", (char **)missing->pdata);
    g_assert_cmpstr(names, ==, expected);
    for (gsize i = 0; each[i]; i++) {
        g_autofree char *path = g_strdup_printf("%s/%s-sock", folder, each[i]);
        g_unlink(path);
    }
    g_rmdir(folder);
}

static void test_daemons(void)
{
    expect_missing("libvirt virtlogd", "");
    expect_missing("libvirt", "virtlogd");
    expect_missing("virtqemud virtnetworkd virtstoraged virtlogd", "");
    expect_missing("virtqemud virtstoraged virtlogd", "virtnetworkd");
    expect_missing("virtqemud virtlogd", "virtnetworkd virtstoraged");
    /* Where both are installed, libvirtd does all of it. */
    expect_missing("libvirt virtqemud virtlogd", "");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/doctor-rules/spinning", test_spinning);
    g_test_add_func("/doctor-rules/restricted", test_restricted);
    g_test_add_func("/doctor-rules/daemons", test_daemons);
    return g_test_run();
}
