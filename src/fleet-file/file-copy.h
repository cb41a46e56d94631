/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files for machines: the key `copy` of steps.
 *
 * Room: fleet-file.
 * Threads: copies are only read after they are made, from any thread.
 */
#pragma once

#include "fleet-file/fleet-file-values.h"

typedef struct {
    char *from;  /**< a file or folder; relative to the fleet file's folder */
    char *to;    /**< a folder of the guest; relative to the account's home */
    SbMark mark; /**< of `from` */
} SbFileCopy;

/** Releases COPY (nullable) and what it holds. */
void sb_file_copy_free(SbFileCopy *copy);

/** Reads VALUE: the path of `from`, or a mapping. (transfer full) or NULL after a finding */
SbFileCopy *sb_file_copy_read(const SbValueReader *reader, const char *key,
                              const SbYamlNode *value);
