/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rules.h"

/* The compiled form of each PATTERN of the table, which stays until the end of the process. */
static const GRegex *compiled(const char *pattern)
{
    static GMutex mutex;
    static GHashTable *known;
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&mutex);
    if (!known)
        known = g_hash_table_new(g_direct_hash, g_direct_equal);
    GRegex *regex = g_hash_table_lookup(known, pattern);
    if (!regex) {
        g_autoptr(GError) error = NULL;
        regex = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, &error);
        if (!regex)
            g_error("the rule '%s': %s", pattern, error->message);
        g_hash_table_insert(known, (gpointer)pattern, regex);
    }
    return regex;
}

gboolean sb_rule_line_matches(const char *pattern, const char *line, char **group_out)
{
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(compiled(pattern), line, 0, &match))
        return FALSE;
    if (group_out) {
        char *group = g_match_info_fetch(match, 1);
        *group_out = group ? group : g_strdup("");
    }
    return TRUE;
}

const SbRule *sb_rule_of_line(const char *line)
{
    static const SbRule *(*const tables[])(gsize *) = {sb_loader_rules, sb_console_rules};
    for (gsize i = 0; i < G_N_ELEMENTS(tables); i++) {
        gsize count;
        const SbRule *rules = tables[i](&count);
        for (gsize j = 0; j < count; j++)
            if (sb_rule_line_matches(rules[j].line, line, NULL))
                return &rules[j];
    }
    return NULL;
}

gboolean sb_rule_asks_for(const SbRule *rule, SbSign sign)
{
    for (gsize i = 0; i < SB_RULE_SIGNS; i++)
        if (rule->signs[i] == sign)
            return TRUE;
    return FALSE;
}
