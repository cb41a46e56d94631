/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files of this host into a folder of a guest: an archive, streamed over ssh.
 *
 * Room: test.
 * Threads: the main loop's; a thread of its own writes the archive.
 */
#pragma once

#include "guest/access.h"
#include "local/source-files.h"
#include "model/test-step.h"

typedef struct SbCopyIn SbCopyIn;

typedef struct {
    const SbSourceFiles *files; /**< lives as long as the copying */
    const SbTestCopy *copy;
    const char *user; /**< (nullable) whose files they become */
    gint64 connect_ms;
} SbCopyInRequest;

typedef void (*SbCopyInFunc)(const GError *failure, gpointer data);

/** Starts it; DONE comes from the main loop, once. (transfer full) */
SbCopyIn *sb_copy_in_start(const SbAccess *access, const char *machine,
                           const SbCopyInRequest *request, SbCopyInFunc done, gpointer data);

/** DONE does not come any more. Waits for the thread. (nullable) */
void sb_copy_in_free(SbCopyIn *copy);
