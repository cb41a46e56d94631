/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The catalogue: which images there are to fetch, for which architecture, and what they are
 * verified with. src/model/catalogue.yaml describes the format.
 *
 * Room: model (the file that ships is in the program).
 * Threads: a catalogue belongs to one thread.
 */
#pragma once

#include "base/diagnostics.h"
#include "base/digest.h"

#include <glib.h>

#define SB_CATALOGUE_ERROR (sb_catalogue_error_quark())
GQuark sb_catalogue_error_quark(void);

typedef enum {
    SB_CATALOGUE_ERROR_UNKNOWN, /**< no such name, or not for that architecture; the message says
                                   what there is */
    SB_CATALOGUE_ERROR_FILE,    /**< a catalogue file cannot be read, or has errors */
} SbCatalogueError;

/** What `signature` is where the checksum file has its signature in itself. */
#define SB_SIGNATURE_INSIDE "inside"

/** One image, for one architecture. */
typedef struct {
    char *name;
    char *arch;
    char *about; /**< (nullable) */
    char *url;
    char *checksums;       /**< (nullable) URL of the checksum file */
    char *signature;       /**< (nullable) URL of its detached signature, or SB_SIGNATURE_INSIDE */
    char *keyring;         /**< (nullable) file; not NULL if SIGNATURE is not */
    char *keyring_package; /**< (nullable) that has the keyring */
    gboolean has_digest;   /**< the catalogue itself has the digest */
    SbDigest digest;
} SbCatalogueImage;

typedef struct SbCatalogue SbCatalogue;

/** The catalogue that ships. (transfer full) */
SbCatalogue *sb_catalogue_new(void);
void sb_catalogue_free(SbCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbCatalogue, sb_catalogue_free)

/**
 * Adds the images of a catalogue file. Each of its names takes the place of what had that name.
 *
 * @param file  what the findings call it
 * @return FALSE if it has errors, which DIAGNOSTICS got; what it has without is added all the same
 */
gboolean sb_catalogue_add(SbCatalogue *catalogue, const char *file, const char *text, gsize length,
                          SbDiagnostics *diagnostics);

/** In the order of the files: of const SbCatalogueImage. (transfer none) */
const GPtrArray *sb_catalogue_images(const SbCatalogue *catalogue);

/** The image NAME for ARCH. (transfer none) or NULL with SB_CATALOGUE_ERROR_UNKNOWN */
const SbCatalogueImage *sb_catalogue_find(const SbCatalogue *catalogue, const char *name,
                                          const char *arch, GError **error);
