/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How far an image is on its way, on stderr, and Ctrl-C while it is.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "image/image-file.h"

typedef struct {
    gboolean is_live, is_quiet, has_waited, is_drawn;
    gint64 next_us; /**< when to say something again */
    GCancellable *cancellable;
} SbTransfer;

/** One that shows nothing yet. */
SbTransfer sb_transfer_begin(const SbCli *cli);

/** An SbImageProgress; DATA is an SbTransfer. */
gboolean sb_transfer_on_progress(SbImagePhase phase, guint64 done_bytes, guint64 total_bytes,
                                 gpointer data);

/** Leaves nothing on the screen. */
void sb_transfer_end(SbTransfer *transfer);
