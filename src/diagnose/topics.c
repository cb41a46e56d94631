/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/topics.h"

#include "base/resources.h"

#include <string.h>

/* Each topic begins with a line "= NAME: TITLE". */
static char **topics(void)
{
    g_autoptr(GBytes) bytes = sb_resource("src/diagnose/topics.txt");
    const char *text = g_bytes_get_data(bytes, NULL);
    g_autofree char *with_break = g_strconcat("\n", text, NULL);
    return g_strsplit(with_break, "\n= ", -1);
}

char *sb_topics_list(void)
{
    g_auto(GStrv) all = topics();
    GString *list = g_string_new(NULL);
    for (gsize i = 1; all[i]; i++)
        g_string_append_printf(list, "%.*s\n", (int)strcspn(all[i], "\n"), all[i]);
    return g_string_free(list, FALSE);
}

char *sb_topic(const char *name)
{
    g_auto(GStrv) all = topics();
    g_autofree char *start = g_strconcat(name, ":", NULL);
    for (gsize i = 1; all[i]; i++)
        if (g_str_has_prefix(all[i], start))
            return g_strdup(g_strchomp(all[i]));
    return NULL;
}
