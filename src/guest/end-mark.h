/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The mark that ends the output of one command, in a stream that goes on.
 *
 * Room: guest.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/**
 * How many of the BYTES come before MARK, or, without it, before its beginning: that may be the
 * last bytes so far.
 *
 * @param mark           not empty
 * @param is_whole_out   TRUE: all of the mark is there
 */
gsize sb_end_mark_find(const char *bytes, gsize length, const char *mark, gboolean *is_whole_out);
