/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet-file/machine-shares.h"

#include "fleet-files.h"
#include "test.h"

#define HEAD "fleet: f\nimage: i\nmachines: {g: {shares: "

static void test_read(void)
{
    g_autoptr(SbFleetFile) file =
        parse(HEAD "[{from: .., to: /src}, {from: out, to: /a/b, read-only: false}]}}\n");
    const GPtrArray *shares = group(file, 0)->spec.shares;
    g_assert_cmpuint(shares->len, ==, 2);
    const SbMachineShare *first = shares->pdata[0], *second = shares->pdata[1];
    g_assert_cmpstr(first->from, ==, "..");
    g_assert_cmpstr(first->to, ==, "/src");
    g_assert_true(first->is_read_only);
    g_assert_cmpuint(first->mark.column, ==, 25);
    g_assert_cmpstr(second->to, ==, "/a/b");
    g_assert_false(second->is_read_only);
    g_autoptr(SbFleetFile) none = parse(HEAD "[]}}\n");
    g_assert_null(group(none, 0)->spec.shares);
}

static void test_wrong(void)
{
    refuse(HEAD "x}}\n", "3:24");
    refuse(HEAD "[x]}}\n", "3:25");
    refuse(HEAD "[{from: a}]}}\n", "3:25");
    refuse(HEAD "[{to: /a}]}}\n", "3:25");
    refuse(HEAD "[{from: '', to: /a}]}}\n", "3:32");
    refuse(HEAD "[{from: a, to: /a, ro: true}]}}\n", "3:43");
    refuse(HEAD "[{from: a, to: /a, read-only: 1}]}}\n", "3:54");
    refuse(HEAD "[{from: a, to: /a, driver: nfs}]}}\n", "3:51");
    refuse(HEAD "[{from: a, to: /a}, {from: b, to: /a}]}}\n", "3:44");
    static const char *const folders[] = {"a", "/", "//", "/./", "/a/../b", "''", "\"/a\\nb\""};
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *text = g_strdup_printf(HEAD "[{from: a, to: %s}]}}\n", folders[i]);
        refuse(text, "3:39");
    }
}

/* Nothing in it is a word for the shell. */
static void test_script(void)
{
    g_autoptr(SbFleetFile) file =
        parse(HEAD "[{from: .., to: /src}, {from: b, to: \"/a b'$(x)\", read-only: false}]}}\n");
    g_autofree char *script = sb_machine_shares_script(group(file, 0)->spec.shares);
    g_assert_cmpstr(script, ==,
                    "mkdir -p '/src' && mount -t virtiofs -o ro share-1 '/src' && "
                    "mkdir -p '/a b'\\''$(x)' && mount -t virtiofs -o rw share-2 '/a b'\\''$(x)'");
    g_autoptr(SbFleetFile) other = parse(HEAD "[{from: .., to: /src, driver: 9p}]}}\n");
    g_autofree char *mount = sb_machine_shares_script(group(other, 0)->spec.shares);
    g_assert_cmpstr(mount, ==,
                    "mkdir -p '/src' && mount -t 9p -o "
                    "trans=virtio,version=9p2000.L,msize=262144,ro share-1 '/src'");
    g_autofree char *none = sb_machine_shares_script(NULL);
    g_assert_null(none);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/machine-shares/read", test_read);
    g_test_add_func("/machine-shares/wrong", test_wrong);
    g_test_add_func("/machine-shares/script", test_script);
    return g_test_run();
}
