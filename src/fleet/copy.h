/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * `copy`: files and folders between this machine and machines, as archives over ssh.
 *
 * Room: fleet.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"

#define SB_COPY_ERROR (sb_copy_error_quark())
GQuark sb_copy_error_quark(void);

typedef enum {
    SB_COPY_ERROR_USAGE,  /**< both sides are here, or both are machines, or one name has several */
    SB_COPY_ERROR_FILES,  /**< a file cannot be read or written here */
    SB_COPY_ERROR_FAILED, /**< not all was copied; each machine was told on its own */
} SbCopyError;

/**
 * Does the whole of `seedbed copy`: copies SOURCES to DESTINATION. A side is a path, or NAME:PATH
 * of a machine; as a destination, a fleet stands for all of its machines.
 *
 * As with cp(1), the last part of a source is its new name in a destination that is a folder, that
 * ends with a slash, or that is for several sources. Missing folders are made. A path of a machine
 * that is not absolute begins in the home of its account. What is copied here replaces files, but
 * no folders; links are followed in the machine.
 *
 * Tells SB_EVENT_PROGRESS, twice a second, and SB_EVENT_FINISHED for each machine.
 *
 * @param sources  NULL-terminated, at least one
 * @return FALSE with an SbCopyError, an SbLookupError, an SbAccessError or G_IO_ERROR_CANCELLED
 */
gboolean sb_copy(const SbOperation *operation, const char *const *sources, const char *destination,
                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
