/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * Going through a GPtrArray whose elements have a type, and sorting one of strings.
 *
 *     SB_EACH(const SbGroup, group, file->groups)
 *         machines += group->count;
 *
 * Room: base.
 * Threads: as the array.
 */
#pragma once

#include <glib.h>
#include <string.h>

/**
 * A loop: ITEM, a pointer to TYPE, is each element of ARRAY (nullable) in turn. `break` and
 * `continue` work as in any loop. The array may grow meanwhile; then the loop goes on with the new
 * elements.
 *
 * These are two loops, because one cannot declare an index and a pointer. The inner one runs once;
 * after a `break` in it, `item_go` ends the outer one as well.
 */
/* NOLINTBEGIN(bugprone-macro-parentheses): neither a type nor a new name can have them. */
#define SB_EACH(Type, item, array)                                                                 \
    for (guint item##_at = 0, item##_go = 1;                                                       \
         item##_go && item##_at < ((array) ? (array)->len : 0); item##_at++)                       \
        for (Type *item = (item##_go = 0, g_ptr_array_index(array, item##_at)); !item##_go;        \
             item##_go = 1)
/* NOLINTEND(bugprone-macro-parentheses) */

/** For g_ptr_array_sort() of an array of char *: in the order of strcmp(). */
static inline gint sb_compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}
