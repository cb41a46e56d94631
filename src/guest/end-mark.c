/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/end-mark.h"

#include <string.h>

gsize sb_end_mark_find(const char *bytes, gsize length, const char *mark, gboolean *is_whole_out)
{
    gsize mark_length = strlen(mark);
    const char *found = memmem(bytes, length, mark, mark_length);
    *is_whole_out = found != NULL;
    if (found)
        return (gsize)(found - bytes);
    gsize part = MIN(length, mark_length - 1);
    while (memcmp(bytes + length - part, mark, part) != 0)
        part--;
    return length - part;
}
