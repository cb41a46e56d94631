/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What happened to the machines of a fleet since they were made: their stages with the times.
 *
 * A history is a file of the state folder for each machine, with a line for each event: its time,
 * a word, and what it says:
 *
 *     2026-11-30T09:44:58.123Z stage kernel
 *     2026-11-30T09:45:40.004Z ready
 *
 * The words are: stage, part (of the boot: DEPTH BEGIN_MS TOOK_MS NAME, after the kernel's start),
 * note, undoing, ready, failed. It is written when a machine is ready, has
 * failed, or is about to be taken back, not at each event.
 *
 * Room: wait.
 * Threads: the thread that the events come in.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "libvirt/operation.h"

typedef struct SbHistory SbHistory;

/** A history of the machines of FLEET, of which OPERATION tells. Both must live as long. (transfer
 * full) */
SbHistory *sb_history_new(const SbOperation *operation, const SbFleetFile *fleet);

/** Frees HISTORY; the files stay. */
void sb_history_free(SbHistory *history);

/** The same operation, whose events are kept too. (transfer none) */
const SbOperation *sb_history_operation(const SbHistory *history);

/** Keeps the fleet file with its settings in the state folder, which exists: later it may be
 * another one. FALSE with an SbStateDirError. */
gboolean sb_history_keep_file(const SbHistory *history, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** One line of a history. */
typedef struct {
    gint64 at_ms; /**< since 1970 */
    char *word;
    char *text; /**< such as "kernel"; may be "" */
} SbHistoryEntry;

/** A time in which a machine did something. */
typedef struct {
    const char *lane; /**< "stages", "boot" or "modules": spans of one lane do not overlap */
    char *name;
    gint64 from_ms, to_ms; /**< since 1970 */
} SbHistorySpan;

/**
 * The stages and parts of the last boot in ENTRIES: of SbHistorySpan, lane by lane. (transfer full)
 *
 * @param timeline  (nullable) of SbTimelineEntry: the parts, as the guest tells of them now;
 *                  without it, those that were kept: `up` asks for them only if the boot failed
 */
GPtrArray *sb_history_spans(const GPtrArray *entries, const GPtrArray *timeline);

/** Tells OPERATION the parts of the boot of MACHINE in TIMELINE, of SbTimelineEntry, as
 * SB_EVENT_BOOT_PART; those that took no time are left out. */
void sb_history_tell_boot(const SbOperation *operation, const char *machine,
                          const GPtrArray *timeline);

/** The history of MACHINE in the state folder DIRECTORY: of SbHistoryEntry, none if it is not
 * known. Lines that cannot be read are left out. (transfer full) */
GPtrArray *sb_history_read(const char *directory, const char *machine);
