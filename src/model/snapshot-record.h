/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The record of a snapshot of a machine: a small JSON document in a volume beside the copies of its
 * disk and memory. It is written last, so a snapshot without a record is not whole.
 *
 * The volumes of the snapshot NAME are `MACHINE.NAME.snapshot.qcow2`, `….memory` and `….json`, and
 * for each disk beside the first `….DISK.disk.qcow2`.
 *
 * Room: model.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** A longer text is not a record. */
#define SB_SNAPSHOT_RECORD_MAX_BYTES 4096

typedef struct {
    char *name;          /**< of the snapshot: a valid name */
    char *uuid;          /**< of the machine: another machine of its name has another one */
    char *created;       /**< ISO 8601, UTC */
    gboolean has_memory; /**< FALSE: the machine was off */
} SbSnapshotRecord;

/** A record of a snapshot that is made now. (transfer full) */
SbSnapshotRecord *sb_snapshot_record_new(const char *name, const char *uuid, gboolean has_memory);

/** Releases RECORD (nullable) and what it holds. */
void sb_snapshot_record_free(SbSnapshotRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbSnapshotRecord, sb_snapshot_record_free)

/** The JSON of RECORD. (transfer full) */
char *sb_snapshot_record_to_json(const SbSnapshotRecord *record);

/** Reads the record of the snapshot NAME; TEXT need not end with NUL. (transfer full) (nullable)
 * NULL: it is not a record */
SbSnapshotRecord *sb_snapshot_record_parse(const char *name, const char *text, gsize length);

/** The parts of a snapshot, each a volume. */
typedef enum {
    SB_SNAPSHOT_DISK,
    SB_SNAPSHOT_MORE, /**< a disk beside the first: there can be several, see sb_snapshot_prefix()
                       */
    SB_SNAPSHOT_MEMORY,
    SB_SNAPSHOT_RECORD,
    SB_SNAPSHOT_PARTS
} SbSnapshotPart;

/**
 * What the names of the volumes of the snapshot NAME of MACHINE begin with. For the functions of
 * fleet-file/machine-disks.h it is the machine that the copies of the other disks belong to.
 * (transfer full)
 */
char *sb_snapshot_prefix(const char *machine, const char *name);

/** The volume of PART, other than SB_SNAPSHOT_MORE, of the snapshot NAME of MACHINE. (transfer
 * full) */
char *sb_snapshot_volume_name(const char *machine, const char *name, SbSnapshotPart part);

/**
 * The name of the snapshot of MACHINE that VOLUME is a part of.
 *
 * @param part_out  not written if it is none
 * @return (transfer full) or NULL if it is none
 */
char *sb_snapshot_of_volume(const char *machine, const char *volume, SbSnapshotPart *part_out);
