/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/storage-xml.h"

#include "base/xml.h"

#include <string.h>

/* For the XML of one volume or pool. Real XML is under 2 KB. */
#define MAX_XML_BYTES (1024 * 1024)

/* ---- pools ---- */

xmlDoc *sb_pool_xml(const char *name, const char *directory)
{
    xmlDoc *document = sb_xml_new("pool");
    xmlNode *pool = xmlDocGetRootElement(document);
    xmlNewProp(pool, BAD_CAST "type", BAD_CAST "dir");
    sb_xml_add_text(pool, "name", name);
    xmlNode *target = sb_xml_add(pool, "target", NULL);
    sb_xml_add_text(target, "path", directory);
    return document;
}

static xmlDoc *parse(const char *xml, const char *root_name)
{
    if (strlen(xml) > MAX_XML_BYTES)
        return NULL;
    g_autoptr(xmlDoc) document = sb_xml_parse(xml, NULL);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (!root || strcmp((const char *)root->name, root_name) != 0)
        return NULL;
    return g_steal_pointer(&document);
}

char *sb_pool_directory_from_xml(const char *xml)
{
    static const char *const types[] = {"dir", "fs", "netfs", NULL};
    g_autoptr(xmlDoc) document = parse(xml, "pool");
    if (!document)
        return NULL;
    xmlNode *pool = xmlDocGetRootElement(document);
    g_autofree char *type = sb_xml_attribute(pool, NULL, "type");
    g_autofree char *path = sb_xml_text(pool, "target/path");
    if (!type || !g_strv_contains(types, type) || !path || path[0] != '/')
        return NULL;
    return g_steal_pointer(&path);
}

/* ---- volumes ---- */

/* Sparse: nothing is allocated before it is written. */
static xmlNode *add_volume(xmlDoc *document, const char *name, guint64 capacity_bytes)
{
    xmlNode *volume = xmlDocGetRootElement(document);
    sb_xml_add_text(volume, "name", name);
    sb_xml_add_uint(volume, "capacity", "bytes", capacity_bytes);
    sb_xml_add_uint(volume, "allocation", "bytes", 0);
    return volume;
}

xmlDoc *sb_overlay_volume_xml(const char *name, guint64 capacity_bytes, const char *image_path,
                              const char *image_format)
{
    xmlDoc *document = sb_xml_new("volume");
    xmlNode *volume = add_volume(document, name, capacity_bytes);
    xmlNode *target = sb_xml_add(volume, "target", NULL);
    sb_xml_add(target, "format", "type", "qcow2", NULL);
    /* libvirt's default is 0.10. It has no zero clusters, so discarded blocks would come back. */
    sb_xml_add_text(target, "compat", "1.1");
    if (!image_path)
        return document;
    xmlNode *backing_store = sb_xml_add(volume, "backingStore", NULL);
    sb_xml_add_text(backing_store, "path", image_path);
    /* The format is never probed: a guest can choose the first bytes of a raw image. */
    sb_xml_add(backing_store, "format", "type", image_format, NULL);
    return document;
}

/* Who may do what with the file of a volume. A libvirtd that is not root cannot give files away. */
static void add_permissions(xmlNode *target, guint mode, gboolean is_privileged)
{
    xmlNode *permissions = sb_xml_add(target, "permissions", NULL);
    g_autofree char *mode_text = g_strdup_printf("0%03o", mode & 0777);
    sb_xml_add_text(permissions, "mode", mode_text);
    if (is_privileged) {
        sb_xml_add_text(permissions, "owner", "0");
        sb_xml_add_text(permissions, "group", "0");
    }
}

xmlDoc *sb_layer_volume_xml(const char *name, guint64 capacity_bytes, const char *image_path,
                            const char *image_format, guint mode, gboolean is_privileged)
{
    xmlDoc *document = sb_overlay_volume_xml(name, capacity_bytes, image_path, image_format);
    add_permissions(sb_xml_first(xmlDocGetRootElement(document), "target"), mode, is_privileged);
    return document;
}

xmlDoc *sb_upload_volume_xml(const char *name, guint64 capacity_bytes, guint mode,
                             gboolean is_privileged)
{
    xmlDoc *document = sb_xml_new("volume");
    xmlNode *volume = add_volume(document, name, capacity_bytes);
    xmlNode *target = sb_xml_add(volume, "target", NULL);
    sb_xml_add(target, "format", "type", "raw", NULL);
    /* A libvirtd that is not root has only the rights of the file's mode. */
    add_permissions(target, is_privileged ? mode : mode | 0200, is_privileged);
    return document;
}

void sb_volume_info_free(SbVolumeInfo *info)
{
    if (!info)
        return;
    g_free(info->name);
    g_free(info->path);
    g_free(info->format);
    g_free(info->backing_path);
    g_free(info->backing_format);
    g_free(info);
}

/* libvirt always answers in bytes. */
static gboolean read_bytes(xmlNode *volume, const char *path, guint64 *bytes_out)
{
    g_autofree char *unit = sb_xml_attribute(volume, path, "unit");
    g_autofree char *text = sb_xml_text(volume, path);
    return text && (!unit || strcmp(unit, "bytes") == 0) &&
           g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, bytes_out, NULL);
}

/* "1700000000.123456789", as microseconds; 0 for anything else. */
static gint64 read_time_us(xmlNode *volume, const char *path)
{
    g_autofree char *text = sb_xml_text(volume, path);
    char *end = NULL;
    gint64 seconds = text ? g_ascii_strtoll(text, &end, 10) : 0;
    if (seconds <= 0 || seconds > G_MAXINT64 / G_USEC_PER_SEC - 1)
        return 0;
    gint64 us = 0;
    for (guint i = 0, is_digit = *end == '.'; i < 6; i++) {
        is_digit = is_digit && g_ascii_isdigit(*++end);
        us = us * 10 + (is_digit ? *end - '0' : 0);
    }
    return seconds * G_USEC_PER_SEC + us;
}

SbVolumeInfo *sb_volume_info_from_xml(const char *xml)
{
    g_autoptr(xmlDoc) document = parse(xml, "volume");
    if (!document)
        return NULL;
    xmlNode *volume = xmlDocGetRootElement(document);
    g_autoptr(SbVolumeInfo) info = g_new0(SbVolumeInfo, 1);
    info->name = sb_xml_text(volume, "name");
    info->path = sb_xml_text(volume, "target/path");
    if (!info->name || !info->path || !read_bytes(volume, "capacity", &info->capacity_bytes) ||
        !read_bytes(volume, "allocation", &info->allocation_bytes))
        return NULL;
    info->format = sb_xml_attribute(volume, "target/format", "type");
    info->modified_us = read_time_us(volume, "target/timestamps/mtime");
    info->backing_path = sb_xml_text(volume, "backingStore/path");
    info->backing_format = sb_xml_attribute(volume, "backingStore/format", "type");
    return g_steal_pointer(&info);
}
