/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The only place where the default main loop runs: a function that waits for events does it here.
 *
 * Room: base.
 * Threads: the thread of the default main loop, where sb_loop_run_in_main() brings its work; the
 * work of sb_loop_run_beside() has a thread of its own.
 */
#pragma once

#include <gio/gio.h>

/** One wait for the end of something that events drive. */
typedef struct SbLoop SbLoop;

/** Called once, from the loop. */
typedef void (*SbLoopFunc)(gpointer data);

/**
 * Makes a wait.
 *
 * @param cancellable  (nullable) must live as long as the wait
 * @param cancelled    (nullable) called when CANCELLABLE is cancelled, also if it was before; NULL:
 *                     the wait ends then
 * @return (transfer full)
 */
SbLoop *sb_loop_new(GCancellable *cancellable, SbLoopFunc cancelled, gpointer data);

/** Frees a wait that is over, or that was never begun. */
void sb_loop_free(SbLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SbLoop, sb_loop_free)

/** Runs the default main loop until sb_loop_end(); returns immediately if that was called before.
 */
void sb_loop_wait(SbLoop *loop);

/** Ends the wait. From the thread of the main loop. */
void sb_loop_end(SbLoop *loop);

/**
 * Calls FUNCTION in the thread that has the default main loop, and returns when it has returned.
 *
 * If no thread runs the main loop, that is the calling thread. FUNCTION may wait with an SbLoop.
 * Calls that overlap end in reverse order. Any thread may call it.
 */
void sb_loop_run_in_main(SbLoopFunc function, gpointer data);

/** Work that blocks, such as an upload. @return FALSE with an error */
typedef gboolean (*SbBlockingFunc)(gpointer data, GError **error);

/**
 * Runs FUNCTION in a thread of its own, and the default main loop until it has returned: signals
 * and events are heard meanwhile.
 *
 * FUNCTION is told to stop by a GCancellable in its DATA.
 *
 * @param name  of the thread, for debuggers
 * @return what FUNCTION returned: FALSE with its error
 */
gboolean sb_loop_run_beside(const char *name, SbBlockingFunc function, gpointer data,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
