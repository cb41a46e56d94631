/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/guest-text.h"

#include "base/text.h"

#include <string.h>

char *sb_guest_text(const char *text, gsize max_bytes)
{
    gsize length = strlen(text);
    char *clean = sb_text_sanitize(text, MIN(length, max_bytes));
    g_strstrip(clean);
    return clean;
}

void sb_guest_list_add(GPtrArray *list, char *text, guint max_items)
{
    if (*text && list->len < max_items &&
        !g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
        g_ptr_array_add(list, text);
    else
        g_free(text);
}
