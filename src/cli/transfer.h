/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The view of images on their way, on stderr: the bytes of a transfer, and the notes about it. On a
 * terminal one line is redrawn, elsewhere a line is printed every few seconds.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "model/event.h"

typedef struct {
    gboolean is_live, is_quiet, is_drawn;
    gint64 next_us; /**< when to print bytes again */
} SbTransfer;

/** A view that shows nothing yet. */
SbTransfer sb_transfer_begin(gboolean is_quiet);

/** An SbEventFunc for SB_EVENT_PROGRESS and SB_EVENT_NOTE; DATA is an SbTransfer. */
void sb_transfer_on_event(const SbEvent *event, gpointer data);

/** Removes the line of the live view. */
void sb_transfer_end(SbTransfer *transfer);
