/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The XML of storage pools and volumes: https://libvirt.org/formatstorage.html
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>
#include <libxml/tree.h>

/** A pool of type dir. (transfer full) */
xmlDoc *sb_pool_xml(const char *name, const char *directory);

/**
 * The folder of a pool of type dir, fs or netfs (whose volumes are files in one folder), or NULL
 * for other types. (transfer full)
 */
char *sb_pool_directory_from_xml(const char *xml);

/**
 * A qcow2 overlay (compat 1.1) of CAPACITY_BYTES on the image file at IMAGE_PATH. (transfer full)
 *
 * @param image_path    (nullable) NULL: an empty disk instead
 * @param image_format  (nullable) "qcow2" or "raw"
 */
xmlDoc *sb_overlay_volume_xml(const char *name, guint64 capacity_bytes, const char *image_path,
                              const char *image_format);

/**
 * The same for a disk that is never written again. (transfer full)
 *
 * @param mode  0444 if disks of machines begin upon it, because QEMU has to read it; else 0400
 */
xmlDoc *sb_layer_volume_xml(const char *name, guint64 capacity_bytes, const char *image_path,
                            const char *image_format, guint mode, gboolean is_privileged);

/**
 * A raw volume that a file is uploaded into, of exactly CAPACITY_BYTES, sparse.
 *
 * @param mode  such as 0444. If IS_PRIVILEGED, owner and group are set to root; else they are left
 *              out, and the owner may always write, because a libvirtd without privileges could not
 *              upload into a volume that is read-only to itself
 * @return (transfer full)
 */
xmlDoc *sb_upload_volume_xml(const char *name, guint64 capacity_bytes, guint mode,
                             gboolean is_privileged);

/** A volume, as libvirt describes it. */
typedef struct {
    char *name;
    char *path;
    char *format; /**< (nullable) */
    guint64 capacity_bytes;
    guint64 allocation_bytes;
    gint64 modified_us;   /**< microseconds since the epoch, 0 if not said */
    char *backing_path;   /**< (nullable) */
    char *backing_format; /**< (nullable) */
} SbVolumeInfo;

/** Releases INFO and what it holds. */
void sb_volume_info_free(SbVolumeInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbVolumeInfo, sb_volume_info_free)

/** Reads the result of virStorageVolGetXMLDesc(). (transfer full) or NULL if it is not a volume */
SbVolumeInfo *sb_volume_info_from_xml(const char *xml);
