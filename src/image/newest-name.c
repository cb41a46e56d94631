/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "image/newest-name.h"

#include <string.h>

enum { MAX_WORD_BYTES = 200 };

static gboolean is_of_name(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("._-+~", c));
}

/* What `*` stands for in the name of LENGTH bytes; NULL: it does not match. */
static char *match(const char *name, gsize length, const char *pattern)
{
    gsize before = strcspn(pattern, "*");
    const char *end = pattern + before + 1;
    gsize after = strlen(end);
    if (length <= before + after || length - before - after > MAX_WORD_BYTES ||
        memcmp(name, pattern, before) != 0 || memcmp(name + length - after, end, after) != 0)
        return NULL;
    return g_strndup(name + before, length - before - after);
}

char *sb_newest_name_find(const char *text, gsize length, const char *pattern)
{
    char *newest = NULL;
    for (gsize at = 0, end; at < length; at = end + 1) {
        for (end = at; end < length && is_of_name(text[end]); end++)
            ;
        char *word = match(text + at, end - at, pattern);
        if (word && (!newest || strverscmp(word, newest) > 0)) {
            g_free(newest);
            newest = word;
        } else {
            g_free(word);
        }
    }
    return newest;
}

char *sb_newest_name_put(const char *text, const char *word)
{
    const char *star = text ? strchr(text, '*') : NULL;
    return star ? g_strdup_printf("%.*s%s%s", (int)(star - text), text, word, star + 1)
                : g_strdup(text);
}
