/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tap/tap-numbers.h"

static guint32 *word_of(const SbTapNumbers *numbers, guint64 number)
{
    return &numbers->window[number % SB_TAP_NUMBERS_WINDOW / 32];
}

static guint32 bit_of(guint64 number)
{
    return (guint32)1 << (number % 32);
}

/* Moves `all_up_to` over the numbers that were seen ahead of their turn, and clears their bits for
 * further use. */
static void absorb(SbTapNumbers *numbers)
{
    while (numbers->all_up_to < numbers->highest) {
        guint64 next = numbers->all_up_to + 1;
        if (!(*word_of(numbers, next) & bit_of(next)))
            return;
        *word_of(numbers, next) &= ~bit_of(next);
        numbers->all_up_to = next;
    }
}

gboolean sb_tap_numbers_add(SbTapNumbers *numbers, guint64 number)
{
    g_return_val_if_fail(number > 0, FALSE);
    if (number <= numbers->all_up_to)
        return FALSE;
    numbers->highest = MAX(numbers->highest, number);
    if (number == numbers->all_up_to + 1) {
        numbers->all_up_to = number;
        if (numbers->window)
            absorb(numbers);
        return TRUE;
    }
    if (number - numbers->all_up_to > SB_TAP_NUMBERS_WINDOW) {
        numbers->untracked++;
        return TRUE;
    }
    if (!numbers->window)
        numbers->window = g_new0(guint32, SB_TAP_NUMBERS_WINDOW / 32);
    if (*word_of(numbers, number) & bit_of(number))
        return FALSE;
    *word_of(numbers, number) |= bit_of(number);
    return TRUE;
}

void sb_tap_numbers_clear(SbTapNumbers *numbers)
{
    g_free(numbers->window);
    *numbers = (SbTapNumbers){0};
}
