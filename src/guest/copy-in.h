/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Copies files of this machine into a guest: an archive, streamed over ssh.
 *
 * Room: guest.
 * Threads: the main loop's; a thread of its own writes the archive.
 */
#pragma once

#include "guest/access.h"
#include "local/source-files.h"

typedef struct SbCopyIn SbCopyIn;

typedef struct {
    const SbSourceFiles *files; /**< lives as long as the copying */
    const char *from;           /**< what messages call them, as the next one */
    const char *to;
    const char *script; /**< for the guest's shell: unpacks the archive on its standard input */
    const char *user;   /**< (nullable) the account that gets the files; NULL: that of the login */
    gint64 connect_ms;  /**< how long it may take to reach the machine */
} SbCopyInRequest;

/** The script that unpacks an archive into the folder TO, which is made. (transfer full) */
char *sb_copy_in_script(const char *to);

/** Takes the end; FAILURE (nullable) names the file or folder. */
typedef void (*SbCopyInFunc)(const GError *failure, gpointer data);

/** Starts to copy into MACHINE. DONE is called once, from the main loop; it may free the copying.
 * (transfer full) */
SbCopyIn *sb_copy_in_start(const SbAccess *access, const char *machine,
                           const SbCopyInRequest *request, SbCopyInFunc done, gpointer data);

/** How many bytes of the archive were sent. */
guint64 sb_copy_in_bytes(SbCopyIn *copy);

/** Ends the copying, and waits for its thread; DONE is not called any more. (nullable) */
void sb_copy_in_free(SbCopyIn *copy);
