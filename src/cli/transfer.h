/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The view of images on their way, on stderr: how much of a transfer is done, how fast it is, how
 * long it still takes, and the notes about it. On a terminal one line with a bar is redrawn,
 * elsewhere a line is printed every ten seconds.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "cli/command.h"
#include "model/event.h"

typedef struct {
    gboolean is_live, is_quiet, is_drawn;
    gint64 next_us;      /**< when to print bytes again */
    char *what;          /**< (nullable) what is done with the bytes now */
    gint64 begun_us;     /**< when that began */
    guint64 begun_bytes; /**< how many bytes were done then */
    guint64 done_bytes;  /**< how many are done now */
} SbTransfer;

/** A view that shows nothing yet. */
SbTransfer sb_transfer_begin(gboolean is_quiet);

/** An SbEventFunc for SB_EVENT_PROGRESS, SB_EVENT_NOTE and SB_EVENT_STEP; DATA is an SbTransfer. */
void sb_transfer_on_event(const SbEvent *event, gpointer data);

/** Ends the view: removes the line of the live view, and frees what TRANSFER has. */
void sb_transfer_end(SbTransfer *transfer);
