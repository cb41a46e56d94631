/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The head of a file that libvirt's QEMU driver saved a running machine into: everything in front
 * of QEMU's own stream. With another XML in it, the same memory becomes another machine.
 *
 *     offset  bytes
 *     0       16     "LibvirtQemudSave"; "LibvirtQemudPart" while the save goes on
 *     16      4      version: 2
 *     20      4      the length of the data below, in bytes
 *     24      4      whether the machine ran
 *     28      4      how the stream is compressed
 *     32      4      where the cookie begins in the data; 0: there is none
 *     36      56     unused
 *     92             the data: XML, NUL, cookie, NUL, zeros. libvirt leaves 64 KiB of room
 *
 * Numbers are in the byte order of the libvirt host. Only little-endian hosts are known here.
 * Source: src/qemu/qemu_saveimage.h and .c of libvirt 9.0.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_SAVED_IMAGE_ERROR (sb_saved_image_error_quark())
GQuark sb_saved_image_error_quark(void);

typedef enum {
    SB_SAVED_IMAGE_ERROR_INVALID, /**< not a saved machine, not a whole one, or of a version that is
                                     not known */
    SB_SAVED_IMAGE_ERROR_NO_ROOM, /**< the XML is too long for the head */
} SbSavedImageError;

/** A head of more bytes is refused: the XML of a machine is under 20 KB. */
#define SB_SAVED_IMAGE_HEAD_MAX (1024 * 1024)

typedef struct {
    gsize head_bytes; /**< QEMU's stream begins here */
    char *xml;        /**< of the domain */
    char *cookie;     /**< (nullable) what libvirt must know beside the XML: also XML */
    guint8 fixed[92]; /**< the head in front of the data, as it was */
} SbSavedImage;

/** Releases IMAGE and what it holds. */
void sb_saved_image_free(SbSavedImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSavedImage, sb_saved_image_free)

/**
 * Reads the head of a file.
 *
 * @param data  the start of the file: all of it, or SB_SAVED_IMAGE_HEAD_MAX bytes
 * @return (transfer full) or NULL with SB_SAVED_IMAGE_ERROR_INVALID
 */
SbSavedImage *sb_saved_image_parse(const guint8 *data, gsize length,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The head of IMAGE with another XML: as many bytes as before, so that it can replace the old head
 * in the file.
 *
 * @return (transfer full) or NULL with SB_SAVED_IMAGE_ERROR_NO_ROOM
 */
GBytes *sb_saved_image_head(const SbSavedImage *image, const char *xml,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
