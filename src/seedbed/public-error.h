/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * How the errors of all rooms become those of seedbed/error.h. Not installed. (The sources of the
 * installed headers are called as the headers that are not installed: those include both.)
 *
 * Room: seedbed.
 * Threads: any.
 */
#pragma once

#include <glib.h>

/** Gives ERROR (nullable) the public domain and code. The message stays. */
void sb_public_error_convert(GError *error);

/** A copy of ERROR (nullable) with the public domain and code. (transfer full) (nullable) */
GError *sb_public_error_copy(const GError *error);
