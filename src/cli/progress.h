/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Several machines on their way, on stderr: a live view on a terminal, plain lines
 * elsewhere.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "model/stage.h"

#include <glib.h>

typedef struct SbProgress SbProgress;

/**
 * @param machines  the names, in the order in which they are shown: of char *
 * @param is_quiet  show only what sb_progress_say() is given
 * @return (transfer full)
 */
SbProgress *sb_progress_new(const GPtrArray *machines, gboolean is_quiet);

/** Leaves the last state on the screen. */
void sb_progress_free(SbProgress *progress);

/** MACHINE has reached STAGE, ELAPSED_MS after it was started. */
void sb_progress_stage(SbProgress *progress, const char *machine, SbStage stage, gint64 elapsed_ms);

/** MACHINE waits for STAGE, for at most LEFT_MS from now. Only a live view shows it. */
void sb_progress_awaits(SbProgress *progress, const char *machine, SbStage stage, gint64 left_ms);

/** MACHINE has printed LINE, which is sanitised. Only a live view shows it. */
void sb_progress_said(SbProgress *progress, const char *machine, const char *line);

typedef enum {
    SB_PROGRESS_READY,
    SB_PROGRESS_STARTED, /**< and nobody waits until it is ready */
    SB_PROGRESS_FAILED,
    SB_PROGRESS_UNDOING,
} SbProgressEnd;

/** MACHINE is not on its way any more. */
void sb_progress_end(SbProgress *progress, const char *machine, SbProgressEnd end);

/** Prints a line above the live view. */
void sb_progress_say(SbProgress *progress, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Whether stderr is a terminal that understands cursor movements. */
gboolean sb_progress_is_live(void);
