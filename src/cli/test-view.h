/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A test as it runs, on stderr: on a terminal what each machine does now, elsewhere a line for each
 * step that has ended.
 *
 * Room: cli.
 * Threads: main.
 */
#pragma once

#include "model/event.h"

typedef struct SbTestView SbTestView;

/** Makes a view; it shows nothing before the first event. (transfer full) */
SbTestView *sb_test_view_new(gboolean is_quiet);

/** Shows EVENT, if it tells how tests run, or what becomes of the machines after them. */
void sb_test_view_take(const SbEvent *event, SbTestView *view);

/** Removes the view from the screen, and frees it. */
void sb_test_view_free(SbTestView *view);
