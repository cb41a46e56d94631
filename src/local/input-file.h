/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files that a user gives: read whole, but only if they are regular files of a sane size. "-" is
 * standard input.
 *
 * Room: local.
 * Threads: every function is reentrant, but only one thread reads standard input.
 */
#pragma once

#include <glib.h>

#define SB_INPUT_FILE_ERROR (sb_input_file_error_quark())
GQuark sb_input_file_error_quark(void);

typedef enum {
    SB_INPUT_FILE_ERROR_READ, /**< it is not there, not a file, too large, not readable, or
                                 standard input was read before */
} SbInputFileError;

/**
 * Reads the file at PATH, of at most MAX_BYTES.
 *
 * A FIFO or a device is not even read: it would block, or never end. But "-" is standard input,
 * whatever it is; it can be read once.
 *
 * @return (transfer full) or NULL with SB_INPUT_FILE_ERROR_READ
 */
GBytes *sb_input_file_read(const char *path, gsize max_bytes,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
