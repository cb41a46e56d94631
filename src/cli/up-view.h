/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How a fleet comes up, on stderr: the stages of each machine, and what failed.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "machine/bring-up.h"

typedef struct SbUpView SbUpView;

/** For sb_up(), with the view as their data. */
extern const SbUpCallbacks sb_up_view_callbacks;

/** (transfer full) */
SbUpView *sb_up_view_new(gboolean is_quiet);
void sb_up_view_free(SbUpView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbUpView, sb_up_view_free)

/** sb_up() is over: the last state stays on the screen. */
void sb_up_view_end(SbUpView *view);

/** One line about what was made. */
void sb_up_view_summarize(const SbUpView *view, const SbFleet *fleet, gboolean no_wait);
