/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Snapshots of one machine: its disk, and its memory if it runs, at one moment. The machine can go
 * back there in place, as the same machine.
 *
 * Taking one: libvirt saves the memory and the machine is off; the overlay is copied; the record
 * makes the snapshot whole; the machine goes on from the saved memory. If the process is killed in
 * between, the machine is off: restoring the snapshot, or removing it, leaves nothing unclear.
 *
 * Going back: the machine is ended, its overlay becomes a copy of the snapshot's, and it goes on
 * from the snapshot's memory, or stays off.
 *
 * Room: machine.
 * Threads: call from the thread of the default main loop, which runs inside.
 */
#pragma once

#include "libvirt/operation.h"
#include "model/snapshot-record.h"

#define SB_SNAPSHOT_ERROR (sb_snapshot_error_quark())
GQuark sb_snapshot_error_quark(void);

typedef enum {
    SB_SNAPSHOT_ERROR_UNKNOWN, /**< the machine has no such snapshot; the message lists them */
    SB_SNAPSHOT_ERROR_EXISTS,  /**< the machine has a snapshot of that name */
} SbSnapshotError;

/**
 * Takes a snapshot of MACHINE, which goes on.
 *
 * Tells SB_EVENT_NOTE, for example if its clock could not be set again.
 *
 * @param name      (nullable) NULL: the first number that is free
 * @param name_out  (transfer full) how it is called
 * @return FALSE with an SbSnapshotError, an SbLookupError or an SbLibvirtError
 */
gboolean sb_snapshot_take(const SbOperation *operation, const char *machine, const char *name,
                          char **name_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Takes MACHINE back to a snapshot. Tells SB_EVENT_NOTE.
 *
 * @param name      (nullable) NULL: the newest
 * @param used_out  (transfer full) the snapshot that was used
 * @return FALSE with SB_SNAPSHOT_ERROR_UNKNOWN, an SbLookupError or an SbLibvirtError
 */
gboolean sb_snapshot_restore(const SbOperation *operation, const char *machine, const char *name,
                             SbSnapshotRecord **used_out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Removes snapshots of MACHINE.
 *
 * @param name       (nullable) NULL: all, also parts of those that are not whole
 * @return FALSE with SB_SNAPSHOT_ERROR_UNKNOWN, an SbLookupError or an SbLibvirtError
 */
gboolean sb_snapshot_remove(const SbOperation *operation, const char *machine, const char *name,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
