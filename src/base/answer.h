/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The answer to a question that may have been impossible to ask.
 *
 * Room: base.
 * Threads: a value.
 */
#pragma once

#include <glib.h>

typedef enum { SB_UNKNOWN, SB_NO, SB_YES } SbAnswer;

/** The answer for something that IS_SO or not. */
static inline SbAnswer sb_answer(gboolean is_so)
{
    return is_so ? SB_YES : SB_NO;
}
