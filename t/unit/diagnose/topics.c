/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "diagnose/topics.h"

#include "test.h"

#include <string.h>

/* Each topic of the list can be read, is short, and says how to see it. */
static void test_topics(void)
{
    g_autofree char *list = sb_topics_list();
    g_auto(GStrv) lines = g_strsplit(g_strchomp(list), "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), >=, 15);
    for (gsize i = 0; lines[i]; i++) {
        g_auto(GStrv) name = g_strsplit(lines[i], ":", 2);
        g_autofree char *text = sb_topic(name[0]);
        g_assert_nonnull(text);
        g_assert_true(g_str_has_prefix(text, lines[i]));
        g_assert_nonnull(strstr(text, "\nSee it: "));
        g_assert_cmpuint(strlen(text), <, 1000);
    }
}

static void test_unknown(void)
{
    g_assert_null(sb_topic("uef"));
    g_assert_null(sb_topic(""));
}

int main(int argc, char **argv)
{
    test_init(argc, argv);
    g_test_add_func("/topics/topics", test_topics);
    g_test_add_func("/topics/unknown", test_unknown);
    return g_test_run();
}
