/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Which test numbers were seen. Memory is flat, however many numbers there are.
 *
 * Usually all numbers up to some point were seen: that point is one number. Beyond it a window of
 * SB_TAP_NUMBERS_WINDOW numbers is kept as bits, for suites that report out of order.
 *
 * Room: tap.
 * Threads: an object belongs to one thread.
 */
#pragma once

#include <glib.h>

#define SB_TAP_NUMBERS_WINDOW (1 << 20)

typedef struct {
    guint64 all_up_to; /**< 1 to this were seen */
    guint64 highest;   /**< the highest number that was seen, tracked or not */
    guint64 untracked; /**< how many numbers were too far ahead to be tracked */
    guint32 *window;   /**< (nullable) bit `number % SB_TAP_NUMBERS_WINDOW` for those beyond */
} SbTapNumbers;

/** Adds NUMBER, from 1. FALSE if it was certainly seen before. */
gboolean sb_tap_numbers_add(SbTapNumbers *numbers, guint64 number);

/** Frees the window. All zeroes are an empty set. */
void sb_tap_numbers_clear(SbTapNumbers *numbers);
