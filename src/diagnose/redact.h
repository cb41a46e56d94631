/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Secrets taken out of text that others will read.
 *
 * Room: diagnose.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/**
 * A copy of TEXT without private keys, password hashes, passwords, and tokens of the usual forms.
 * Bytes that are not UTF-8 become U+FFFD. If a search fails, nothing of TEXT is left.
 *
 * @param count_out  how many were replaced
 * @return (transfer full)
 */
char *sb_redact(const char *text, guint *count_out);
