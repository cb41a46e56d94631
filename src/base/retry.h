/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Trying something again, where nobody tells when it can work.
 *
 *     SbRetry retry = {.tries = 20, .pause_ms = 500};
 *     do {
 *         if (try_it())
 *             return TRUE;
 *     } while (is_worth_it() && sb_retry_again(&retry));
 *
 * Where an event exists, wait for the event instead.
 *
 * Room: base.
 * Threads: a retry belongs to one thread, which sleeps between two tries.
 */
#pragma once

#include <gio/gio.h>

/** How often to try. Fill in all but `tried` when it is made. */
typedef struct {
    guint tries;               /**< how many in all; the first one counts */
    guint pause_ms;            /**< between two tries */
    GCancellable *cancellable; /**< (nullable) ends a pause, and all further tries */
    guint tried;               /**< how many tries are over */
} SbRetry;

/**
 * Says whether to try again. Pauses before it says yes.
 *
 * @return TRUE after the pause; FALSE if all tries are used, or `cancellable` was cancelled
 */
gboolean sb_retry_again(SbRetry *retry) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Sleeps.
 *
 * @param cancellable  (nullable) ends the sleep early
 * @return TRUE if all of MS milliseconds are over; FALSE if CANCELLABLE was cancelled
 */
gboolean sb_pause(guint ms, GCancellable *cancellable);
