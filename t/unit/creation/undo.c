/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "creation/undo.h"

#include "machines.h"
#include "test.h"

static const char uuid[] = "3203b835-9f7a-47ca-bdb6-1f72726631da";

static virConnect *connection;
static SbPool *pool;

static void make_volume(const char *name)
{
    g_autofree char *xml =
        g_strdup_printf("<volume><name>%s</name><capacity>4096</capacity></volume>", name);
    g_autoptr(virStorageVol) volume = virStorageVolCreateXML(pool->pool, xml, 0);
    g_assert_nonnull(volume);
}

static gboolean has_volume(const char *name)
{
    g_autoptr(virStorageVol) volume = sb_volume_find(pool, name, NULL);
    return volume != NULL;
}

/* The list of a machine with a volume. */
static SbUndo *undo_of(const char *volume)
{
    SbUndo *undo = sb_undo_new();
    sb_undo_add_domain(undo, uuid, "f-m-1");
    sb_undo_add_volume(undo, volume);
    sb_undo_add_unlisted_volume(undo, "never-made");
    make_volume(volume);
    return undo;
}

static void test_gone(void)
{
    g_autoptr(SbUndo) undo = undo_of("gone");
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_undo_run(undo, connection, pool, &error));
    g_assert_no_error(error);
    g_assert_false(has_volume("gone"));
}

static void test_replaced(void)
{
    g_autoptr(SbUndo) undo = undo_of("replaced");
    machine_define(connection, "f", 1);
    g_autoptr(GError) error = NULL;
    g_assert_true(sb_undo_run(undo, connection, pool, &error));
    g_assert_no_error(error);
    g_assert_true(has_volume("replaced"));
    g_autoptr(virDomain) other = virDomainLookupByName(connection, "f-m-1");
    g_assert_cmpint(virDomainUndefine(other), ==, 0);
}

/* This driver cannot undefine as seedbed does: so it is seen what happens before that. */
static void test_order(void)
{
    g_autoptr(SbUndo) undo = undo_of("first");
    g_autofree char *xml = machine_xml("f", 1, uuid);
    g_autoptr(virDomain) domain = virDomainCreateXML(connection, xml, 0);
    g_assert_nonnull(domain);
    g_autoptr(virDomain) defined = virDomainDefineXML(connection, xml);
    g_autoptr(GError) error = NULL;
    g_assert_false(sb_undo_run(undo, connection, pool, &error));
    g_assert_nonnull(strstr(error->message, "cannot undefine the domain 'f-m-1'"));
    g_assert_false(has_volume("first"));
    g_assert_cmpint(virDomainIsActive(domain), ==, 0);
    g_assert_cmpint(virDomainUndefine(domain), ==, 0);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    connection = machines_connect();
    pool = sb_pool_open(connection, "default-pool", NULL, NULL);
    g_assert_nonnull(pool);
    g_test_add_func("/undo/volumes go although the domain is gone", test_gone);
    g_test_add_func("/undo/volumes of another domain of that name stay", test_replaced);
    g_test_add_func("/undo/the domain stops first and is undefined last", test_order);
    int status = g_test_run();
    sb_pool_free(pool);
    virConnectClose(connection);
    return status;
}
