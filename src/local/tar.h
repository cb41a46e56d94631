/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * tar archives: written as a stream from files of this machine, and unpacked from a guest, which
 * can send anything.
 *
 * Room: local.
 * Threads: every function may be called from any thread.
 */
#pragma once

#include "local/source-files.h"

#include <gio/gio.h>

#define SB_TAR_ERROR (sb_tar_error_quark())
GQuark sb_tar_error_quark(void);

typedef enum {
    SB_TAR_ERROR_READ,   /**< a file cannot be read, or changed in the middle */
    SB_TAR_ERROR_WRITE,  /**< the other end does not take it, or the disk is full */
    SB_TAR_ERROR_FORMAT, /**< not an archive */
} SbTarError;

/**
 * Writes FILES to STREAM, with root as their owner. Blocks.
 *
 * @param written  (nullable) grows by what STREAM took; other threads may read it, atomically
 * @return FALSE with an SbTarError; the result may be dropped
 */
gboolean sb_tar_write(const SbSourceFiles *files, GOutputStream *stream, gsize *written,
                      GCancellable *cancellable, GError **error);

/** The most of an archive that is unpacked. */
typedef struct {
    guint files; /**< with the folders that are made for them */
    guint64 bytes;
} SbTarLimits;

/**
 * Unpacks the archive in FD into FOLDER, which is made, and into nothing else: only regular files
 * and folders, below it, by names without `..` and control characters, and none that is there.
 *
 * @param skipped_out  the number of entries that were left out for that, or for LIMITS
 * @return FALSE with an SbTarError
 */
gboolean sb_tar_unpack(int fd, const char *folder, const SbTarLimits *limits, guint *files_out,
                       guint *skipped_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
