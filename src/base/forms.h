/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The forms of values from outside. Each is the narrowest form: the one that seedbed itself writes.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** Whether TEXT has MIN to MAX characters, and all of them are in ALLOWED. */
gboolean sb_form_consists_of(const char *text, const char *allowed, gsize min, gsize max);

/** Whether TEXT is a time in UTC in the form of ISO 8601, such as 2024-01-31T12:30:45Z. */
gboolean sb_form_is_time(const char *text);

/** Whether TEXT has the 64 lower-case hexadecimal digits of a sha256. */
gboolean sb_form_is_sha256(const char *text);
