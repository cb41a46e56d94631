/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The fleet file of a project, which a command finds by itself: as git finds its folder.
 *
 * Room: fleet.
 * Threads: any, as long as none changes the working folder.
 */
#pragma once

#include "base/diagnostics.h"

#define SB_FIND_FILE_ERROR (sb_find_file_error_quark())
GQuark sb_find_file_error_quark(void);

typedef enum {
    SB_FIND_FILE_ERROR_NONE,    /**< no such file up to the root */
    SB_FIND_FILE_ERROR_TWO,     /**< one folder has both names */
    SB_FIND_FILE_ERROR_FOREIGN, /**< it belongs to another user, who was not asked for it */
} SbFindFileError;

/**
 * Looks for `seedbed.yaml` or `fleet.yaml` in the working folder, and then in the folders above it.
 *
 * @return (transfer full) a path relative to the working folder, or NULL with an SbFindFileError
 */
char *sb_fleet_find_file(GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * The name of the fleet in the file at PATH. Nothing else in it is checked.
 *
 * @param diagnostics  gets the errors
 * @return (transfer full) (nullable) NULL after an error
 */
char *sb_fleet_file_name(const char *path, SbDiagnostics *diagnostics) G_GNUC_WARN_UNUSED_RESULT;
