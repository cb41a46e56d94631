/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A file that a fleet file names: its path, the place of that path in the fleet file, and the
 * content after the file was read.
 *
 * Room: fleet-file.
 * Threads: a reference is only read after it is complete, then from any thread.
 */
#pragma once

#include "base/diagnostics.h"

#include <glib.h>

typedef struct {
    char *path;      /**< (nullable) as written, relative to the fleet file; NULL: not given */
    SbMark mark;     /**< of the path in the fleet file */
    GBytes *content; /**< (nullable) NULL until the file was read */
} SbFileReference;

/** Releases what REFERENCE holds. Then it is a reference to no file. */
void sb_file_reference_clear(SbFileReference *reference);

/** Makes REFERENCE equal to FROM; the content is shared. */
void sb_file_reference_assign(SbFileReference *reference, const SbFileReference *from);

/** The sha256 of the content of REFERENCE; "-" if it has none. (transfer full) */
char *sb_file_reference_digest(const SbFileReference *reference);

/**
 * The path by which this process opens the file that FLEET_FILE calls PATH.
 *
 * @param fleet_file  the path of the fleet file
 * @param path        absolute, or relative to the folder of the fleet file
 * @return (transfer full)
 */
char *sb_file_reference_path(const char *fleet_file, const char *path);
