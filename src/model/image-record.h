/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Where an image comes from: a small JSON document in a volume of its own beside the image's, which
 * is called as that is, with `.json` at its end.
 *
 * It is for people, and for golden images that want to know whether they are up to date; nothing
 * that must be right depends on it, because whoever may write into the pool may write it. An image
 * without a record can be used all the same. No secret goes in: whoever may read the pool reads it.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

#define SB_IMAGE_RECORD_ERROR (sb_image_record_error_quark())
GQuark sb_image_record_error_quark(void);

typedef enum {
    SB_IMAGE_RECORD_ERROR_INVALID, /**< not a record, or a value is missing or not what we write */
} SbImageRecordError;

/** No record is larger. */
#define SB_IMAGE_RECORD_MAX_BYTES (256 * 1024)

/** The most inputs of one image. */
#define SB_IMAGE_RECORD_MAX_INPUTS 256

/** One thing that a golden image was made from, such as its user-data. */
typedef struct {
    char *name;
    char *sha256; /**< 64 digits */
} SbImageInput;

typedef struct {
    char *sha256;      /**< of the volume's content: 64 digits; sb_image_import() sets it */
    char *file_sha256; /**< (nullable) of the file that was imported, if that was another content,
                          such as a compressed one */
    char *source;      /**< (nullable) the path or URL that it came from */
    char *verified;    /**< (nullable) what was verified with what, in words */
    char *imported;    /**< ISO 8601, UTC: "2024-01-31T12:00:00Z" */
    char *seedbed;     /**< the version that imported it */
    char *arch;        /**< (nullable) "aarch64", "x86_64" or another; NULL: not known */
    char *base_image;  /**< (nullable) of a golden image: the name of the image it was made from */
    char *base_digest; /**< (nullable) and that one's sha256: 64 digits, or the 16 of its volume */
    GPtrArray *inputs; /**< of SbImageInput: what else it was made from */
} SbImageRecord;

/** A record that says when and with which version, and nothing else yet. (transfer full) */
SbImageRecord *sb_image_record_new(void);
void sb_image_record_free(SbImageRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImageRecord, sb_image_record_free)

/** Says where the image comes from; of a URL, without what may be secret: user, password and query.
 */
void sb_image_record_set_source(SbImageRecord *record, const char *source);

/**
 * Adds an input.
 *
 * @param sha256  64 digits, in lower case
 */
void sb_image_record_add_input(SbImageRecord *record, const char *name, const char *sha256);

/** The JSON of RECORD; texts are made one line each, and cut where they are too long. (transfer
 * full) */
char *sb_image_record_to_json(const SbImageRecord *record);

/**
 * Reads it back.
 *
 * Every value must have the form that is written: then it can be shown as it is. Members that this
 * version does not know are left to newer ones.
 *
 * @param text  need not end with NUL
 * @return (transfer full) or NULL with SB_IMAGE_RECORD_ERROR_INVALID
 */
SbImageRecord *sb_image_record_parse(const char *text, gsize length, GError **error);

/** The volume of the record of the image in the volume IMAGE_VOLUME. (transfer full) */
char *sb_image_record_volume(const char *image_volume);

/** The image's volume, if VOLUME is called as a record is; else NULL. (transfer full) */
char *sb_image_record_image_volume(const char *volume);
