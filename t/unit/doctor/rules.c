/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/rules.h"
#include "diagnosis.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

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

/* A socket at PATH; nothing listens there if it is freed. (transfer full) */
static GSocket *listen_at(const char *path)
{
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    GSocket *socket = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, NULL);
    g_assert_true(g_socket_bind(socket, address, FALSE, NULL));
    g_assert_true(g_socket_listen(socket, NULL));
    return socket;
}

/* The daemons that do not listen, if those of the words of SOCKETS do; one after which a '-' stands
 * was killed. */
static void expect_missing(const char *sockets, const char *expected)
{
    g_autofree char *folder = g_dir_make_tmp(NULL, NULL);
    g_autoptr(GPtrArray) listening = g_ptr_array_new_with_free_func(g_object_unref);
    g_auto(GStrv) each = g_strsplit(sockets, " ", 0);
    for (gsize i = 0; each[i]; i++) {
        gboolean is_dead = g_str_has_suffix(each[i], "-");
        each[i][strcspn(each[i], "-")] = '\0';
        g_autofree char *path = g_strdup_printf("%s/%s-sock", folder, each[i]);
        GSocket *socket = listen_at(path);
        if (is_dead)
            g_object_unref(socket);
        else
            g_ptr_array_add(listening, socket);
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
    expect_missing("libvirt virtlogd-", "virtlogd");
    expect_missing("virtqemud virtnetworkd- virtstoraged virtlogd", "virtnetworkd");
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
