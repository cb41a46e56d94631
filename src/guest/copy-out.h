/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Files of a guest, fetched into a folder of this machine: an archive, over ssh.
 *
 * A guest is not trusted: sb_tar_unpack() says how its archive is read.
 *
 * Room: guest.
 * Threads: the main loop's.
 */
#pragma once

#include "guest/access.h"
#include "local/tar.h"

typedef struct SbCopyOut SbCopyOut;

typedef struct {
    const SbAccess *access; /**< must live longer */
    const char *machine;
    const char *script; /**< for the guest's shell: writes the archive to its standard output */
    const char *user;   /**< (nullable) another account than that of the login */
    const char *folder; /**< of this machine: gets the files */
    guint own_folders;  /**< of its last components: they must be this user's folders, not links */
    gint64 connect_ms;  /**< how long it may take to reach the machine */
    gint64 timeout_ms;  /**< how long the script may take; 0: no limit */
    SbTarLimits limits;
} SbCopyOutRequest;

/** Takes the end: FILES are there, SKIPPED were left out. FAILURE (nullable): some are missing. */
typedef void (*SbCopyOutFunc)(guint files, guint skipped, const GError *failure, gpointer data);

/** Starts to fetch what the script of REQUEST writes. DONE is called once, from the main loop; it
 * may free the copying. (transfer full) */
SbCopyOut *sb_copy_out_start(const SbCopyOutRequest *request, SbCopyOutFunc done, gpointer data);

/** How many bytes of the archive have come. */
guint64 sb_copy_out_bytes(const SbCopyOut *copy);

/** Ends the fetching; DONE is not called any more. (nullable) */
void sb_copy_out_free(SbCopyOut *copy);

/** Removes FOLDER, which an earlier copying may have filled, with all that is in it. Links are not
 * followed. Does nothing if a later copying would refuse FOLDER for its OWN_FOLDERS. */
void sb_copy_out_clear(const char *folder, guint own_folders);
