/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/storage-xml.h"

#include "golden.h"

#include <string.h>

#define GIB (G_GUINT64_CONSTANT(1024) * 1024 * 1024)

static void test_pool(void)
{
    assert_golden("pool-dir.xml", sb_pool_xml("seedbed", "/var/lib/libvirt/seedbed & <co>"));
}

static void test_overlay(void)
{
    assert_golden("volume-overlay.xml",
                  sb_overlay_volume_xml("faas-runner-1.qcow2", 10 * GIB,
                                        "/pool/debian-12-arm64.0123456789abcdef.qcow2", "qcow2"));
}

static void test_layer(void)
{
    for (gboolean is_privileged = FALSE; is_privileged <= TRUE; is_privileged++) {
        g_autoptr(xmlDoc) document =
            sb_layer_volume_xml("l.qcow2", GIB, "/pool/a.raw", "raw", 0444, is_privileged);
        xmlNode *volume = xmlDocGetRootElement(document);
        g_autofree char *mode = sb_xml_text(volume, "target/permissions/mode");
        g_autofree char *owner = sb_xml_text(volume, "target/permissions/owner");
        g_autofree char *backing = sb_xml_text(volume, "backingStore/path");
        g_assert_cmpstr(mode, ==, "0444");
        g_assert_cmpstr(owner, ==, is_privileged ? "0" : NULL);
        g_assert_cmpstr(backing, ==, "/pool/a.raw");
    }
}

static void test_overlay_of_raw(void)
{
    g_autoptr(xmlDoc) document = sb_overlay_volume_xml("a.qcow2", GIB, "/pool/a.raw", "raw");
    xmlNode *volume = xmlDocGetRootElement(document);
    g_autofree char *backing = sb_xml_attribute(volume, "backingStore/format", "type");
    g_autofree char *own = sb_xml_attribute(volume, "target/format", "type");
    g_assert_cmpstr(backing, ==, "raw");
    g_assert_cmpstr(own, ==, "qcow2");
}

static void test_upload_privileged(void)
{
    assert_golden(
        "volume-upload.xml",
        sb_upload_volume_xml("debian-12-arm64.0123456789abcdef.qcow2", 347341824, 0444, TRUE));
}

/* The libvirtd of a plain user cannot give files to root, nor write to a file of mode 0444. */
static void test_upload_session(void)
{
    assert_golden(
        "volume-upload-session.xml",
        sb_upload_volume_xml("debian-12-arm64.0123456789abcdef.qcow2", 347341824, 0444, FALSE));
}

static void test_upload_mode(void)
{
    g_autoptr(xmlDoc) document = sb_upload_volume_xml("a.iso", 1, 0600, TRUE);
    g_autofree char *mode = sb_xml_text(xmlDocGetRootElement(document), "target/permissions/mode");
    g_assert_cmpstr(mode, ==, "0600");
}

static void test_pool_directory(void)
{
    static const struct {
        const char *xml;
        const char *directory;
    } cases[] = {
        {"<pool type='dir'><target><path>/a b</path></target></pool>", "/a b"},
        {"<pool type='fs'><target><path>/a</path></target></pool>", "/a"},
        {"<pool type='netfs'><target><path>/a</path></target></pool>", "/a"},
        {"<pool type='logical'><target><path>/dev/vg</path></target></pool>", NULL},
        {"<pool><target><path>/a</path></target></pool>", NULL},
        {"<pool type='dir'><target><path>a</path></target></pool>", NULL},
        {"<pool type='dir'><path>/a</path></pool>", NULL},
        {"<volume type='dir'><target><path>/a</path></target></volume>", NULL},
        {"<pool type='dir'>", NULL},
        {"", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *directory = sb_pool_directory_from_xml(cases[i].xml);
        g_test_message("%s", cases[i].xml);
        g_assert_cmpstr(directory, ==, cases[i].directory);
    }
    g_autofree char *captured = test_data("captured-pool.xml", NULL);
    g_autofree char *directory = sb_pool_directory_from_xml(captured);
    g_assert_cmpstr(directory, ==, "/var/lib/libvirt/images");
}

static void test_volume_info(void)
{
    g_autofree char *xml = test_data("captured-volume.xml", NULL);
    g_autoptr(SbVolumeInfo) info = sb_volume_info_from_xml(xml);
    g_assert_cmpstr(info->name, ==, "faas-runner-1.qcow2");
    g_assert_cmpstr(info->path, ==, "/var/lib/libvirt/images/faas-runner-1.qcow2");
    g_assert_cmpstr(info->format, ==, "qcow2");
    g_assert_cmpuint(info->capacity_bytes, ==, 4 * GIB);
    g_assert_cmpuint(info->allocation_bytes, ==, 200704);
    g_assert_cmpint(info->modified_us, ==, 1795463202303321);
    g_assert_cmpstr(info->backing_path, ==, "/var/lib/libvirt/images/tiny.0123456789abcdef.qcow2");
}

static void test_volume_info_minimal(void)
{
    g_autoptr(SbVolumeInfo) info = sb_volume_info_from_xml(
        "<volume><name>a</name><capacity>7</capacity><allocation unit='bytes'>0</allocation>"
        "<target><path>/a</path></target></volume>");
    g_assert_cmpuint(info->capacity_bytes, ==, 7);
    g_assert_null(info->format);
    g_assert_null(info->backing_path);
    g_assert_cmpint(info->modified_us, ==, 0);
}

static void test_not_a_volume(void)
{
    static const char *const without[] = {
        "<name>faas-runner-1.qcow2</name>",
        "<path>/var/lib/libvirt/images/faas-runner-1.qcow2</path>",
        "<capacity unit='bytes'>4294967296</capacity>",
        "<allocation unit='bytes'>200704</allocation>"};
    g_autofree char *xml = test_data("captured-volume.xml", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(without); i++) {
        g_autofree char *changed = replaced(xml, without[i], "");
        g_test_message("without %s", without[i]);
        g_assert_null(sb_volume_info_from_xml(changed));
    }
    g_autofree char *unit = replaced(xml, "<capacity unit='bytes'>", "<capacity unit='KiB'>");
    g_assert_null(sb_volume_info_from_xml(unit));
    g_autofree char *negative = replaced(xml, ">4294967296<", ">-1<");
    g_assert_null(sb_volume_info_from_xml(negative));
    g_autofree char *pool = replaced(xml, "volume", "pool");
    g_assert_null(sb_volume_info_from_xml(pool));
    g_assert_null(sb_volume_info_from_xml("<volume>"));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/storage-xml/pool", test_pool);
    g_test_add_func("/storage-xml/overlay", test_overlay);
    g_test_add_func("/storage-xml/overlay-of-raw", test_overlay_of_raw);
    g_test_add_func("/storage-xml/layer", test_layer);
    g_test_add_func("/storage-xml/upload-privileged", test_upload_privileged);
    g_test_add_func("/storage-xml/upload-session", test_upload_session);
    g_test_add_func("/storage-xml/upload-mode", test_upload_mode);
    g_test_add_func("/storage-xml/pool-directory", test_pool_directory);
    g_test_add_func("/storage-xml/volume-info", test_volume_info);
    g_test_add_func("/storage-xml/volume-info-minimal", test_volume_info_minimal);
    g_test_add_func("/storage-xml/not-a-volume", test_not_a_volume);
    return g_test_run();
}
