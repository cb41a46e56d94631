/**
 * @file
 * The seed: an ISO 9660 image with the volume id `cidata`, built in memory, because it holds a
 * private key.
 *
 * libarchive keeps the layout of the image in a temporary file, so $TMPDIR must be writable; the
 * contents of the seed never get there. The label is `cidata` in the Joliet descriptor and `CIDATA`
 * in the primary one; cloud-init takes both. Layer: host (libarchive). Threads: every function is
 * reentrant.
 */
#pragma once

#include <glib.h>

#define SB_SEED_ISO_ERROR (sb_seed_iso_error_quark())
GQuark sb_seed_iso_error_quark(void);

typedef enum {
    SB_SEED_ISO_ERROR_WRITE, /**< libarchive could not make the image */
} SbSeedIsoError;

/** The files of a seed; those that are NULL are left out. */
typedef struct {
    GBytes *user_data;
    GBytes *meta_data;
    GBytes *network_config; /**< (nullable) */
    GBytes *vendor_data;    /**< (nullable) */
} SbSeed;

/** The image. (transfer full) or NULL with SB_SEED_ISO_ERROR_WRITE */
GBytes *sb_seed_iso_build(const SbSeed *seed, GError **error);
