/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The record of an image: a small JSON document that says where the image comes from. It is in a
 * volume beside the image's volume, with the same name and `.json` at the end.
 *
 * People read it, and `build` reads whether a golden image is up to date. Nothing that must be
 * correct depends on it, because everyone who can write into the pool can write the record. An
 * image without a record can be used. The record has no secrets: everyone who can read the pool
 * reads it.
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

/** The size of the largest record. */
#define SB_IMAGE_RECORD_MAX_BYTES (256 * 1024)

/** The most inputs of one image. */
#define SB_IMAGE_RECORD_MAX_INPUTS 256

/** One input of a golden image, such as its user-data. */
typedef struct {
    char *name;
    char *sha256; /**< 64 digits */
} SbImageInput;

typedef struct {
    char *sha256;      /**< of the volume's content: 64 digits; sb_image_import() sets it */
    char *file_sha256; /**< (nullable) of the file that was imported, if its content was
                          different, for example compressed */
    char *source;      /**< (nullable) the path or URL that it came from */
    char *verified;    /**< (nullable) how the file was verified, in words */
    char *catalogue;   /**< (nullable) the name in the catalogue that it was fetched by */
    char *fetched;     /**< (nullable) the digest that the fetched file was verified with: "sha512-"
                          or "sha256-" and the digits */
    char *imported;    /**< ISO 8601, UTC: "2024-01-31T12:00:00Z" */
    char *seedbed;     /**< the version that imported it */
    char *arch;        /**< (nullable) "aarch64", "x86_64" or another; NULL: not known */
    char *base_image;  /**< (nullable) of a golden image: the name of the image it was made from */
    char *base_digest; /**< (nullable) and the sha256 of that image: 64 digits, or the 16 of its
                          volume */
    GPtrArray *inputs; /**< of SbImageInput: the other inputs that it was made from */
} SbImageRecord;

/** A record with the time and the version of seedbed, and nothing else yet. (transfer full) */
SbImageRecord *sb_image_record_new(void);
/** Releases RECORD and what it holds. */
void sb_image_record_free(SbImageRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbImageRecord, sb_image_record_free)

/** Sets where the image comes from. The user, password and query of a URL are left out, because
 * they can be secret. */
void sb_image_record_set_source(SbImageRecord *record, const char *source);

/**
 * Adds an input.
 *
 * @param sha256  64 digits, in lower case
 */
void sb_image_record_add_input(SbImageRecord *record, const char *name, const char *sha256);

/** The JSON of RECORD; each text is one line, and is cut if it is too long. (transfer full) */
char *sb_image_record_to_json(const SbImageRecord *record);

/**
 * Reads the JSON of a record.
 *
 * Every value must have the form that seedbed writes: then it can be shown as it is. Unknown
 * members are ignored, because a newer version can have written them.
 *
 * @param text  need not end with NUL
 * @return (transfer full) or NULL with SB_IMAGE_RECORD_ERROR_INVALID
 */
SbImageRecord *sb_image_record_parse(const char *text, gsize length,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** The volume of the record of the image in the volume IMAGE_VOLUME. (transfer full) */
char *sb_image_record_volume(const char *image_volume);

/** The volume of the image, if VOLUME has the name of a record; else NULL. (transfer full) */
char *sb_image_record_image_volume(const char *volume);
