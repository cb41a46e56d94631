/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The content of a file from its start to its end: as it is, or unpacked (gzip, xz, zstd) while it
 * is read, by libarchive.
 *
 * Room: image.
 * Threads: a reader belongs to one thread; several may read one file.
 */
#pragma once

#include <glib.h>

#define SB_CONTENT_ERROR (sb_content_error_quark())
GQuark sb_content_error_quark(void);

typedef enum {
    SB_CONTENT_ERROR_READ,   /**< the file cannot be read */
    SB_CONTENT_ERROR_UNPACK, /**< it is damaged, or not a compressed file */
} SbContentError;

typedef struct SbContentReader SbContentReader;

/**
 * Begins to read a file.
 *
 * @param fd               of a regular file; its position is not used
 * @param is_compressed    whether to unpack it
 * @param wants_file_hash  whether sb_content_reader_file_sha256() will be called
 * @return (transfer full) or NULL with an SbContentError
 */
SbContentReader *sb_content_reader_new(int fd, gboolean is_compressed, gboolean wants_file_hash,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** Frees the reader. Leaves its file open. */
void sb_content_reader_free(SbContentReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbContentReader, sb_content_reader_free)

/**
 * Reads the next MAX bytes, or fewer at the end.
 *
 * @param got_out  fewer than MAX only at the end
 * @return FALSE with an SbContentError
 */
gboolean sb_content_reader_read(SbContentReader *reader, guint8 *buffer, gsize max, gsize *got_out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads the next part: at most MAX bytes, or a hole, which is as long as it is. In a compressed
 * file there are no holes.
 *
 * @param length_out   0 at the end
 * @param is_hole_out  whether the part is all zeroes, and was not read
 * @return FALSE with an SbContentError
 */
gboolean sb_content_reader_read_part(SbContentReader *reader, guint8 *buffer, gsize max,
                                     guint64 *length_out, gboolean *is_hole_out,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The number of bytes of the file itself that were read. */
guint64 sb_content_reader_file_bytes(const SbContentReader *reader);

/** The sha256 of the file itself, after its content was read to the end. (transfer full) or NULL
 * with an SbContentError */
char *sb_content_reader_file_sha256(SbContentReader *reader,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** Reads LENGTH bytes of a regular file at OFFSET, without moving its position. Those behind its
 * end are 0. FALSE with SB_CONTENT_ERROR_READ. */
gboolean sb_content_read_at(int fd, guint64 offset, void *buffer, gsize length,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
