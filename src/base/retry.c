/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/retry.h"

gboolean sb_pause(guint ms, GCancellable *cancellable)
{
    GPollFD polled;
    gint64 end_us = g_get_monotonic_time() + (gint64)ms * 1000;
    gboolean has_fd = g_cancellable_make_pollfd(cancellable, &polled);
    for (;;) {
        gint64 left_us = end_us - g_get_monotonic_time();
        if (left_us <= 0 || g_cancellable_is_cancelled(cancellable))
            break;
        /* Rounded up: 0 would spin through the last millisecond. A signal can end it early. */
        gint left_ms = (gint)MIN((left_us + 999) / 1000, G_MAXINT);
        g_poll(has_fd ? &polled : NULL, has_fd ? 1 : 0, left_ms);
    }
    if (has_fd)
        g_cancellable_release_fd(cancellable);
    return !g_cancellable_is_cancelled(cancellable);
}

gboolean sb_retry_again(SbRetry *retry)
{
    retry->tried++;
    return retry->tried < retry->tries && sb_pause(retry->pause_ms, retry->cancellable);
}
