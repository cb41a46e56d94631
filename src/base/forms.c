/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/forms.h"

#include <string.h>

gboolean sb_form_consists_of(const char *text, const char *allowed, gsize min, gsize max)
{
    gsize length = strlen(text);
    return length >= min && length <= max && strspn(text, allowed) == length;
}

gboolean sb_form_is_time(const char *text)
{
    enum { SHORTEST = 20, LONGEST = 32 };
    if (!sb_form_consists_of(text, G_CSET_DIGITS "T:.Z-", SHORTEST, LONGEST) ||
        !g_str_has_suffix(text, "Z"))
        return FALSE;
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    return time != NULL;
}

gboolean sb_form_is_sha256(const char *text)
{
    enum { DIGITS = 64 };
    return sb_form_consists_of(text, G_CSET_DIGITS "abcdef", DIGITS, DIGITS);
}
