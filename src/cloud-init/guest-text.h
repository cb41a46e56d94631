/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Text out of a guest, which may be hostile: made safe to show, and bounded.
 *
 * Room: cloud-init.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

/** The limit of a guest's JSON. */
#define SB_GUEST_JSON_MAX_BYTES (1024 * 1024)

/** TEXT, sanitised and without blanks around it, at most MAX_BYTES long. (transfer full) */
char *sb_guest_text(const char *text, gsize max_bytes);

/** Adds TEXT (transfer full) to LIST (of char *), unless it is empty, there already, or the list
 * has MAX_ITEMS. */
void sb_guest_list_add(GPtrArray *list, char *text, guint max_items);
