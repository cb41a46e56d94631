/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cloud-init/schema-report.h"

#include "base/array.h"
#include "base/names.h"

#include <string.h>

/* How many characters of a value, and how many keys or choices, a message shows. */
#define SHOWN_CHARACTERS 60
#define SHOWN_NAMES 16

void sb_problem_free(gpointer data)
{
    SbProblem *problem = data;
    g_free(problem->path);
    g_free(problem->message);
    g_free(problem);
}

/* PATH as `users[0].sudo`; empty for the outermost value. (transfer full) */
static char *path_to_string(const SbPath *path)
{
    if (!path->parent)
        return g_strdup("");
    g_autofree char *before = path_to_string(path->parent);
    if (path->key)
        return g_strdup_printf("%s%s%.*s", before, *before ? "." : "", SHOWN_CHARACTERS,
                               path->key->text);
    return g_strdup_printf("%s[%u]", before, path->index);
}

static SbProblem *problem_take(SbProblemKind kind, const SbSchemaNode *node, const SbPath *path,
                               SbMark mark, char *message)
{
    SbProblem *problem = g_new0(SbProblem, 1);
    problem->kind = kind;
    problem->rule = SB_RULE_SCHEMA;
    problem->mark = mark;
    problem->path = path_to_string(path);
    problem->depth = path->depth;
    problem->node = node;
    problem->message = message;
    if (kind == SB_PROBLEM_WARNING)
        problem->severity = SB_SEVERITY_WARNING;
    return problem;
}

SbProblem *sb_problem_new(SbProblemKind kind, const SbSchemaNode *node, const SbPath *path,
                          const SbDatum *datum, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return problem_take(kind, node, path, datum->mark, message);
}

/* ---- words ---- */

/* "a, b or c" */
static char *join(const GPtrArray *words)
{
    GString *text = g_string_new(NULL);
    guint shown = MIN(words->len, SHOWN_NAMES);
    for (guint i = 0; i < shown; i++) {
        const char *before = i == 0 ? "" : i + 1 == words->len ? " or " : ", ";
        g_string_append_printf(text, "%s%s", before, (char *)g_ptr_array_index(words, i));
    }
    if (shown < words->len)
        g_string_append_printf(text, ", … (%u in all)", words->len);
    return g_string_free(text, FALSE);
}

static void add_types(GPtrArray *words, guint types)
{
    /* Not twice: "a number" is both. */
    if (types & SB_TYPE_BIT(SB_DATUM_NUMBER))
        types &= ~SB_TYPE_BIT(SB_DATUM_INTEGER);
    /* The usual ones first. */
    static const SbDatumType order[] = {SB_DATUM_TEXT,    SB_DATUM_LIST,   SB_DATUM_MAPPING,
                                        SB_DATUM_INTEGER, SB_DATUM_NUMBER, SB_DATUM_BOOLEAN,
                                        SB_DATUM_NULL};
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
        if (types & SB_TYPE_BIT(order[i]))
            g_ptr_array_add(words, g_strdup(sb_datum_type_name(order[i])));
}

static void add_choices(GPtrArray *words, const GPtrArray *choices)
{
    SB_EACH(const SbDatum, choice, choices) {
        const char *quote = choice->type == SB_DATUM_TEXT ? "'" : "";
        if (choice->text)
            g_ptr_array_add(words, g_strconcat(quote, choice->text, quote, NULL));
    }
}

/* Whether a key on the way to a value says that nobody should read it. */
static gboolean is_secret(const SbPath *path)
{
    static const char *const words[] = {
        "passw", "private", "secret", "token", "registration_key", "activation", "chpasswd"};
    for (; path; path = path->parent)
        for (gsize i = 0; path->key && path->key->text && i < G_N_ELEMENTS(words); i++)
            if (strstr(path->key->text, words[i]))
                return TRUE;
    return FALSE;
}

/* DATUM in a message: a scalar as written, in quotes. */
static char *shown(const SbDatum *datum, const SbPath *path)
{
    if (!datum->text)
        return g_strdup(sb_datum_type_name(datum->type));
    if (!*datum->text)
        return g_strdup(datum->type == SB_DATUM_TEXT ? "empty text" : "nothing");
    if (is_secret(path))
        return g_strdup("this value");
    gboolean is_long = g_utf8_strlen(datum->text, -1) > SHOWN_CHARACTERS;
    g_autofree char *start =
        is_long ? g_utf8_substring(datum->text, 0, SHOWN_CHARACTERS) : g_strdup(datum->text);
    g_strdelimit(start, "\n", ' ');
    return g_strdup_printf("'%s%s'", start, is_long ? "…" : "");
}

