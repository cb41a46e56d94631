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

#include "test/test-run.h"

typedef struct SbTestView SbTestView;

/** For sb_test_session_run(), with the view as their data. */
extern const SbTestRunCallbacks sb_test_view_callbacks;

/** (transfer full) */
SbTestView *sb_test_view_new(gboolean is_quiet);
void sb_test_view_free(SbTestView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbTestView, sb_test_view_free)
