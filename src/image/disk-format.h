/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The format of a disk image, found from its first bytes.
 *
 * Room: image.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_DISK_FORMAT_ERROR (sb_disk_format_error_quark())
GQuark sb_disk_format_error_quark(void);

typedef enum {
    SB_DISK_FORMAT_ERROR_REFUSED, /**< it cannot be imported; the message says what to do */
} SbDiskFormatError;

typedef enum {
    SB_DISK_QCOW2,
    SB_DISK_RAW,        /**< a partition table, or an ISO 9660 file system */
    SB_DISK_COMPRESSED, /**< a stream that can be unpacked while it is read */
    SB_DISK_OTHER,      /**< the format of another hypervisor */
    SB_DISK_ARCHIVE,    /**< a file with files in it, or a compression that is not unpacked here */
    SB_DISK_TEXT,       /**< such as the page of a web server that does not have the image */
    SB_DISK_UNKNOWN,
} SbDiskKind;

/** This many bytes from the start are enough for sb_disk_format_detect(). */
#define SB_DISK_FORMAT_BYTES (36 * 1024)

/**
 * The kind of the file that begins with the LENGTH bytes at DATA.
 *
 * @param name_out  (nullable) the format's name, such as "qcow2", "GPT", "xz" or "vmdk"; static;
 *                  "text" for SB_DISK_TEXT, "unknown" for SB_DISK_UNKNOWN
 */
SbDiskKind sb_disk_format_detect(const guint8 *data, gsize length, const char **name_out);

/**
 * Sets ERROR: why a file that begins with the LENGTH bytes at DATA, and is not SB_DISK_QCOW2, is
 * not an image, and what to do about it.
 *
 * @param path  the file, for the command in the message
 */
void sb_disk_format_refuse(const guint8 *data, gsize length, const char *path, GError **error);
