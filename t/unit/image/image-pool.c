/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-pool.h"

#include "base/xml.h"
#include "image/image.h"
#include "test.h"

/* libvirt's test driver: it keeps all in this process, and has the pool "default-pool". */
static SbLease open_host(SbHost **host_out)
{
    g_autoptr(GError) error = NULL;
    *host_out = sb_host_open("test:///default", &error);
    g_assert_no_error(error);
    SbLease lease = sb_lease_take(*host_out, &error);
    g_assert_no_error(error);
    return lease;
}

static void test_default_is_missing(void)
{
    g_autoptr(SbHost) host = NULL;
    g_auto(SbLease) lease = open_host(&host);
    g_autoptr(GError) error = NULL;
    SbPool *pool = NULL;
    g_assert_true(sb_image_pool_open_if_there(lease.connection, NULL, &pool, &error));
    g_assert_no_error(error);
    g_assert_null(pool);
    g_assert_null(sb_image_pool_open(lease.connection, NULL, "base", &error));
    g_assert_error(error, SB_IMAGE_ERROR, SB_IMAGE_ERROR_UNKNOWN);
}

static void test_named_is_missing(void)
{
    g_autoptr(SbHost) host = NULL;
    g_auto(SbLease) lease = open_host(&host);
    g_autoptr(GError) error = NULL;
    SbPool *pool = NULL;
    g_assert_false(sb_image_pool_open_if_there(lease.connection, "other", &pool, &error));
    g_assert_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(sb_image_pool_make(&lease, "other", &error));
    g_assert_error(error, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
}

static void test_default_is_used(void)
{
    g_autoptr(SbHost) host = NULL;
    g_auto(SbLease) lease = open_host(&host);
    g_autoptr(xmlDoc) document = sb_pool_xml(SB_DEFAULT_POOL, "/somewhere");
    g_autofree char *xml = sb_xml_to_string(document);
    g_autoptr(virStoragePool) there = virStoragePoolCreateXML(lease.connection, xml, 0);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbPool) opened = sb_image_pool_open(lease.connection, NULL, "base", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(opened->name, ==, SB_DEFAULT_POOL);
    g_autoptr(SbPool) made = sb_image_pool_make(&lease, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(made->directory, ==, "/somewhere");
    g_autoptr(SbPool) named = sb_image_pool_open(lease.connection, "default-pool", "base", &error);
    g_assert_no_error(error);
    g_assert_cmpstr(named->name, ==, "default-pool");
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/image-pool/default-is-missing", test_default_is_missing);
    g_test_add_func("/image-pool/named-is-missing", test_named_is_missing);
    g_test_add_func("/image-pool/default-is-used", test_default_is_used);
    return g_test_run();
}
