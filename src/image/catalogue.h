/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The catalogue of the images that can be fetched: for which architecture each one is, and how it
 * is verified. src/image/catalogue.yaml describes the format.
 *
 * Room: image (the file that ships is in the program).
 * Threads: a catalogue belongs to one thread.
 */
#pragma once

#include "base/diagnostics.h"
#include "base/digest.h"

#include <glib.h>

#define SB_CATALOGUE_ERROR (sb_catalogue_error_quark())
GQuark sb_catalogue_error_quark(void);

typedef enum {
    SB_CATALOGUE_ERROR_UNKNOWN, /**< no such name, or not for that architecture; the message
                                   names those that exist */
    SB_CATALOGUE_ERROR_FILE,    /**< a catalogue file cannot be read, or has errors */
} SbCatalogueError;

/** The value of `signature` if the checksum file contains its signature. */
#define SB_SIGNATURE_INSIDE "inside"

/** One image, for one architecture. */
typedef struct {
    char *name;
    char *arch;
    char *about;           /**< (nullable) */
    char *url;             /**< may have one `*`, and then so may the next two: what changes with
                              each release. See image/newest-name.h */
    char *checksums;       /**< (nullable) URL of the checksum file */
    char *signature;       /**< (nullable) URL of its detached signature, or SB_SIGNATURE_INSIDE */
    char *index;           /**< (nullable) URL of the text that names the files; never NULL if the
                              URL has a `*` */
    char *keyring;         /**< (nullable) file; never NULL with a SIGNATURE */
    char *keyring_package; /**< (nullable) the package with the keyring */
    gboolean has_digest;   /**< the catalogue itself has the digest */
    SbDigest digest;
} SbCatalogueImage;

typedef struct SbCatalogue SbCatalogue;

/** The catalogue that ships. (transfer full) */
SbCatalogue *sb_catalogue_new(void);
/** Releases CATALOGUE and its images. */
void sb_catalogue_free(SbCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCatalogue, sb_catalogue_free)

/**
 * Adds the images of a catalogue file. An image of the same name is replaced.
 *
 * @param file  the name of the file in the findings
 * @return FALSE if the file has errors, which are added to DIAGNOSTICS; the images without errors
 *         are added in any case
 */
gboolean sb_catalogue_add(SbCatalogue *catalogue, const char *file, const char *text, gsize length,
                          SbDiagnostics *diagnostics);

/** All images (const SbCatalogueImage) in the order of the files. (transfer none) */
const GPtrArray *sb_catalogue_images(const SbCatalogue *catalogue);

/** The image NAME for ARCH. (transfer none) or NULL with SB_CATALOGUE_ERROR_UNKNOWN */
const SbCatalogueImage *sb_catalogue_find(const SbCatalogue *catalogue, const char *name,
                                          const char *arch,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
