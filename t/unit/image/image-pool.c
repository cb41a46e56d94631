/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/image-pool.h"

#include "base/xml.h"
#include "image/image.h"
#include "test.h"

#include <dlfcn.h>

/* Counts the calls on their way to libvirt. */
static guint asked;

char *virStorageVolGetXMLDesc(virStorageVolPtr volume, unsigned int flags)
{
    char *(*next)(virStorageVolPtr volume, unsigned int flags) = NULL;
    *(void **)&next = dlsym(RTLD_NEXT, "virStorageVolGetXMLDesc");
    asked++;
    return next(volume, flags);
}

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

/* A pool has several volumes of each machine, and libvirt may be far away. */
static void test_asks_only_about_images(void)
{
    static const char *const names[] = {"f-m-1.qcow2", "base.0123456789abcdef.qcow2",
                                        "f-m-1.seed.iso", "base.0123456789abcdef.qcow2.json",
                                        "f-m-1.console.log"};
    g_autoptr(SbHost) host = NULL;
    g_auto(SbLease) lease = open_host(&host);
    g_autoptr(GError) error = NULL;
    g_autoptr(SbPool) pool = sb_image_pool_open(lease.connection, "default-pool", "base", &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(xmlDoc) xml = sb_upload_volume_xml(names[i], 4096, 0600, TRUE);
        g_autoptr(virStorageVol) volume = sb_volume_create(pool, xml, &error);
        g_assert_no_error(error);
    }
    asked = 0;
    g_autoptr(GPtrArray) images = sb_image_list(pool, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(images->len, ==, 1);
    g_assert_true(((const SbImage *)images->pdata[0])->has_record);
    g_assert_cmpuint(asked, ==, 2);
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/image-pool/default-is-missing", test_default_is_missing);
    g_test_add_func("/image-pool/named-is-missing", test_named_is_missing);
    g_test_add_func("/image-pool/default-is-used", test_default_is_used);
    g_test_add_func("/image-pool/asks-only-about-images", test_asks_only_about_images);
    return g_test_run();
}
