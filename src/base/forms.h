/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a value from outside may look like, where each has the narrowest form that seedbed itself
 * writes.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** Whether TEXT is MIN to MAX of the characters in ALLOWED. */
gboolean sb_form_consists_of(const char *text, const char *allowed, gsize min, gsize max);

/** Whether TEXT is a time in UTC as ISO 8601 has it, such as 2024-01-31T12:30:45Z. */
gboolean sb_form_is_time(const char *text);
