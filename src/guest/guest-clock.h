/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The clock of a guest whose memory comes from the past: it gets the host's, and is right within a
 * second.
 *
 * A time is old when it arrives, in a busy guest by seconds. How old it was is seen by how long the
 * answer takes; if that is too long, the guest is told again.
 *
 * Room: guest.
 * Threads: each function says.
 */
#pragma once

#include "guest/access.h"
#include "libvirt/operation.h"

/** How often a guest is told the time, before a clock that may be late is accepted. */
enum { SB_GUEST_CLOCK_TRIES = 10 };

/** The time to tell a guest now, in whole seconds since 1970, as busybox takes it. Any thread. */
gint64 sb_guest_clock_now(void);

/** Whether the guest's clock is right within a second. Any thread.
 *
 * @param told_us  when it was told sb_guest_clock_now(); of g_get_monotonic_time()
 * @param answered_us  when it said that its clock is set; of the same clock
 */
gboolean sb_guest_clock_is_right(gint64 told_us, gint64 answered_us);

/**
 * Sets the clock of MACHINE over ssh. Call from the thread of the default main loop, which runs
 * inside.
 *
 * @return FALSE with an SbGuestCommandError, SB_SSH_ERROR_SPAWN, G_IO_ERROR_CANCELLED or
 * G_IO_ERROR_FAILED
 */
gboolean sb_guest_clock_set(const SbOperation *operation, const SbAccess *access,
                            const char *machine, GError **error) G_GNUC_WARN_UNUSED_RESULT;