static gboolean is_choice(const GPtrArray *choices, const char *text)
{
    SB_EACH(const SbDatum, choice, choices) {
        if (choice->type == SB_DATUM_TEXT && strcmp(choice->text, text) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The advice if text is wanted, and YAML read another type. */
static const char *quotes_hint(const SbDatum *datum, guint types, const GPtrArray *choices)
{
    if (!datum->text || !*datum->text || datum->type == SB_DATUM_TEXT)
        return "";
    gboolean wants_text = (types & SB_TYPE_BIT(SB_DATUM_TEXT)) || is_choice(choices, datum->text);
    return wants_text ? ": put it in quotes" : "";
}

static const char *nearest_choice(const SbDatum *datum, const GPtrArray *choices)
{
    if (datum->type != SB_DATUM_TEXT || !choices)
        return NULL;
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    SB_EACH(const SbDatum, choice, choices)
        if (choice->type == SB_DATUM_TEXT)
            g_ptr_array_add(texts, (gpointer)choice->text);
    g_ptr_array_add(texts, NULL);
    return sb_nearest_name(datum->text, (const char *const *)texts->pdata);
}

/* DATUM is neither of TYPES nor one of CHOICES (nullable). */
static SbProblem *mismatch(SbProblemKind kind, const SbSchemaNode *node, const SbPath *path,
                           const SbDatum *datum, guint types, const GPtrArray *choices)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    add_choices(words, choices);
    add_types(words, types);
    g_autofree char *wanted = join(words);
    g_autofree char *value = shown(datum, path);
    const char *nearest = nearest_choice(datum, choices);
    g_autofree char *question =
        nearest ? g_strdup_printf(", did you mean '%s'?", nearest) : g_strdup("");
    gboolean says_type = datum->text && *datum->text && types;
    return sb_problem_new(kind, node, path, datum, "must be %s, %s %s%s%s%s%s", wanted,
                          says_type ? "but" : "not", value, says_type ? " is " : "",
                          says_type ? sb_datum_type_name(datum->type) : "", question,
                          quotes_hint(datum, types, choices));
}

SbProblem *sb_problem_pattern(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum)
{
    g_autofree char *value = shown(datum, path);
    const char *pattern = g_regex_get_pattern(node->pattern);
    return sb_problem_new(SB_PROBLEM_OTHER, node, path, datum, "must be %s%s, not %s",
                          node->expected ? "" : "text of the form ",
                          node->expected ? node->expected : pattern, value);
}

SbProblem *sb_problem_type(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum,
                           guint types)
{
    return mismatch(SB_PROBLEM_TYPE, node, path, datum, types, NULL);
}

SbProblem *sb_problem_choice(const SbSchemaNode *node, const SbPath *path, const SbDatum *datum,
                             const GPtrArray *choices)
{
    return mismatch(SB_PROBLEM_CHOICE, node, path, datum, 0, choices);
}

SbProblem *sb_problem_unknown_key(const SbSchemaNode *node, const SbPath *path, const SbDatum *key)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name, value;
    if (node->properties) {
        g_hash_table_iter_init(&iter, node->properties);
        while (g_hash_table_iter_next(&iter, &name, &value))
            if (!((SbSchemaNode *)value)->is_deprecated)
                g_ptr_array_add(names, name);
    }
    g_ptr_array_sort(names, sb_compare_texts);
    g_autofree char *allowed = join(names);
    g_ptr_array_add(names, NULL);
    const char *nearest = sb_nearest_name(key->text, (const char *const *)names->pdata);
    g_autofree char *question =
        nearest ? g_strdup_printf(", did you mean '%s'?", nearest) : g_strdup("");
    const char *pattern =
        node->patterns && node->patterns->len > 0
            ? g_regex_get_pattern(
                  ((SbPatternProperty *)g_ptr_array_index(node->patterns, 0))->regex)
            : NULL;
    return sb_problem_new(SB_PROBLEM_UNKNOWN, node, path, key,
                          "unknown key '%.60s'%s (allowed here: %s%s%s)", key->text, question,
                          allowed, pattern && *allowed ? ", and " : "",
                          pattern    ? pattern
                          : *allowed ? ""
                                     : "none");
}

/* ---- branches ---- */

/* How strongly a problem of KIND, LEVEL levels below the value itself, speaks against a branch. */
static guint weight(SbProblemKind kind, guint level)
{
    gboolean is_value = kind == SB_PROBLEM_TYPE || kind == SB_PROBLEM_CHOICE;
    if (level == 0)
        return is_value ? 1000000 : kind == SB_PROBLEM_UNKNOWN ? 1500 : 1000;
    if (level == 1)
        return kind == SB_PROBLEM_CHOICE ? 2000 : is_value ? 300 : 100;
    return 1;
}

/* How badly a branch fits. Another type means that the branch was not meant at all; another value
 * of a key such as `type` means that it was hardly meant. A branch whose own keys fit is the best,
 * even with many problems further down. */
static guint misfit(const GPtrArray *problems, guint depth)
{
    guint here = 0, below = 0;
    SB_EACH(const SbProblem, problem, problems) {
        if (problem->severity == SB_SEVERITY_WARNING)
            continue;
        guint against = weight(problem->kind, problem->depth - depth);
        if (against >= 1000)
            here += against;
        else
            below += against;
    }
    return here + MIN(below, 999);
}

/* The only error of a branch, if it is of KIND and about the value itself; otherwise NULL. */
static const SbProblem *only_problem(const GPtrArray *problems, guint depth, SbProblemKind kind)
{
    const SbProblem *only = NULL;
    SB_EACH(const SbProblem, problem, problems) {
        if (problem->severity == SB_SEVERITY_WARNING)
            continue;
        if (only || problem->kind != kind || problem->depth != depth)
            return NULL;
        only = problem;
    }
    return only;
}

/* Collects the values and types that the branches want; FALSE if any branch wants more than that.
 */
static gboolean sum_up(const GPtrArray *branches, guint depth, guint *types, GPtrArray *choices)
{
    SB_EACH(const GPtrArray, problems, branches) {
        const SbProblem *type = only_problem(problems, depth, SB_PROBLEM_TYPE);
        const SbProblem *choice = only_problem(problems, depth, SB_PROBLEM_CHOICE);
        if (!type && !choice)
            return FALSE;
        const SbSchemaNode *node = type ? type->node : choice->node;
        if (!node->choices)
            *types |= node->types;
        for (guint j = 0; node->choices && j < node->choices->len; j++)
            g_ptr_array_add(choices, g_ptr_array_index(node->choices, j));
    }
    return TRUE;
}

/* The problem of branches that each only need a key. */
static SbProblem *missing_one_of(const GPtrArray *branches, const SbSchemaNode *node,
                                 const SbPath *path, const SbDatum *datum)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < branches->len; i++) {
        const SbProblem *missing =
            only_problem(g_ptr_array_index(branches, i), path->depth, SB_PROBLEM_MISSING);
        if (!missing)
            return NULL;
        g_ptr_array_add(keys, g_strdup_printf("'%s'", missing->key));
    }
    g_autofree char *list = join(keys);
    return sb_problem_new(SB_PROBLEM_OTHER, node, path, datum, "the key %s is missing", list);
}

void sb_problems_of_branches(const GPtrArray *branches, const SbSchemaNode *node,
                             const SbPath *path, const SbDatum *datum, GPtrArray *problems)
{
    guint types = 0;
    g_autoptr(GPtrArray) choices = g_ptr_array_new();
    if (sum_up(branches, path->depth, &types, choices)) {
        g_ptr_array_add(problems, mismatch(SB_PROBLEM_CHOICE, node, path, datum, types, choices));
        return;
    }
    SbProblem *missing = missing_one_of(branches, node, path, datum);
    if (missing) {
        g_ptr_array_add(problems, missing);
        return;
    }
    GPtrArray *best = NULL;
    SB_EACH(GPtrArray, branch, branches)
        if (!best || misfit(branch, path->depth) < misfit(best, path->depth))
            best = branch;
    while (best && best->len > 0)
        g_ptr_array_add(problems, g_ptr_array_steal_index(best, 0));
}
