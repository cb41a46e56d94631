/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How a fleet comes up, on stderr: its images, the stages of each machine, and what failed.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "fleet-file/fleet-file.h"
#include "model/event.h"

typedef struct SbUpView SbUpView;

/** Shows EVENT in DATA, an SbUpView. Events that do not tell how a fleet comes up are ignored. */
void sb_up_view_take(const SbEvent *event, gpointer data);

/**
 * Makes a view that shows nothing yet.
 *
 * @param no_wait  nobody waits until the machines are ready: they are started, and that is all
 * @return (transfer full)
 */
SbUpView *sb_up_view_new(gboolean is_quiet, gboolean no_wait);

/** Ends the view, and frees it. */
void sb_up_view_free(SbUpView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbUpView, sb_up_view_free)

/** Ends the live view: the last state stays on the screen. */
void sb_up_view_end(SbUpView *view);

/** Prints one line about what was made. */
void sb_up_view_summarize(const SbUpView *view, const SbFleetFile *fleet);
