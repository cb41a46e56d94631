/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/schema-versions.h"

#include "base/names.h"

/* VERSION as text, such as "24.2". (transfer full) */
static char *version_text(guint version)
{
    return g_strdup_printf("%u.%u", version / 100, version % 100);
}

/* The words for what VERSION does, or what those from SINCE on do where that is 0. (transfer full)
 */
static char *verdict(guint version, guint since, gboolean is_ignored)
{
    g_autofree char *text = version_text(version ? version : since);
    return g_strdup_printf("for %s%s %s", text, version ? "" : " and later",
                           is_ignored ? "ignored" : "an error");
}

gboolean sb_version_is_foreign(guint version, const SbSchemaNode *node)
{
    return version && (version < node->new_version ||
                       (node->removed_version && version >= node->removed_version));
}

gboolean sb_version_is_closed(guint version, const SbSchemaNode *root)
{
    return root->closed_version && (!version || version >= root->closed_version);
}

SbProblem *sb_problem_foreign(guint version, gboolean is_ignored, const SbSchemaNode *node,
                              const SbPath *path, const SbDatum *datum)
{
    gboolean is_new = version < node->new_version;
    g_autofree char *change = version_text(is_new ? node->new_version : node->removed_version);
    g_autofree char *words = verdict(version, 0, is_ignored);
    return sb_problem_new(is_ignored ? SB_PROBLEM_WARNING : SB_PROBLEM_OTHER, node, path,
                          path->key ? path->key : datum, "this %s with cloud-init %s (%s)",
                          is_new ? "came" : "went", change, words);
}

SbProblem *sb_problem_deprecated(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum)
{
    g_autofree char *since =
        node->deprecated_version ? version_text(node->deprecated_version) : NULL;
    g_autofree char *removed = node->removed_version ? version_text(node->removed_version) : NULL;
    g_autofree char *words =
        removed ? verdict(0, node->removed_version, node->is_ignored_when_removed) : NULL;
    g_autofree char *advice = node->replacement   ? g_strdup_printf("use '%s'", node->replacement)
                              : node->deprecation ? g_strdup(node->deprecation)
                                                  : NULL;
    /* cloud-init's descriptions are reStructuredText, and several sentences. */
    if (advice)
        g_strdelimit(g_strdelimit(advice, "`*", '\''), "\n", ' ');
    g_autofree char *what =
        node->is_deprecated
            ? g_strconcat("deprecated", since ? " since cloud-init " : NULL, since, NULL)
            : g_strdup_printf("this went with cloud-init %s", removed);
    SbProblem *problem =
        sb_problem_new(SB_PROBLEM_WARNING, node, path, path->key ? path->key : datum,
                       "%s%s%s%s%s%s", what, words ? " (" : "", words ? words : "",
                       words ? ")" : "", advice ? ": " : "", advice ? advice : "");
    problem->rule = SB_RULE_DEPRECATED;
    return problem;
}

SbProblem *sb_problem_unknown_top_key(guint version, const SbSchema *schema, const SbDatum *key)
{
    const SbPath path = {0};
    const char *const *known = (const char *const *)schema->known->pdata;
    const SbSchemaNode *node = g_hash_table_lookup(schema->unknown, key->text);
    const char *nearest = node ? NULL : sb_nearest_name(key->text, known);
    guint closed = schema->root->closed_version;
    gboolean is_closed = sb_version_is_closed(version, schema->root);
    g_autofree char *words = closed ? verdict(version, closed, !is_closed) : g_strdup("ignored");
    g_autofree char *hint = node      ? g_strconcat(": ", node->unknown, NULL)
                            : nearest ? g_strdup_printf(": did you mean '%s'?", nearest)
                                      : g_strdup("");
    SbProblem *problem =
        sb_problem_new(is_closed ? SB_PROBLEM_UNKNOWN : SB_PROBLEM_WARNING, schema->root, &path,
                       key, "cloud-init does not know the key '%.60s' (%s%s)%s", key->text, words,
                       closed && !version ? ", before ignored" : "", hint);
    problem->rule = SB_RULE_UNKNOWN_KEY;
    return problem;
}

void sb_problems_since(GPtrArray *problems, guint first, guint version, guint removed)
{
    g_autofree char *words = verdict(0, removed, FALSE);
    for (guint i = first; i < problems->len; i++) {
        SbProblem *problem = g_ptr_array_index(problems, i);
        if (problem->severity == SB_SEVERITY_WARNING)
            continue;
        g_autofree char *message = g_steal_pointer(&problem->message);
        problem->message = g_strdup_printf("%s (%s)", message, words);
        if (version)
            continue;
        problem->kind = SB_PROBLEM_WARNING;
        problem->severity = SB_SEVERITY_WARNING;
        problem->rule = SB_RULE_DEPRECATED;
    }
}
