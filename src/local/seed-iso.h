/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The seed: an ISO 9660 image with the volume id `cidata`, built in memory, because it holds a
 * private key.
 *
 * libarchive keeps the layout of the image in a temporary file, so $TMPDIR must be writable; the
 * contents of the seed never get there. The label is `cidata` in the Joliet descriptor and `CIDATA`
 * in the primary one; cloud-init takes both.
 *
 * Room: local (libarchive).
 * Threads: every function is reentrant.
 */
#pragma once

#include <glib.h>

#define SB_SEED_ISO_ERROR (sb_seed_iso_error_quark())
GQuark sb_seed_iso_error_quark(void);

/** Comes before the machine in the record of a seed. */
#define SB_SEED_ISO_MACHINE_MARK "seedbed "

typedef enum {
    SB_SEED_ISO_ERROR_WRITE, /**< libarchive could not make the image */
    SB_SEED_ISO_ERROR_READ,  /**< it is not a seed, or it is too large */
} SbSeedIsoError;

/** The files of a seed; those that are NULL are left out. */
typedef struct {
    GBytes *user_data;
    GBytes *meta_data;
    GBytes *network_config; /**< (nullable) */
    GBytes *vendor_data;    /**< (nullable) */
    const char *machine;    /**< (nullable) "FLEET/GROUP-N": whose seed it is; not read back */
} SbSeed;

/** The largest seed that is read, and the largest file in one. */
#define SB_SEED_ISO_MAX_BYTES (64 * 1024 * 1024)

/** Frees the contents of SEED. */
void sb_seed_clear(SbSeed *seed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SbSeed, sb_seed_clear)

/**
 * Reads the files of a seed that anybody made.
 *
 * @param seed_out   its files; for sb_seed_clear(). Files that NoCloud does not look at are left
 * out
 * @param others_out (nullable) (out) (transfer full) the number of these
 * @return FALSE with SB_SEED_ISO_ERROR_READ: it is not an ISO 9660 image, has none of the files, is
 * too large, or its label is not `cidata`
 */
gboolean sb_seed_iso_read(GBytes *image, SbSeed *seed_out, guint *others_out,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** This many bytes from the start are enough for sb_seed_iso_machine(). */
#define SB_SEED_ISO_START_BYTES (17 * 2048)

/**
 * Whose seed it is, as seedbed recorded it in the primary volume descriptor (in capitals there, as
 * ISO 9660 demands): "FLEET/GROUP-N".
 *
 * @param start  the first SB_SEED_ISO_START_BYTES of the image
 * @return (transfer full) NULL: seedbed did not make it for a machine
 */
char *sb_seed_iso_machine(GBytes *start);

/** The image. (transfer full) or NULL with SB_SEED_ISO_ERROR_WRITE */
GBytes *sb_seed_iso_build(const SbSeed *seed, GError **error) G_GNUC_WARN_UNUSED_RESULT;
